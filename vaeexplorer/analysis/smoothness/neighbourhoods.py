"""Whether images that are near each other in pixels are near each other as codes, and the other way round."""

import numpy as np

NEIGHBOURS = 10


def distances(points: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances between rows, [N, F] -> [N, N]; infinite to oneself."""
    points = points.astype(np.float64)
    squares = (points**2).sum(axis=1)
    between: np.ndarray = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(between, np.inf)
    return between


def ranks(between: np.ndarray) -> np.ndarray:
    """Of every point's neighbours from 1, the nearest, to N - 1: [N, N] distances -> [N, N]."""
    order = np.argsort(between, axis=1)
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(1, len(between) + 1)[None], axis=1)
    return found


def trustworthiness(original: np.ndarray, embedded: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """Each point's share in the trustworthiness (Venna & Kaski 2001), whose mean it is: 1 without false neighbours.

    1 - 2 / (n k (2n - 3k - 1)) sum_i sum_{j in U_k(i)} (r(i, j) - k), with U_k(i) the k nearest in the embedding and
    r(i, j) the rank of j among the neighbours of i in the original. With the two exchanged it is the continuity.

    Args:
        original: ranks, [N, N].
        embedded: ranks, [N, N].
        k: below N / 2.

    Returns:
        [N].
    """
    count = len(original)
    excess = np.where(embedded <= k, np.maximum(original - k, 0), 0).sum(axis=1)  # [N]
    return np.asarray(1 - 2 / (k * (2 * count - 3 * k - 1)) * excess)


def label_agreement(embedded: np.ndarray, labels: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """The share of each point's k nearest neighbours that are of its class: ranks [N, N], labels [N] -> [N]."""
    same = labels[:, None] == labels
    return np.asarray(((embedded <= k) & same).sum(axis=1) / k)
