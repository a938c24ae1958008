"""Where a model puts images, and what every model can do here, trained by us or not. Without torch."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vaeexplorer.errors import UserError

ASYMMETRY = 1e-4  # of two deviations' product, which single precision may cost a covariance


@dataclass(frozen=True)
class Codes:
    """q(z|x) of N images: `mean` and `logvar` = ln sigma^2, float32 [N, D] each; `logvar` is None for an AE.

    Where a posterior's dimensions are correlated, `covariance` is [N, D, D] and `logvar` the logarithm of its diagonal.

    Examples:
        >>> import numpy as np
        >>> Codes(mean=np.zeros((3, 2)), logvar=np.full((3, 2), -1.0)).covariance is None
        True
    """

    mean: np.ndarray
    logvar: np.ndarray | None
    covariance: np.ndarray | None = None

    @classmethod
    def correlated(cls, mean: np.ndarray, covariance: np.ndarray) -> "Codes":
        """Posteriors N(mean, covariance).

        Args:
            mean: [N, D].
            covariance: [N, D, D].

        Raises:
            UserError: shapes that do not fit, numbers that are not finite, or a matrix that is no covariance.

        Examples:
            >>> import numpy as np
            >>> codes = Codes.correlated(np.zeros((1, 2)), np.array([[[1.0, 0.5], [0.5, 1.0]]]))
            >>> codes.logvar
            array([[0., 0.]], dtype=float32)
        """
        mean, covariance = np.asarray(mean, np.float32), np.asarray(covariance, np.float64)
        wanted = (*mean.shape, mean.shape[-1])
        if mean.ndim != 2 or covariance.shape != wanted:
            raise UserError(
                f"Covariances must be {list(wanted)} for means {list(mean.shape)}, not {list(covariance.shape)}."
            )
        if not np.isfinite(covariance).all():
            raise UserError("Covariances are not all finite numbers.")
        deviation = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))  # [N, D]
        scale = deviation[:, :, None] * deviation[:, None, :]
        if not (np.abs(covariance - covariance.swapaxes(1, 2)) <= ASYMMETRY * scale).all():
            raise UserError("Covariances must be symmetric.")
        covariance = (covariance + covariance.swapaxes(1, 2)) / 2
        try:
            np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            raise UserError("Covariances must be positive definite.") from None
        return cls(mean, (2 * np.log(deviation)).astype(np.float32), covariance)


class Model(Protocol):
    """NumPy in, NumPy out, in batches of any size. What is no image or no latent point raises a UserError."""

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, H, W] or [N, H, W, 3], uint8 or floats in [0, 1], to their codes."""

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 of the same shape, in [0, 1]."""


def to_bytes(codes: np.ndarray, kind: type[np.unsignedinteger] = np.uint8) -> dict[str, np.ndarray]:
    """Codes [epochs, N, D] as equal steps from the least to the greatest of each epoch and dimension: `codes`, `range`.

    There are as many steps as the type of the result has numbers: of uint8 256, so that no code moves by more than a
    510th of the spread; of uint16 65,536.
    """
    low, high = (end(codes, axis=1, keepdims=True).astype(np.float32) for end in (np.min, np.max))
    share = (codes - low) / np.maximum(high - low, np.finfo(np.float32).tiny)
    return {"codes": np.round(np.iinfo(kind).max * share).astype(kind), "range": np.stack([low, high])}


def from_bytes(codes: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The codes that `to_bytes` was given, float32 [epochs, N, D]."""
    low, high = ends.astype(np.float32)
    result: np.ndarray = low + (high - low) * (codes.astype(np.float32) / np.float32(np.iinfo(codes.dtype).max))
    return result
