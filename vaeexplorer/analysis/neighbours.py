"""The codes nearest to a point of latent space."""

import numpy as np


def nearest(codes: np.ndarray, z: np.ndarray, count: int) -> np.ndarray:
    """Indices of the `count` codes, [N, D], closest to z, [D], by Euclidean distance, the closest first."""
    difference = codes - z
    distance = np.einsum("nd,nd->n", difference, difference)  # [N], squared
    count = min(count, len(codes))
    candidates = np.argpartition(distance, count - 1)[:count]
    return candidates[np.argsort(distance[candidates], kind="stable")].astype(np.int64)
