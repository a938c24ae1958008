"""Why the ELBO is loose: the approximation gap and the amortization gap of a VAE (Cremer et al. 2018).

ln p(x) - L[q] = (ln p(x) - L[q*]) + (L[q*] - L[q]), where L is the ELBO and q* the diagonal Gaussian of highest L for
this one image. The first is what no diagonal Gaussian reaches, the second what the encoder loses by answering for all
images at once. L[q] = ln p(x) - KL(q || p(z|x)), so all three are divergences in nats, and none is negative.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.analysis import quadrature
from vaeexplorer.config import PIXELS, RunConfig
from vaeexplorer.errors import UserError
from vaeexplorer.network import objectives
from vaeexplorer.network.evaluation import to_device
from vaeexplorer.network.gaps.points import Points
from vaeexplorer.network.gaps.search import DRAWS, STEPS, LogLikelihood, log_weights, two_modes
from vaeexplorer.network.models import Autoencoder, Posterior

SAMPLES = 5000  # of the importance-weighted bound, as tables have it
SHARES, WIDER = (0.6, 0.2, 0.2), 2.0  # of draws for ln p(x): from q*, q* of so many sigmas, and the runner-up
ROUNDS, PILOT, ADAPTED = 2, 1000, 0.5  # times that a Gaussian is fitted, by so many draws, and its share of draws
BATCH, CHUNK = 25, 50  # images at once, and draws of each
POOL = 4096  # latent points among which a second mode is looked for


@dataclass(frozen=True)
class Gaps:
    """Of N images, in nats, float64 [N]; errors are standard errors of the draws.

    Attributes:
        log_likelihood: ln p(x), importance-sampled: a lower bound on average, tight as samples grow (Burda et al.
            2016). The proposal is q* with wider tails and the second mode found, if there is one.
        best: L[q*]; not below `elbo`, since where no step helped q* is the encoder's q.
        elbo: L[q] of the encoder's q.
        log_likelihood_error, best_error, elbo_error: of the three.
        effective: effective sample size of the importance weights, 1 to `samples`.
        quadrature: ln p(x) by quadrature over the plane, NaN where that did not settle; None unless z has 2 dimensions.
        samples: of the importance-weighted bound.
    """

    log_likelihood: np.ndarray
    best: np.ndarray
    elbo: np.ndarray
    log_likelihood_error: np.ndarray
    best_error: np.ndarray
    elbo_error: np.ndarray
    effective: np.ndarray
    quadrature: np.ndarray | None
    samples: int

    @property
    def evidence(self) -> np.ndarray:
        """ln p(x) [N], by quadrature where that settled, since it misses no mode, else by sampling."""
        if self.quadrature is None:
            return self.log_likelihood
        return np.where(np.isfinite(self.quadrature), self.quadrature, self.log_likelihood)

    @property
    def approximation(self) -> np.ndarray:
        """ln p(x) - L[q*], [N]."""
        return np.asarray(self.evidence - self.best)

    @property
    def amortization(self) -> np.ndarray:
        """L[q*] - L[q], [N]."""
        return np.asarray(self.best - self.elbo)


def measure(
    network: Autoencoder,
    config: RunConfig,
    images: np.ndarray,
    *,
    others: np.ndarray | None = None,
    samples: int = SAMPLES,
    steps: int = STEPS,
    progress: Callable[[int], None] | None = None,
) -> Gaps:
    """Both gaps of a VAE, an image at a time; about a second an image of the shipped networks on one core.

    Args:
        network: a VAE.
        config: its own; constants of the likelihood are included, as in `negative_log_likelihoods`.
        images: uint8 [N, 28, 28].
        others: latent points, at the likeliest of which the search for q* begins anew, float32 [M, D]: codes of many
            images serve. By default those of the images given. In two dimensions the points of the quadrature do it.
        samples: of the importance-weighted bound.
        steps: of Adam, an image and a start.
        progress: called with how many more images are done.

    Raises:
        UserError: the network is an AE, which has no posterior.
    """
    network.eval().requires_grad_(False)
    device = next(network.parameters()).device
    noise = torch.Generator(device).manual_seed(config.train.seed)
    flat = to_device(images, device)
    with torch.no_grad():
        codes = torch.cat([network.encode(batch.float() / 255).mean for batch in flat.split(POOL)]).cpu().numpy()
    shared, step = None, 0.0
    if codes.shape[1] == 2:
        plane, step = quadrature.grid(reach=max(quadrature.REACH, float(np.abs(codes).max()) + 1))
        shared = Points(network, config, plane)
    starts = shared or Points(network, config, codes[:POOL] if others is None else others)
    parts: list[list[Tensor]] = []
    integrals = []
    for batch in flat.split(BATCH):
        x = batch.float() / 255
        mean, logvar = network.encode(x)
        if logvar is None:
            raise UserError("A plain autoencoder has no posterior, and so no gaps.")

        def log_likelihood(z: Tensor, x: Tensor = x) -> Tensor:
            parameter = network.decode(z.flatten(0, 1)).view(*z.shape[:2], PIXELS)  # [S, N, 784]
            return -objectives.reconstruction(x, parameter, config.objective, network.log_variance)

        away = partial(starts.highest, x)
        found = two_modes(Posterior(mean, logvar), away, log_likelihood, steps=steps, generator=noise)
        parts.append(_columns(Posterior(mean, logvar), found, log_likelihood, samples, noise))
        if shared is not None:
            integrals.append(shared.log_likelihoods(x, step))
        if progress:
            progress(len(x))
    left_out = objectives.constant(config.objective, PIXELS)
    columns = [torch.cat(column).double().cpu().numpy() for column in zip(*parts, strict=True)]
    likelihood, best, elbo, likelihood_error, best_error, elbo_error, effective = columns
    return Gaps(
        *(likelihood - left_out, best - left_out, elbo - left_out),
        *(likelihood_error, best_error, elbo_error, effective),
        np.concatenate(integrals) - left_out if integrals else None,
        samples,
    )


class _Gaussian(NamedTuple):
    """Of N images each: means [N, D], and lower triangular factors of covariances [N, D, D]."""

    mean: Tensor
    factor: Tensor

    @classmethod
    def diagonal(cls, posterior: Posterior, wider: float = 1.0) -> "_Gaussian":
        assert posterior.logvar is not None
        return cls(posterior.mean, torch.diag_embed(wider * torch.exp(posterior.logvar / 2)))

    def draw(self, count: int, noise: torch.Generator) -> Tensor:
        """[count, N, D]."""
        eps = torch.randn((count, *self.mean.shape), generator=noise, device=self.mean.device, dtype=self.mean.dtype)
        return self.mean + torch.einsum("nij,snj->sni", self.factor, eps)

    def log_density(self, z: Tensor) -> Tensor:
        """Without the 2 pi, [S, N] of z [S, N, D]."""
        unit = torch.eye(self.factor.shape[-1], device=z.device, dtype=z.dtype).expand_as(self.factor)
        inverse = torch.linalg.solve_triangular(self.factor, unit, upper=False)
        white = torch.einsum("nij,snj->sni", inverse, z - self.mean)
        return -0.5 * white.square().sum(-1) - self.factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _drawn(
    parts: list[tuple[float, _Gaussian]], log_likelihood: LogLikelihood, draws: int, noise: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draws z_k of a mixture r, each part in its share, [K, N, D], and ln p(x, z_k) / r(z_k), float64 [K, N].

    As long as one part is wide enough no weight is large (Hesterberg 1995), whatever the others miss.
    """
    z = torch.cat([part.draw(round(share * draws), noise) for share, part in parts])
    weights = []
    for some in z.split(CHUNK):
        densities = [math.log(share) + part.log_density(some) for share, part in parts]
        log_mixture = torch.logsumexp(torch.stack(densities).double(), 0)
        weights.append((log_likelihood(some) - 0.5 * some.square().sum(-1)).double() - log_mixture)  # the 2 pi cancel
    return z, torch.cat(weights)


def _fitted(z: Tensor, log_weight: Tensor, floor: _Gaussian) -> _Gaussian:
    """The Gaussian of these weighted draws' mean and covariance, the latter drawn to q*'s where few draws count."""
    weight = torch.softmax(log_weight, 0).to(z.dtype)  # [K, N]
    mean = torch.einsum("kn,kni->ni", weight, z)
    centred = z - mean
    covariance = torch.einsum("kn,kni,knj->nij", weight, centred, centred)
    dimensions = z.shape[-1]
    share = (dimensions / (dimensions + 1 / weight.square().sum(0)))[:, None, None]
    covariance = (1 - share) * covariance + share * floor.factor @ floor.factor.mT
    return _Gaussian(mean, torch.linalg.cholesky(covariance))


@torch.no_grad()
def _columns(
    posterior: Posterior,
    found: tuple[Posterior, Posterior],
    log_likelihood: LogLikelihood,
    samples: int,
    noise: torch.Generator,
) -> list[Tensor]:
    """The columns of `Gaps` but for quadrature, [N] each, without the likelihood's constant."""
    best, other = found
    q = _Gaussian.diagonal(best)
    first = list(zip(SHARES, (q, _Gaussian.diagonal(best, WIDER), _Gaussian.diagonal(other)), strict=True))
    shares = first
    for _ in range(ROUNDS):
        fitted = _fitted(*_drawn(shares, log_likelihood, PILOT, noise), q)
        shares = [(ADAPTED, fitted), *(((1 - ADAPTED) * share, part) for share, part in first)]
    _, log_weight = _drawn(shares, log_likelihood, samples, noise)  # [K, N]
    count = len(log_weight)
    weight = torch.exp(log_weight - log_weight.max(0).values)
    effective = weight.sum(0).square() / weight.square().sum(0)
    likelihood = torch.logsumexp(log_weight, 0) - math.log(count)
    # delta method: the weights' standard deviation over their mean
    likelihood_error = (1 / effective - 1 / count).clamp(min=0).sqrt()
    of_best, of_encoder = (log_weights(q, log_likelihood, min(samples, DRAWS), noise) for q in (best, posterior))
    bound, bound_error = of_best.mean(0), of_best.std(0) / math.sqrt(len(of_best))
    elbo, elbo_error = of_encoder.mean(0), of_encoder.std(0) / math.sqrt(len(of_encoder))
    worse = bound < elbo
    return [
        likelihood,
        torch.where(worse, elbo, bound),
        elbo,
        likelihood_error,
        torch.where(worse, elbo_error, bound_error),
        elbo_error,
        effective,
    ]
