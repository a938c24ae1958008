"""The models of a sweep over beta as bytes for the browser; `beta/sweep.js` unpacks them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from vaeexplorer.browser.packing.frame import frame, precision
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.config import RunConfig

SAMPLES = 36
"""from the prior, decoded by every model of a sweep"""


def prior_noise(dimensions: int) -> np.ndarray:
    """The same draws from N(0, I) for all models, [SAMPLES, D]."""
    return np.random.default_rng(0).standard_normal((SAMPLES, dimensions))


class Point(Protocol):
    """One beta of a sweep, as `results.sweep` has it."""

    @property
    def config(self) -> RunConfig:
        """How it was trained."""

    @property
    def weights(self) -> Mapping[str, np.ndarray]:
        """Of the decoder."""

    @property
    def mean(self) -> np.ndarray:
        """Codes of the kept images, [N, D]."""

    @property
    def kl(self) -> np.ndarray:
        """Nats of each dimension, [D]."""

    @property
    def beta(self) -> float:
        """The weight that the KL term had."""

    @property
    def rate(self) -> float:
        """Nats per image."""

    @property
    def distortion(self) -> float:
        """Nats per image."""

    @property
    def elbo(self) -> float:
        """Nats per image."""

    @property
    def active_units(self) -> int:
        """How many dimensions are in use."""

    @property
    def total_variation(self) -> tuple[float, float, float] | None:
        """Of codes and prior at least, and the ends of its interval."""

    @property
    def effects(self) -> list[float] | None:
        """Of each dimension on the image, squared error."""


def pack_sweep(
    points: Sequence[Point], rotations: Sequence[np.ndarray], labels: np.ndarray, noise: np.ndarray
) -> bytes:
    """The models of a sweep in one, in the layout that sweep.js describes.

    Args:
        points: of one data set and size.
        rotations: of each, Q as `analysis.alignment` has it, [D, D].
        labels: of the kept images, class numbers below 256, [N].
        noise: from N(0, I), what every decoder is shown, [S, D].
    """
    networks = [pack_network(point.config, point.weights, encoder=False) for point in points]
    kind = precision([point.mean for point in points])
    header = {
        "kind": "sweep",
        "precision": kind,
        "count": len(labels),
        "dim": noise.shape[1],
        "samples": len(noise),
        "points": [
            {
                "beta": point.beta,
                "rate": point.rate,
                "distortion": point.distortion,
                "elbo": point.elbo,
                "active_units": point.active_units,
                "total_variation": point.total_variation,
                "kl": point.kl.tolist(),
                "effects": point.effects,
                "network": len(network),
            }
            for point, network in zip(points, networks, strict=True)
        ],
    }
    payload = noise.astype("<f4").tobytes() + labels.astype(np.uint8).tobytes()
    for point, rotation, network in zip(points, rotations, networks, strict=True):
        payload += rotation.astype("<f4").tobytes() + point.mean.astype(kind).tobytes() + network
    return frame(header, payload)
