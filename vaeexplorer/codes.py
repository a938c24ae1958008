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
    """NumPy in, NumPy out, in batches of any size. What is no image or no latent point raises a ValueError."""

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, 28, 28], uint8 or floats in [0, 1], to their codes."""

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 [N, 28, 28] in [0, 1]."""
