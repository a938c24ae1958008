"""Straight ways through latent space and the curves that a decoder makes of them."""

from dataclasses import dataclass

import numpy as np

STEPS = 32


@dataclass(frozen=True)
class Pairs:
    """Pairs of images: `first` and `second` are indices [P]; `within` says whether both are of one class, [P]."""

    first: np.ndarray
    second: np.ndarray
    within: np.ndarray


def sample_pairs(labels: np.ndarray, count: int, *, seed: int = 0) -> Pairs:
    """Half of the pairs within classes, half between classes, the same for the same labels and seed.

    Classes too small for one kind leave it out: one class alone has no pairs between classes.

    Args:
        labels: [N].
        count: how many pairs, half of each kind.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    first, second, within = [], [], []
    for same in (True, False):
        matching = [np.flatnonzero((labels == label) == same) for label in range(int(labels.max()) + 1)]
        willing = np.flatnonzero([len(matching[label]) > same for label in labels])
        for i in rng.choice(willing, count // 2) if len(willing) else ():
            others = matching[labels[i]]
            first.append(i)
            second.append(rng.choice(others[others != i]))
            within.append(same)
    return Pairs(np.array(first, np.int64), np.array(second, np.int64), np.array(within, bool))


def straight(a: np.ndarray, b: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """z_t = a + t/T (b - a) for t = 0 ... T: [P, D] and [P, D] -> [P, T + 1, D]."""
    t = np.linspace(0, 1, steps + 1, dtype=np.float32)[:, None]
    return np.asarray(a[:, None] + t * (b - a)[:, None], np.float32)


def detour_ratio(curves: np.ndarray) -> np.ndarray:
    """Length of a curve over the distance of its ends, sum_t d_t / |x_T - x_0| >= 1; NaN where the ends are equal.

    Args:
        curves: [P, T + 1, F]; images are flattened.

    Returns:
        [P].
    """
    ends = np.linalg.norm(curves[:, -1] - curves[:, 0], axis=-1)
    return _ratio(_step_lengths(curves).sum(axis=1), ends)


def speed_unevenness(curves: np.ndarray) -> np.ndarray:
    """T sum d_t^2 / (sum d_t)^2 >= 1: one plus the squared coefficient of variation of the steps; NaN at rest.

    A curve that makes its whole way in one of T steps has T.

    Args:
        curves: [P, T + 1, F].

    Returns:
        [P].
    """
    lengths = _step_lengths(curves)
    return _ratio(lengths.shape[1] * (lengths**2).sum(axis=1), lengths.sum(axis=1) ** 2)


def curvature(curves: np.ndarray) -> np.ndarray:
    """The mean angle between consecutive steps, degrees, once the curve is cut into T steps of equal arc length.

    Resampling takes the speed out, so that this is about the shape of the curve alone. NaN of a curve without length.

    Args:
        curves: [P, T + 1, F].

    Returns:
        [P].
    """
    steps = np.diff(resample(curves), axis=1)  # [P, T, F]
    lengths = np.linalg.norm(steps, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.where(lengths > 1e-6 * lengths.max(axis=1, keepdims=True), steps / lengths, np.nan)
    # Kahan's angle between unit vectors keeps its digits where the arc cosine of their product would lose them.
    u, v = steps[:, :-1], steps[:, 1:]
    angles = 2 * np.arctan2(np.linalg.norm(u - v, axis=-1), np.linalg.norm(u + v, axis=-1))  # [P, T - 1]
    kept = np.isfinite(angles)
    return np.asarray(np.degrees(_ratio(np.where(kept, angles, 0).sum(axis=1), kept.sum(axis=1))))


def resample(curves: np.ndarray) -> np.ndarray:
    """The same polygons, [P, T + 1, F], with corners at equal distances along them."""
    lengths = _step_lengths(curves)  # [P, T]
    along = np.concatenate([np.zeros_like(lengths[:, :1]), np.cumsum(lengths, axis=1)], axis=1)  # [P, T + 1]
    wanted = along[:, -1:] * np.linspace(0, 1, along.shape[1])  # [P, T + 1]
    segment = np.clip((along[:, None] <= wanted[:, :, None]).sum(axis=2) - 1, 0, lengths.shape[1] - 1)
    rows = np.arange(len(curves))[:, None]
    share = (wanted - along[rows, segment]) / np.maximum(lengths[rows, segment], 1e-30)
    start, end = curves[rows, segment], curves[rows, segment + 1]
    return np.asarray(start + np.clip(share, 0, 1)[:, :, None].astype(curves.dtype) * (end - start))


def _step_lengths(curves: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(np.diff(curves, axis=1), axis=-1), np.float64)


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    defined = under > 1e-9
    return np.where(defined, over / np.where(defined, under, 1), np.nan)
