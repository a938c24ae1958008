"""Where a model puts images, and what every model can do here, trained by us or not. Without torch."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Codes:
    """q(z|x) of N images: `mean` and `logvar` = ln sigma^2, float32 [N, D] each; `logvar` is None for an AE."""

    mean: np.ndarray
    logvar: np.ndarray | None


class Model(Protocol):
    """NumPy in, NumPy out, in batches of any size. What is no image or no latent point raises a UserError."""

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, 28, 28], uint8 or floats in [0, 1], to their codes."""

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 [N, 28, 28] in [0, 1]."""


def to_bytes(codes: np.ndarray) -> dict[str, np.ndarray]:
    """Codes [epochs, N, D] as 256 steps from the least to the greatest of each epoch and dimension: `codes`, `range`.

    A step is a 255th of the spread, so no code moves by more than a 510th of it.
    """
    low, high = (end(codes, axis=1, keepdims=True).astype(np.float32) for end in (np.min, np.max))
    steps = (codes - low) / np.maximum(high - low, np.finfo(np.float32).tiny)
    return {"codes": np.round(255 * steps).astype(np.uint8), "range": np.stack([low, high])}


def from_bytes(codes: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The codes that `to_bytes` was given, float32 [epochs, N, D]."""
    low, high = ends.astype(np.float32)
    result: np.ndarray = low + (high - low) * (codes.astype(np.float32) / np.float32(255))
    return result
