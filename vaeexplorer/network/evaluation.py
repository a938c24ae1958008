"""A network on images: its loss, and the figures that a run is quoted with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.codes import Codes
from vaeexplorer.config import PIXELS, RunConfig
from vaeexplorer.errors import UserError
from vaeexplorer.network import objectives
from vaeexplorer.network.models import Autoencoder, Posterior, pixel_mean

BATCH = 1000
IWAE_BATCH = 50


def network_terms(
    network: Autoencoder,
    x: Tensor,
    eps: Tensor,
    config: RunConfig,
    beta: Tensor | float,
    *,
    posterior: Posterior | None = None,
) -> tuple[objectives.Terms, Tensor]:
    """Images [N, 784] in [0, 1] and noise -> the loss of each image, and the decoder's output [N, 784].

    The noise is [N, D], or [N, K, D] where the objective draws several samples an image; then the output is that of the
    first. Where the posterior of the images is given, they are not encoded again.
    """
    mean, logvar = posterior or network.encode(x)
    objective, log_variance = config.objective, network.log_variance
    if eps.dim() == 2:
        z = mean if logvar is None else objectives.reparameterize(mean, logvar, eps)
        parameter = network.decode(z)
        terms = objectives.terms(x, parameter, mean, logvar, objective, beta=beta, log_variance=log_variance)
        return terms, parameter
    outputs: list[Tensor] = []

    def decode(z: Tensor) -> Tensor:
        outputs.append(network.decode(z.flatten(0, 1)).view(*z.shape[:2], PIXELS))
        return outputs[0]

    assert logvar is not None  # several samples are a VAE's
    terms = objectives.sampled_terms(x, decode, (mean, logvar), eps, objective, beta=beta, log_variance=log_variance)
    return terms, outputs[0][:, 0]


def noise_shape(config: RunConfig, images: int) -> tuple[int, ...]:
    """Of the noise that a training step or an evaluation draws: [N, D], or [N, K, D] (see `network_terms`)."""
    objective, dimensions = config.objective, config.model.latent_dim
    if objective.bound == "elbo" and objective.samples == 1:
        return images, dimensions
    return images, objective.samples, dimensions


def to_device(images: np.ndarray, device: torch.device) -> Tensor:
    """uint8 [N, 28, 28] -> uint8 [N, 784] on the device."""
    return torch.tensor(images.reshape(len(images), PIXELS)).to(device)


@dataclass(frozen=True)
class Measurement:
    """A network on images.

    Attributes:
        figures: as `evaluate` returns them.
        codes: of every image, [N, D].
        error: |x - d(mean)|^2 of every image, float32 [N].
    """

    figures: dict[str, float]
    codes: Codes
    error: np.ndarray


def evaluate(network: Autoencoder, config: RunConfig, images: np.ndarray) -> dict[str, float]:
    """Figures of a network on images, uint8 [N, 28, 28]: float32, one noise sample an image, seeded by the run.

    Returns:
        In nats per image: `reconstruction`, `kl`, `total` (as trained, at full beta) and `elbo` (at beta = 1 and less
        the constant that the fixed gaussian's loss leaves out, so that runs can be compared). And `squared_error`:
        |x - x'|^2 per image, x' the mean image of p(x|z).
    """
    sums = torch.zeros(4, dtype=torch.float64)
    for batch in _batches(network, config, images):
        sums += batch.sums
    return _figures(sums, len(images), config)


@torch.no_grad()
def measure(network: Autoencoder, config: RunConfig, images: np.ndarray) -> Measurement:
    """The figures, the codes and the error at the mean of images, uint8 [N, 28, 28], each encoded once."""
    sums = torch.zeros(4, dtype=torch.float64)
    means, logvars, errors = [], [], []
    for batch in _batches(network, config, images):
        sums += batch.sums
        means.append(batch.posterior.mean.cpu().numpy())
        if batch.posterior.logvar is not None:
            logvars.append(batch.posterior.logvar.cpu().numpy())
        decoded = pixel_mean(network.decode(batch.posterior.mean), network.likelihood).clamp(0, 1)
        errors.append((batch.x - decoded).square().sum(1).cpu().numpy())
    codes = Codes(np.concatenate(means), np.concatenate(logvars) if logvars else None)
    return Measurement(_figures(sums, len(images), config), codes, np.concatenate(errors))


class _Batch(NamedTuple):
    x: Tensor  # [B, 784] in [0, 1]
    posterior: Posterior
    sums: Tensor  # over the batch, of total, reconstruction, KL and squared error; float64 [4]


@torch.no_grad()
def _batches(network: Autoencoder, config: RunConfig, images: np.ndarray) -> Iterator[_Batch]:
    network.eval()
    flat = to_device(images, next(network.parameters()).device)
    noise = torch.Generator().manual_seed(config.train.seed)
    for batch in flat.split(BATCH):
        x = batch.float() / 255
        eps = torch.randn(noise_shape(config, len(x)), generator=noise).to(x.device)
        posterior = network.encode(x)
        terms, parameter = network_terms(network, x, eps, config, config.objective.beta, posterior=posterior)
        squared = (x - pixel_mean(parameter, network.likelihood)).square().sum(1)
        yield _Batch(x, posterior, torch.stack([term.sum() for term in (*terms, squared)]).cpu().double())


def _figures(sums: Tensor, count: int, config: RunConfig) -> dict[str, float]:
    total, reconstruction, kl, squared_error = (sums / count).tolist()
    elbo = -(reconstruction + kl + objectives.constant(config.objective, PIXELS))
    return {
        "reconstruction": reconstruction,
        "kl": kl,
        "total": total,
        "elbo": elbo,
        "squared_error": squared_error,
    }


def negative_log_likelihood(
    network: Autoencoder,
    config: RunConfig,
    images: np.ndarray,
    samples: int,
    progress: Callable[[int], None] | None = None,
) -> float:
    """The mean of `negative_log_likelihoods`, nats per image."""
    return float(negative_log_likelihoods(network, config, images, samples, progress).mean())


@torch.no_grad()
def negative_log_likelihoods(
    network: Autoencoder,
    config: RunConfig,
    images: np.ndarray,
    samples: int,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """The negated IWAE bound of a VAE, nats, constants included (Burda et al. 2016; tables use 5000 samples).

    Args:
        images: uint8 [N, 28, 28].
        samples: noise samples an image; the bound tightens as they grow.
        progress: called with how many more images are done.

    Returns:
        Of every image, float64 [N].

    Raises:
        UserError: the network is an AE, which has no likelihood.
    """
    network.eval()
    flat = to_device(images, next(network.parameters()).device)
    noise = torch.Generator(flat.device).manual_seed(config.train.seed)
    bounds = []
    for batch in flat.split(IWAE_BATCH):
        x = batch.float() / 255
        mean, logvar = network.encode(x)
        if logvar is None:
            raise UserError("A plain autoencoder has no likelihood to estimate.")

        def log_likelihood(z: Tensor, x: Tensor = x) -> Tensor:
            parameter = network.decode(z.flatten(0, 1)).view(*z.shape[:2], PIXELS)  # [S, N, 784]
            return -objectives.reconstruction(x, parameter, config.objective, network.log_variance)

        bounds.append(objectives.iwae_bound(mean, logvar, log_likelihood, samples, generator=noise).cpu().double())
        if progress:
            progress(len(x))
    return objectives.constant(config.objective, PIXELS) - torch.cat(bounds).numpy()
