"""ln p(x, z) at latent points that many images share."""

import math

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.analysis import quadrature
from vaeexplorer.config import RunConfig
from vaeexplorer.network import objectives
from vaeexplorer.network.models import Autoencoder, Posterior

AWAY = 4.0  # sigmas from one mode, where another is looked for
AT_ONCE = 4096  # points that are decoded together


class Points:
    """ln p(x, z) of many images at the same latent points, where the decoder runs once.

    Every likelihood here is ln p(x|z) = x . l(z) - S(z) - h(x), with l the logits (bernoulli, continuous bernoulli) or
    the mean over the variance (gaussian): of all points at once, a product of matrices.
    """

    @torch.no_grad()
    def __init__(self, network: Autoencoder, config: RunConfig, z: np.ndarray) -> None:
        self.network, self.config = network, config
        self.z = torch.as_tensor(z).to(next(network.parameters()).device)
        naturals, costs = [], []
        for part in self.z.split(AT_ONCE):
            parameter = network.decode(part)
            naturals.append(natural(parameter, config, network))
            costs.append(self._error(torch.zeros_like(parameter), parameter) + 0.5 * part.square().sum(1))
        self.natural, self.cost = torch.cat(naturals), torch.cat(costs)  # [C, 784], [C]

    def _error(self, x: Tensor, parameter: Tensor) -> Tensor:
        return objectives.reconstruction(x, parameter, self.config.objective, self.network.log_variance)

    @torch.no_grad()
    def log_joint(self, x: Tensor) -> Tensor:
        """ln p(x, z) + D/2 ln 2 pi, without the likelihood's constant: images [N, 784] to [N, C]."""
        nothing = torch.zeros_like(x)
        own = self._error(x, nothing) - self._error(nothing, nothing)  # h(x): 0 of logits
        return x @ self.natural.T - self.cost - own[:, None]

    def highest(self, x: Tensor, away_from: Posterior) -> Tensor:
        """The point of highest ln p(x, z) for each image that is `AWAY` sigmas or more from a Gaussian, [N, D]."""
        assert away_from.logvar is not None
        sigmas = (self.z - away_from.mean[:, None]).abs() * torch.exp(-away_from.logvar / 2)[:, None]  # [N, C, D]
        joint = self.log_joint(x)
        return self.z[torch.where(sigmas.amax(-1) >= AWAY, joint, joint - 1e6).argmax(1)]

    @torch.no_grad()
    def log_joint_at(self, x: Tensor, z: Tensor) -> Tensor:
        """The same of images [P, 784] at points of their own, [P, D], to [P]."""
        return -self._error(x, self.network.decode(z)) - 0.5 * z.square().sum(1)

    def log_likelihoods(self, x: Tensor, step: float) -> np.ndarray:
        """ln p(x) by quadrature where the points are `quadrature.grid`'s, without the constant, float64 [N]."""

        def log_density(z: np.ndarray, owner: np.ndarray) -> np.ndarray:
            at, of = torch.as_tensor(z).to(x.device), torch.as_tensor(owner).to(x.device)
            parts = [
                self.log_joint_at(x[rows], part)
                for rows, part in zip(of.split(AT_ONCE), at.split(AT_ONCE), strict=True)
            ]
            return torch.cat(parts).cpu().numpy()

        first = self.log_joint(x).cpu().numpy()
        return quadrature.log_integrals(first, self.z.cpu().numpy(), step, log_density) - math.log(2 * math.pi)


def natural(parameter: Tensor, config: RunConfig, network: Autoencoder) -> Tensor:
    """The natural parameter l of p(x|z), [..., 784], from the decoder's."""
    match config.objective.likelihood:
        case "gaussian":
            return parameter / config.objective.pixel_variance
        case "gaussian-learned":
            assert network.log_variance is not None
            return parameter * torch.exp(-network.log_variance)
        case _:
            return parameter
