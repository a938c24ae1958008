"""PyTorch modules as the two functions that everything here takes; where it can be, the decoder goes to the browser."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.browser.packing.layers import pack_layers
from vaeexplorer.config import IMAGE_SIZE, PIXELS
from vaeexplorer.foreign.layers import UnpackableError, layers_of, run
from vaeexplorer.spaces.own import ModelError

CHECKED = 100
"""codes on which packed layers are compared with the module"""
TOLERANCE = 1e-4
"""of a pixel, by which they may differ"""
_INPUTS = ((1, IMAGE_SIZE, IMAGE_SIZE), (PIXELS,), (IMAGE_SIZE, IMAGE_SIZE))


class PackingWarning(UserWarning):
    """A decoder that no browser can run; the message names the layer."""


class Encoder:
    """Images uint8 [N, 28, 28] to what the module makes of them, as NumPy arrays."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        with _evaluating(module):
            self._shape = self._accepted()

    def __call__(self, images: np.ndarray) -> Any:
        """Encode images."""
        device, dtype = _home(self._module)
        x = torch.tensor(images, device=device).to(dtype) / 255
        with _evaluating(self._module):
            return _to_numpy(self._module(x.reshape(len(x), *self._shape)))

    def _accepted(self) -> tuple[int, ...]:
        """The shape of an image that the module takes."""
        device, dtype = _home(self._module)
        said = ""
        for shape in _INPUTS:
            try:
                self._module(torch.zeros(2, *shape, device=device, dtype=dtype))
                return shape
            except Exception as error:  # any module may fail in any way
                said = said or str(error).strip().splitlines()[0]
        raise ModelError(f"The encoder takes images neither as [N, 1, 28, 28] nor as [N, 784]: {said}.")


class Decoder:
    """Latent points float32 [N, D] to images [N, 28, 28].

    Attributes:
        network: packed for the browser; None where that cannot run it.
        unpackable: why, as the end of a sentence; empty where it can.
    """

    def __init__(self, module: nn.Module, dimensions: int, *, logits: bool) -> None:
        self._module, self._logits = module, logits
        self.network: bytes | None = None
        self.unpackable = ""
        try:
            self.network = self._packed(dimensions)
        except UnpackableError as error:
            self.unpackable = str(error)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Decode latent points."""
        device, dtype = _home(self._module)
        with _evaluating(self._module):
            made = self._module(torch.tensor(z, device=device).to(dtype))
        if not isinstance(made, Tensor) or made.numel() != len(z) * PIXELS:
            shape = list(made.shape) if isinstance(made, Tensor) else type(made).__name__
            raise ModelError(f"The decoder must return 28 x 28 pixels for each of {len(z)} points, not {shape}.")
        images = made.sigmoid() if self._logits else made
        found: np.ndarray = images.reshape(-1, IMAGE_SIZE, IMAGE_SIZE).float().cpu().numpy()
        return found

    def _packed(self, dimensions: int) -> bytes:
        device, dtype = _home(self._module)
        z = torch.randn(CHECKED, dimensions, generator=torch.Generator().manual_seed(0))
        with _evaluating(self._module):
            layers = layers_of(self._module, z[:2].to(device, dtype))
            theirs = self._module(z.to(device, dtype)).flatten(1).double().cpu()
            ours = run(layers, z.double())
        if theirs.shape != ours.shape or theirs.shape[1] != PIXELS:
            raise UnpackableError(f"it gives {theirs.shape[1]} numbers, and not 28 x 28 pixels")
        if self._logits:
            theirs, ours = theirs.sigmoid(), ours.sigmoid()
        worst = float((theirs - ours).abs().max())
        if not worst <= TOLERANCE:
            raise UnpackableError(f"its layers one by one differ from it by {worst:.2g}")
        return pack_layers(layers, dimensions, logits=self._logits)


class Functions(NamedTuple):
    """Two functions on NumPy arrays, as `explore`, `Explorer`, `report` and `compare` take them."""

    encode: Encoder
    decode: Decoder


def from_torch(encoder: nn.Module, decoder: nn.Module, *, logits: bool = False) -> Functions:
    """Two PyTorch modules as `encode` and `decode`: `vx.Explorer(*vx.from_torch(encoder, decoder), data)`.

    They are called in evaluation mode, without gradients, on the device where they are. A decoder that is a chain of
    Linear, Conv2d, ConvTranspose2d, BatchNorm, Flatten, Unflatten, Reshape, nearest upsampling and the usual
    activations is packed for the browser: dragged at display rate, and exported as a page that needs no Python. It is
    traced by torch.fx and compared with the module on 100 codes, to 1e-4 of a pixel.

    Args:
        encoder: images in [0, 1], [N, 1, 28, 28] or [N, 784], whichever it takes, to codes [N, D], or to a pair
            (mean, ln sigma^2), or to something with `mean` and `logvar`.
        decoder: z [N, D] to images of 784 pixels in [0, 1], in whatever shape.
        logits: whether the decoder returns logits, of which the sigmoid is taken.

    Returns:
        `encode` and `decode`; `decode.network` is None where Python must be asked, and `decode.unpackable` says why.

    Raises:
        ModelError: they are no modules, or the encoder takes no images of 28 x 28.

    Warns:
        PackingWarning: the decoder has a layer that no browser knows here, which is named.
    """
    for name, module in (("encoder", encoder), ("decoder", decoder)):
        if not isinstance(module, nn.Module):
            raise ModelError(f"The {name} must be a torch.nn.Module, not {type(module).__name__}.")
    encode = Encoder(encoder)
    first = encode(np.zeros((2, IMAGE_SIZE, IMAGE_SIZE), np.uint8))
    mean = first[0] if isinstance(first, tuple) else first
    if not isinstance(mean, np.ndarray) or mean.ndim != 2:
        raise ModelError("The encoder must return codes [N, D], or a pair (mean, ln sigma^2) of them.")
    decode = Decoder(decoder, mean.shape[1], logits=logits)
    if decode.unpackable:
        warnings.warn(
            f"Python is asked for each image: of the decoder, {decode.unpackable}.", PackingWarning, stacklevel=2
        )
    return Functions(encode, decode)


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """Without gradients, in evaluation mode; afterwards every part is in the mode it was in."""
    training = [each for each in module.modules() if each.training]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for each in training:
            each.training = True


def _home(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a module is, and in which numbers it computes."""
    first = next(module.parameters(), None)
    return (torch.device("cpu"), torch.float32) if first is None else (first.device, first.dtype)


def _to_numpy(made: Any) -> Any:
    """What an encoder returns, with arrays in the place of tensors."""
    if isinstance(made, Tensor):
        return made.float().cpu().numpy()
    if hasattr(made, "mean") and hasattr(made, "logvar"):
        return _to_numpy(made.mean), _to_numpy(made.logvar)
    if isinstance(made, (tuple, list)):
        return tuple(_to_numpy(each) for each in made)
    return made
