"""The NumPy face of a trained network: images in, codes out; codes in, images out."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.codes import Codes
from vaeexplorer.config import IMAGE_SIZE, PIXELS, RunConfig
from vaeexplorer.errors import UserError
from vaeexplorer.network.models import Autoencoder, VariationalAutoencoder, build, pixel_mean

__all__ = ["Codes", "LatentModel", "restore", "set_threads"]

BATCH = 2048


class LatentModel:
    """A network in evaluation mode, in float32, whatever the device. Memory stays bounded: it works in batches."""

    def __init__(self, network: Autoencoder) -> None:
        self.network = network.eval().requires_grad_(False)
        self.latent_dim = network.mean.out_features
        self.device = next(network.parameters()).device

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, 28, 28], uint8 or floats in [0, 1], to their codes.

        Raises:
            UserError: another shape, or floats outside [0, 1].
        """
        images = np.asarray(images)
        if images.ndim != 3 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise UserError(f"Images must be [N, 28, 28], not {list(images.shape)}.")
        scale = 255.0 if images.dtype == np.uint8 else 1.0
        if scale == 1 and not (len(images) == 0 or (images.min() >= 0 and images.max() <= 1)):
            raise UserError("Images must be uint8, or numbers in [0, 1].")
        mean = np.empty((len(images), self.latent_dim), np.float32)
        logvar = np.empty_like(mean) if isinstance(self.network, VariationalAutoencoder) else None
        with torch.inference_mode():
            for rows in _batches(len(images)):
                x = self._tensor(images[rows]).reshape(-1, PIXELS) / scale
                posterior = self.network.encode(x)
                mean[rows] = posterior.mean.cpu().numpy()
                if logvar is not None and posterior.logvar is not None:
                    logvar[rows] = posterior.logvar.cpu().numpy()
        return Codes(mean, logvar)

    def decode(self, z: np.ndarray, *, clip: bool = True) -> np.ndarray:
        """Latent points [N, D] to the mean images of p(x|z), float32 [N, 28, 28] in [0, 1].

        A linear decoder may leave [0, 1]; its images are clipped for the eye, unless `clip` is off.

        Raises:
            UserError: another shape, or a coordinate that is not finite.
        """
        z = self._latent(z)
        images = np.empty((len(z), PIXELS), np.float32)
        with torch.inference_mode():
            for rows in _batches(len(z)):
                mean = self._pixels(self._tensor(z[rows]))
                images[rows] = (mean.clamp(0, 1) if clip else mean).cpu().numpy()
        return images.reshape(-1, IMAGE_SIZE, IMAGE_SIZE)

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """How the mean image changes with z: d pixel_i / d z_j, before any clipping.

        The gradient J^T u is linear in u, so its own gradient in u gives a column of J: a backward pass for all
        columns and one for each. torch's forward differentiation takes twice as long, and 3 s of imports before.

        Args:
            z: latent points, [N, D]; a thousand of them give 6.3 MB a dimension.

        Returns:
            float32 [N, 784, D].

        Raises:
            UserError: another shape, or a coordinate that is not finite.
        """
        z = self._latent(z)
        jacobian = np.empty((len(z), PIXELS, self.latent_dim), np.float32)
        with torch.inference_mode(False), torch.enable_grad():  # whatever the caller has switched off
            for rows in _batches(len(z)):
                at = self._tensor(z[rows]).requires_grad_()
                pixels = self._pixels(at)
                u = torch.zeros_like(pixels, requires_grad=True)
                (gradient,) = torch.autograd.grad(pixels, at, u, create_graph=True)  # [n, D]
                for j in range(self.latent_dim):
                    (column,) = torch.autograd.grad(gradient[:, j].sum(), u, retain_graph=True)
                    jacobian[rows, :, j] = column.cpu().numpy()
        return jacobian

    def _pixels(self, z: Tensor) -> Tensor:
        return pixel_mean(self.network.decode(z), self.network.likelihood)

    def _latent(self, z: np.ndarray) -> np.ndarray:
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise UserError(f"Latent points must be [N, {self.latent_dim}], not {list(z.shape)}.")
        if not np.isfinite(z).all():
            raise UserError("Latent points must be finite.")
        return z

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.tensor(array).to(self.device, torch.float32)


def restore(config: RunConfig, weights: Mapping[str, np.ndarray]) -> LatentModel:
    """The model of a configuration with these weights, all that `architecture.weight_shapes` names."""
    network = build(config.model, config.objective.likelihood)
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return LatentModel(network)


def set_threads(count: int) -> None:
    """How many CPU threads torch may use in this process."""
    torch.set_num_threads(count)


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, count, BATCH):
        yield slice(start, start + BATCH)
