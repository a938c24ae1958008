"""Do samples match the data? Mean and variance of each pixel: the cheapest posterior predictive check."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PixelCheck:
    """Pixels of generated images against those of real ones.

    Attributes:
        mean, variance: of each pixel over the generated images, float64, of an image's shape.
        real_mean, real_variance: over the real ones.
        mean_r2, variance_r2: coefficient of determination of the former as a prediction of the latter over pixels, 1
            where they agree; it counts scale and offset, and is below 0 where one number for all pixels does better.
        spread: total variance of the generated images over that of the real ones; decoded means leave out the noise of
            p(x|z), so that 1 is not expected of them.
    """

    mean: np.ndarray
    variance: np.ndarray
    real_mean: np.ndarray
    real_variance: np.ndarray

    @property
    def mean_r2(self) -> float:  # noqa: D102
        return determination(self.mean, self.real_mean)

    @property
    def variance_r2(self) -> float:  # noqa: D102
        return determination(self.variance, self.real_variance)

    @property
    def spread(self) -> float:  # noqa: D102
        return float(self.variance.sum() / self.real_variance.sum())


def pixel_check(generated: np.ndarray, real: np.ndarray) -> PixelCheck:
    """Compare images [M, ...] with images [N, ...] of the same shape and units, pixel by pixel."""
    a, b = np.asarray(generated, np.float64), np.asarray(real, np.float64)
    return PixelCheck(a.mean(axis=0), a.var(axis=0), b.mean(axis=0), b.var(axis=0))


def determination(predicted: np.ndarray, true: np.ndarray) -> float:
    """R^2 = 1 - sum (true - predicted)^2 / sum (true - mean)^2; NaN where the truth does not vary."""
    spread = float(((true - true.mean()) ** 2).sum())
    return 1 - float(((true - predicted) ** 2).sum()) / spread if spread > 0 else float("nan")
