"""What there is to see of an autoencoder while it trains, next to PCA: one row a kept step."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.linear.autoencoder import Frame
from vaeexplorer.analysis.linear.axes import cosines, three_ways
from vaeexplorer.analysis.pca import PCA, principal_angles

SHOWN_AXES = 12


@dataclass(frozen=True)
class Snapshot:
    """An autoencoder at one step, whatever its kind, in principal coordinates."""

    step: int
    error: float
    """|x - x'|^2, mean over images"""
    columns: np.ndarray
    """what one unit of a code dimension adds to the output: W2, or the decoder's derivative at the mean code, [D, k]"""
    covariance: np.ndarray
    """of the codes, [k, k]"""
    codes: np.ndarray
    """of the points of the scatter, [P, k]"""
    reconstructions: np.ndarray
    """of the shown images, as pixels, [m, D]"""


@dataclass(frozen=True)
class Film:
    """The first axis of every array is the kept step, T of them; images are pixels, [784]."""

    steps: np.ndarray
    """[T]"""
    error: np.ndarray
    """|x - x'|^2 per image, [T]"""
    angles: np.ndarray
    """principal angles to PCA's span, degrees, smallest first, [T, k]"""
    correlation: np.ndarray
    """of the codes, [T, k, k]"""
    cosines: np.ndarray
    """|cos| of the j-th axis with the j-th principal axis, of the three ways, [T, 3, k]"""
    axes: np.ndarray
    """the first axes, three ways, unit vectors, [T, 3, c, D]"""
    reconstructions: np.ndarray
    """[T, m, D]"""
    codes: np.ndarray
    """the first two of each point, [T, P, 2]; the second is 0 where k = 1"""
    rotated: np.ndarray
    """the same points along the first two recovered axes, [T, P, 2]"""


def linear_snapshots(
    path: Sequence[Frame], pca: PCA, points: np.ndarray, shown: np.ndarray, *, centred: bool = True
) -> Iterator[Snapshot]:
    """The kept steps of `linear.train` on the points [P, D] and the shown images [m, D], both in [0, 1].

    Codes are only drawn: they are of float32, which takes half the time.
    """
    origin = pca.mean if centred else np.zeros_like(pca.mean)
    few = (shown - origin) @ pca.axes
    coordinates = (points - pca.mean).astype(np.float32) @ pca.axes.astype(np.float32)
    for frame in path:
        W1, W2, b = frame.W1, frame.W2, frame.b
        covariance = (W1 * pca.values) @ W1.T  # of centred codes, centred images or not
        output = origin + ((few @ W1.T) @ W2.T + b) @ pca.axes.T
        codes = coordinates @ W1.T.astype(np.float32)
        yield Snapshot(frame.step, frame.error, W2, covariance, codes, output)


def film(snapshots: Iterable[Snapshot], pca: PCA, k: int) -> Film:
    """Everything that is shown of each snapshot."""
    basis = pca.axes.T.astype(np.float32)  # for images that are only drawn
    rows = [_row(snapshot, pca, k, basis) for snapshot in snapshots]
    return Film(*(np.array(column) for column in zip(*rows, strict=True)))


def _row(snapshot: Snapshot, pca: PCA, k: int, basis: np.ndarray) -> tuple[object, ...]:
    W2 = snapshot.columns
    ways = three_ways(W2, pca.values)
    spread = np.sqrt(np.maximum(np.diagonal(snapshot.covariance), 1e-300))
    correlation = snapshot.covariance / np.outer(spread, spread)
    first = np.array([way[:, :SHOWN_AXES].T for way in ways], np.float32) @ basis
    to_recovered = ways.recovered[:, :2].T @ W2  # [2, k]
    return (
        snapshot.step,
        snapshot.error,
        angles_to_pca(W2),
        correlation,
        np.array([cosines(way) for way in ways]),
        first,
        snapshot.reconstructions,
        _plane(snapshot.codes[:, :2]),
        _plane(snapshot.codes @ to_recovered.T),
    )


def angles_to_pca(W2: np.ndarray) -> np.ndarray:
    """Principal angles, in degrees, between the span of W2 [D, k], in principal coordinates, and the first k axes, [k].

    The rows below k are turned into k rows first, which changes no angle and leaves SciPy a small problem.
    """
    D, k = W2.shape
    if 2 * k < D:
        W2 = np.concatenate([W2[:k], np.linalg.qr(W2[k:], mode="r")])
    return principal_angles(np.eye(len(W2), k), W2)


def _plane(columns: np.ndarray) -> np.ndarray:
    return columns if columns.shape[1] == 2 else np.pad(columns, ((0, 0), (0, 1)))
