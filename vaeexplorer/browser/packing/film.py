"""A training beside PCA as bytes for the browser; `film.js` unpacks it.

Images and axes are sent as bytes, which is what a screen shows: pixels in [0, 1] as 0 to 255, axes as 128 +- 127 over
their largest entry, correlations as 128 + 127 r. Scatters are float16, scaled to a spread of 1 where they are raw.
"""

import math

import numpy as np

from vaeexplorer.analysis.linear.experiments import Experiment
from vaeexplorer.analysis.linear.film import SHOWN_AXES
from vaeexplorer.analysis.pca import PCA
from vaeexplorer.browser.packing.frame import frame

SPECTRUM = 100  # eigenvalues sent


def pack_film(experiment: Experiment, pca: PCA, shown: np.ndarray, points: np.ndarray, labels: np.ndarray) -> bytes:
    """Everything that the page draws of one training.

    Args:
        experiment: of any kind.
        pca: of the same images.
        shown: the images that were reconstructed, [m, 784] in [0, 1].
        points: the images of the scatter, [P, 784].
        labels: their classes, [P].
    """
    film, k = experiment.film, experiment.k
    axes = pca.axes[:, : min(k, SHOWN_AXES)]
    first = pca.axes[:, :k]
    best = pca.mean + (shown - pca.mean) @ first @ first.T
    scores = (points - pca.mean) @ pca.axes[:, :2]
    header = {
        "kind": "film",
        "k": k,
        "shown": len(shown),
        "axes": axes.shape[1],
        "points": len(points),
        "steps": film.steps.tolist(),
        "error": film.error.tolist(),
        "optimum": experiment.optimum,
        "predicted": experiment.predicted_error,
        "plateau": None if experiment.plateau is None else experiment.plateau[0],
        "angles": [_numbers(row) for row in film.angles],
        "cosines": [[_numbers(row[: axes.shape[1]], 4) for row in rows] for rows in film.cosines],
        "values": _numbers(pca.values[:SPECTRUM]),
        "total": float(pca.values.sum()),
    }
    parts = [
        _pixels(shown),
        _pixels(best),
        _signed(axes.T),
        _pixels(film.reconstructions),
        _signed(film.axes),
        np.rint(128 + 127 * np.clip(film.correlation, -1, 1)).astype(np.uint8),
        labels.astype(np.uint8),
        _half(scores if k > 1 else scores * [1, 0]),
        _half(film.codes / _spread(film.codes)),
        _half(film.rotated),
    ]
    return frame(header, b"".join(part.tobytes() for part in parts))


def _numbers(values: np.ndarray, digits: int = 9) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def _pixels(images: np.ndarray) -> np.ndarray:
    grey: np.ndarray = np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)
    return grey


def _signed(axes: np.ndarray) -> np.ndarray:
    largest = np.maximum(np.abs(axes).max(axis=-1, keepdims=True), 1e-300)
    grey: np.ndarray = np.rint(128 + 127 * axes / largest).astype(np.uint8)
    return grey


def _spread(codes: np.ndarray) -> np.ndarray:
    """Of each step, [T, 1, 1]."""
    spread = np.sqrt((codes**2).mean(axis=(1, 2), keepdims=True) * (1 if codes[..., 1].any() else 2))
    return np.where(spread > math.ulp(0.0), spread, 1.0)


def _half(values: np.ndarray) -> np.ndarray:
    halves: np.ndarray = np.clip(values, -6e4, 6e4).astype("<f2")
    return halves
