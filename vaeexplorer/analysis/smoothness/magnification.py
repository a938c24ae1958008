"""How much a decoder stretches latent space, and how unevenly: what the metric G = J^T J of its Jacobian says."""

from collections.abc import Callable

import numpy as np

RELATIVE_STEP = 3e-3  # of a code's spread: rounding and truncation weigh about the same in single precision


def central_differences(
    decode: Callable[[np.ndarray], np.ndarray], z: np.ndarray, scale: np.ndarray | None = None
) -> np.ndarray:
    """The Jacobian of a decoder that offers none, by two decoded images a dimension.

    Args:
        decode: [N, D] -> images [N, 28, 28] or [N, F].
        z: where, [N, D].
        scale: the spread of the codes a dimension, [D], which the steps are small against; by default that of z.

    Returns:
        float64 [N, F, D].
    """
    step = RELATIVE_STEP * np.maximum(z.std(axis=0) if scale is None else scale, 1e-6)
    columns = []
    for j in range(z.shape[1]):
        up, down = z.astype(np.float32), z.astype(np.float32)
        up[:, j] += step[j]
        down[:, j] -= step[j]
        way = up[:, j].astype(np.float64) - down[:, j]  # as rounded
        change = (decode(up).astype(np.float64) - decode(down)).reshape(len(z), -1)
        columns.append(change / way[:, None])
    return np.stack(columns, axis=2)


def metric(jacobian: np.ndarray) -> np.ndarray:
    """G = J^T J: [N, F, D] -> [N, D, D]. |J dz|^2 = dz^T G dz is how far the image moves."""
    return np.asarray(np.einsum("nfi,nfj->nij", jacobian, jacobian, optimize=True))


def log_magnification(metrics: np.ndarray) -> np.ndarray:
    """1/2 ln det G (Bishop et al. 1997): the log of the volume that a unit of latent volume becomes.

    Args:
        metrics: [N, A, A].

    Returns:
        [N]; NaN where G is singular.
    """
    if metrics.shape[1] == 0:
        return np.full(len(metrics), np.nan)
    sign, log_det = np.linalg.slogdet(metrics.astype(np.float64))
    return np.where((sign > 0) & np.isfinite(log_det), log_det / 2, np.nan)


def traces(metrics: np.ndarray) -> np.ndarray:
    """tr G and tr G^2, [2, N]: what the distortion is made of; NaN without a dimension."""
    if metrics.shape[1] == 0:
        return np.full((2, len(metrics)), np.nan)
    return np.stack([np.einsum("nii->n", metrics), np.einsum("nij,nji->n", metrics, metrics)])


def isometry_distortion(columns: np.ndarray, dim: int) -> np.ndarray:
    """Relaxed distortion d E[tr G^2] / (E tr G)^2 >= 1 (Lee et al. 2022); 1 only of a scaled isometry.

    Args:
        columns: `traces`, [2, ..., N].
        dim: d.

    Returns:
        [...].
    """
    first, second = columns.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(dim * second / first**2)


def indicatrices(metrics: np.ndarray) -> np.ndarray:
    """The ellipses dz^T G dz = 1 of a plane: all steps along which the image changes by one.

    Args:
        metrics: [N, 2, 2].

    Returns:
        [N, 3]: the longer and the shorter semi-axis in latent units, and the angle of the longer one in radians. A
        direction in which nothing changes has an infinite axis.
    """
    values, vectors = np.linalg.eigh(metrics.astype(np.float64))  # ascending: the first is the slowest direction
    with np.errstate(divide="ignore"):
        axes = 1 / np.sqrt(np.maximum(values, 0))
    return np.column_stack([axes, np.arctan2(vectors[:, 1, 0], vectors[:, 0, 0])])
