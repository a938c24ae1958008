"""Walks along one latent dimension, and how far each dimension reaches."""

import numpy as np

PRIOR_REACH = 3.0
"""standard deviations of the prior that a slider spans at least"""


def traversal(z: np.ndarray, dimension: int, values: np.ndarray) -> np.ndarray:
    """Copies of z, [D], in which one coordinate takes each of `values`, [n]; the result is [n, D]."""
    walk = np.repeat(z[None, :], len(values), axis=0)
    walk[:, dimension] = values
    return walk


def reach(codes: np.ndarray, *, prior: bool) -> np.ndarray:
    """The range of each dimension that a slider should span so that every code can be reached.

    Args:
        codes: [N, D].
        prior: whether the space has a standard normal prior; its +-3 are then included.

    Returns:
        [D, 2]: lowest and highest, rounded outwards to tenths.
    """
    low, high = codes.min(axis=0), codes.max(axis=0)
    if prior:
        low, high = np.minimum(low, -PRIOR_REACH), np.maximum(high, PRIOR_REACH)
    return np.stack([np.floor(low * 10), np.ceil(high * 10)], axis=1).astype(np.float32) / 10


def traversal_range(codes: np.ndarray, *, prior: bool) -> np.ndarray:
    """The range of each dimension that a traversal walks: where nearly all the mass is.

    The prior's +-3, or for a space without a prior the codes' own quantiles at the same probabilities (0.13 % and
    99.87 %).

    Args:
        codes: [N, D].
        prior: whether the space has a standard normal prior.

    Returns:
        [D, 2]: lowest and highest.
    """
    if prior:
        return np.full((codes.shape[1], 2), (-PRIOR_REACH, PRIOR_REACH), dtype=np.float32)
    return np.asarray(np.quantile(codes, [0.00135, 0.99865], axis=0).T, dtype=np.float32)
