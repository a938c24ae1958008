"""PyTorch modules as the two functions that everything here takes; where it can be, the decoder goes to the browser."""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.arrays import channels_first, channels_last
from vaeexplorer.browser.packing.layers import pack_layers
from vaeexplorer.data.images import LONGEST, is_shape
from vaeexplorer.foreign.layers import UnpackableError, layers_of, run
from vaeexplorer.spaces.own import ModelError

CHECKED = 100
"""codes on which packed layers are compared with the module"""
TOLERANCE = 1e-4
"""of a pixel, by which they may differ"""


class PackingWarning(UserWarning):
    """A decoder that no browser can run; the message names the layer."""


class Encoder:
    """Images uint8 [N, H, W] or [N, H, W, 3] to what the module makes of them, as NumPy arrays."""

    def __init__(self, module: nn.Module, shape: tuple[int, ...]) -> None:
        self._module, self._shape = module, shape
        height, width, *colors = shape
        plane, flat = (*(colors or [1]), height, width), (math.prod(shape),)
        self._inputs = (plane, flat) if colors else (plane, flat, shape)
        with _evaluating(module):
            self._input = self._accepted()

    def __call__(self, images: np.ndarray) -> Any:
        """Encode images.

        Raises:
            ModelError: images of another shape than these modules were said to take.
        """
        if images.shape[1:] != self._shape:
            raise ModelError(f"images are of shape {images.shape[1:]}: from_torch(..., shape={images.shape[1:]})")
        device, dtype = _home(self._module)
        x = torch.tensor(np.ascontiguousarray(channels_first(images)), device=device).to(dtype) / 255
        with _evaluating(self._module):
            return _to_numpy(self._module(x.reshape(len(x), *self._input)))

    def _accepted(self) -> tuple[int, ...]:
        """The shape of an image that the module takes."""
        device, dtype = _home(self._module)
        said = ""
        for shape in self._inputs:
            try:
                self._module(torch.zeros(2, *shape, device=device, dtype=dtype))
                return shape
            except Exception as error:  # any module may fail in any way
                said = said or str(error).strip().splitlines()[0]
        plane, flat = (", ".join(map(str, shape)) for shape in self._inputs[:2])
        raise ModelError(f"The encoder takes images neither as [N, {plane}] nor as [N, {flat}]: {said}.")


class Decoder:
    """Latent points float32 [N, D] to images [N, H, W] or [N, H, W, 3].

    Attributes:
        network: packed for the browser; None where that cannot run it.
        unpackable: why, as the end of a sentence; empty where it can.
    """

    def __init__(self, module: nn.Module, dimensions: int, shape: tuple[int, ...], *, logits: bool) -> None:
        self._module, self._shape, self._logits = module, shape, logits
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
        if not isinstance(made, Tensor) or made.numel() != len(z) * math.prod(self._shape):
            returned = list(made.shape) if isinstance(made, Tensor) else type(made).__name__
            wanted = " x ".join(map(str, self._shape))
            raise ModelError(f"The decoder must return {wanted} numbers for each of {len(z)} points, not {returned}.")
        images = made.sigmoid() if self._logits else made
        return channels_last(images.float().cpu().numpy(), self._shape)

    def _packed(self, dimensions: int) -> bytes:
        device, dtype = _home(self._module)
        z = torch.randn(CHECKED, dimensions, generator=torch.Generator().manual_seed(0))
        with _evaluating(self._module):
            layers = layers_of(self._module, z[:2].to(device, dtype))
            theirs = self._module(z.to(device, dtype)).flatten(1).double().cpu()
            ours = run(layers, z.double())
        if theirs.shape != ours.shape or theirs.shape[1] != math.prod(self._shape):
            raise UnpackableError(f"it gives {theirs.shape[1]} numbers, and not {' x '.join(map(str, self._shape))}")
        if self._logits:
            theirs, ours = theirs.sigmoid(), ours.sigmoid()
        worst = float((theirs - ours).abs().max())
        if not worst <= TOLERANCE:
            raise UnpackableError(f"its layers one by one differ from it by {worst:.2g}")
        return pack_layers(layers, dimensions, self._shape, logits=self._logits)


class Functions(NamedTuple):
    """Two functions on NumPy arrays, as `explore`, `Explorer`, `report` and `compare` take them."""

    encode: Encoder
    decode: Decoder


def from_torch(
    encoder: nn.Module, decoder: nn.Module, *, shape: tuple[int, ...] = (28, 28), logits: bool = False
) -> Functions:
    """Two PyTorch modules as `encode` and `decode`: `vx.Explorer(*vx.from_torch(encoder, decoder), data)`.

    They are called in evaluation mode, without gradients, on the device where they are. A decoder that is a chain of
    Linear, Conv2d, ConvTranspose2d, BatchNorm, Flatten, Unflatten, Reshape, nearest upsampling and the usual
    activations is packed for the browser: dragged at display rate, and exported as a page that needs no Python. It is
    traced by torch.fx and compared with the module on 100 codes, to 1e-4 of a pixel.

    Args:
        encoder: images in [0, 1], [N, 1, H, W], [N, 3, H, W] or [N, numbers of an image], whichever it takes, to codes
            [N, D], or to a pair (mean, ln sigma^2), or to something with `mean` and `logvar`.
        decoder: z [N, D] to images in [0, 1], in the order of [1, H, W] or [3, H, W] and in whatever shape.
        shape: of an image: (H, W), or (H, W, 3) in colour, as `data.images[0].shape` has it; at most 128 x 128.
        logits: whether the decoder returns logits, of which the sigmoid is taken.

    Returns:
        `encode` and `decode`; `decode.network` is None where Python must be asked, and `decode.unpackable` says why.

    Raises:
        ModelError: they are no modules; the encoder takes no images of this shape; images cannot have it.

    Examples:
        >>> encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
        >>> decoder = nn.Sequential(nn.Linear(2, 784), nn.Sigmoid())
        >>> encode, decode = from_torch(encoder, decoder)
        >>> decode(np.zeros((5, 2), np.float32)).shape, decode.unpackable
        ((5, 28, 28), '')

    Warns:
        PackingWarning: the decoder has a layer that no browser knows here, which is named.
    """
    for name, module in (("encoder", encoder), ("decoder", decoder)):
        if not isinstance(module, nn.Module):
            raise ModelError(f"The {name} must be a torch.nn.Module, not {type(module).__name__}.")
    shape = tuple(shape)
    if not is_shape(shape):
        raise ModelError(f"shape must be (H, W) or (H, W, 3), H and W at most {LONGEST}, not {shape}.")
    encode = Encoder(encoder, shape)
    first = encode(np.zeros((2, *shape), np.uint8))
    mean = first[0] if isinstance(first, tuple) else first
    if not isinstance(mean, np.ndarray) or mean.ndim != 2:
        raise ModelError("The encoder must return codes [N, D], or a pair (mean, ln sigma^2) of them.")
    decode = Decoder(decoder, mean.shape[1], shape, logits=logits)
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
