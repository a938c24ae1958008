"""The NumPy face of a trained network: images in, codes out; codes in, images out."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.codes import Codes
from vaeexplorer.config import IMAGE_SIZE, PIXELS
from vaeexplorer.models import LOGVAR_HIGH, LOGVAR_LOW, Autoencoder, VariationalAutoencoder, pixel_mean

__all__ = ["Codes", "LatentModel", "Layer", "set_threads"]

BATCH = 2048


@dataclass(frozen=True)
class Layer:
    """A layer and the nonlinearity after it, for those who run the network without torch.

    Attributes:
        weight: float32, as torch has it: dense [outputs, inputs], conv [outputs, inputs, kernel, kernel],
            conv_transpose [inputs, outputs, kernel, kernel].
        bias: float32 [outputs].
        side: of a convolution's square input, pixels; its channels come first, [inputs, side, side].
        stride, padding: of a convolution, pixels.
    """

    kind: Literal["dense", "conv", "conv_transpose"]
    weight: np.ndarray
    bias: np.ndarray
    activation: Literal["none", "silu", "relu", "tanh", "sigmoid"] = "none"
    side: int = 0
    stride: int = 1
    padding: int = 0


class LatentModel:
    """A network in evaluation mode, in float32, whatever the device. Memory stays bounded: it works in batches."""

    LOGVAR_RANGE = (LOGVAR_LOW, LOGVAR_HIGH)

    def __init__(self, network: Autoencoder) -> None:
        self.network = network.eval().requires_grad_(False)
        self.latent_dim = network.mean.out_features
        self.device = next(network.parameters()).device

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, 28, 28], uint8 or floats in [0, 1], to their codes.

        Raises:
            ValueError: another shape, or floats outside [0, 1].
        """
        images = np.asarray(images)
        if images.ndim != 3 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise ValueError(f"Images must be [N, 28, 28], not {list(images.shape)}.")
        scale = 255.0 if images.dtype == np.uint8 else 1.0
        if scale == 1 and not (len(images) == 0 or (images.min() >= 0 and images.max() <= 1)):
            raise ValueError("Images must be uint8, or numbers in [0, 1].")
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
            ValueError: another shape, or a coordinate that is not finite.
        """
        z = self._latent(z)
        images = np.empty((len(z), PIXELS), np.float32)
        with torch.inference_mode():
            for rows in _batches(len(z)):
                mean = self._pixels(self._tensor(z[rows]))
                images[rows] = (mean.clamp(0, 1) if clip else mean).cpu().numpy()
        return images.reshape(-1, IMAGE_SIZE, IMAGE_SIZE)

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """How the mean image changes with z: d pixel_i / d z_j, before any clipping, by forward differentiation.

        Args:
            z: latent points, [N, D]; a thousand of them give 6.3 MB a dimension.

        Returns:
            float32 [N, 784, D].

        Raises:
            ValueError: another shape, or a coordinate that is not finite.
        """
        z = self._latent(z)
        jacobian = np.empty((len(z), PIXELS, self.latent_dim), np.float32)
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # torch's own use of torch.jit, on the first call
            for rows in _batches(len(z)):
                at = self._tensor(z[rows])
                for j, axis in enumerate(torch.eye(self.latent_dim, device=self.device)):
                    column: Tensor = torch.func.jvp(self._pixels, (at,), (axis.expand_as(at),))[1]
                    jacobian[rows, :, j] = column.cpu().numpy()
        return jacobian

    def _pixels(self, z: Tensor) -> Tensor:
        return pixel_mean(self.network.decode(z), self.network.likelihood)

    def _latent(self, z: np.ndarray) -> np.ndarray:
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(f"Latent points must be [N, {self.latent_dim}], not {list(z.shape)}.")
        if not np.isfinite(z).all():
            raise ValueError("Latent points must be finite.")
        return z

    def layers(self) -> dict[str, list[Layer]]:
        """What the network is made of, in the order it is run.

        Returns:
            `decoder`: z to the parameter of p(x|z), [784] (`models.pixel_mean` makes the picture of it); `encoder`: an
            image to features, no layer at all in a linear model; `mean`: features to the mean of q(z|x); and of a VAE
            `logvar`: features to what `models.bounded` takes into LOGVAR_RANGE as ln sigma^2.
        """
        network = self.network
        decoder = _layers(network.decoder)
        if network.squash:
            decoder[-1] = replace(decoder[-1], activation="sigmoid")
        parts = {"decoder": decoder, "encoder": _layers(network.trunk), "mean": _layers(nn.Sequential(network.mean))}
        if isinstance(network, VariationalAutoencoder):
            parts["logvar"] = _layers(nn.Sequential(network.logvar))
        return parts

    @property
    def learned_pixel_variance(self) -> float | None:
        """sigma_x^2 of the gaussian-learned likelihood; None of the others."""
        log_variance = self.network.log_variance
        return None if log_variance is None else log_variance.exp().item()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.tensor(array).to(self.device, torch.float32)


def set_threads(count: int) -> None:
    """How many CPU threads torch may use in this process."""
    torch.set_num_threads(count)


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, count, BATCH):
        yield slice(start, start + BATCH)


def _layers(modules: nn.Sequential) -> list[Layer]:
    layers: list[Layer] = []
    side = 0  # of the square image that comes next, where it is one
    for module in modules:
        match module:
            case nn.Linear():
                layers.append(Layer("dense", _array(module.weight), _array(module.bias)))
            case nn.Conv2d() | nn.ConvTranspose2d():
                transposed = isinstance(module, nn.ConvTranspose2d)
                assert module.bias is not None
                stride, padding, kernel = module.stride[0], int(module.padding[0]), module.kernel_size[0]
                kind: Literal["conv", "conv_transpose"] = "conv_transpose" if transposed else "conv"
                layers.append(Layer(kind, _array(module.weight), _array(module.bias), "none", side, stride, padding))
                side = (
                    (side - 1) * stride - 2 * padding + kernel
                    if transposed
                    else ((side + 2 * padding - kernel) // stride + 1)
                )
            case nn.SiLU():
                layers[-1] = replace(layers[-1], activation="silu")
            case nn.ReLU():
                layers[-1] = replace(layers[-1], activation="relu")
            case nn.Tanh():
                layers[-1] = replace(layers[-1], activation="tanh")
            case nn.Unflatten():
                side = int(module.unflattened_size[-1])
            case nn.Flatten():
                pass
            case _:
                raise TypeError(f"{type(module).__name__} is no layer of ours.")
    return layers


def _array(tensor: Tensor) -> np.ndarray:
    return np.asarray(tensor.detach().float().cpu().numpy())
