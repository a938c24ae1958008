"""Does a distance on the plane mean anything? Distances between images under models of several seeds.

A latent space is identifiable at best up to a change of coordinates, so that Euclidean distances between codes may
differ from seed to seed where the models are the same. Lengths of decoded curves, and so geodesics of the pull-back
metric J^T J, do not depend on coordinates (arXiv 2408.07507, 2502.13757).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

CELLS = 192  # of the graph, along the longer side
MARGIN = 0.05  # of a side, beyond the outermost codes
NEIGHBOURS = [(a, b) for a, b in product(range(-3, 4), repeat=2) if (a, b) > (0, 0) and np.gcd(a, b) == 1]
RESAMPLES = 1000
AT_ONCE = 2000  # points decoded together
NUDGE = 0.05  # of a cell, of differences of decoded images
PARTS = 3  # of an edge, in whose middles the metric is taken


@dataclass(frozen=True)
class Stability:
    """How distances of the same pairs vary over seeds.

    Attributes:
        euclidean, geodesic: coefficient of variation of each pair over seeds, [P], once every seed's distances were
            divided by their mean: a scale of z alone is no instability.
        ratio: median of `euclidean` over that of `geodesic`; above 1 where geodesics are the more stable.
        low, high: 90 % interval of the ratio, by bootstrap over pairs.
    """

    euclidean: np.ndarray
    geodesic: np.ndarray
    ratio: float
    low: float
    high: float


def geodesics(
    decode: Callable[[np.ndarray], np.ndarray],
    codes: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    cells: int = CELLS,
) -> np.ndarray:
    """Lengths of shortest decoded curves between pairs of codes: shortest paths over a graph in the plane (Dijkstra).

    Nodes are a grid over all codes, and the pairs; edges go to 32 neighbours. An edge is as long as the pull-back
    metric says along it, which is taken at the nodes and interpolated: the distance of the images at both ends would be
    too short, the more so the coarser the grid, as a decoder passes from one image to another within a cell. Along
    directions between those of the edges paths are too long, by 1.3 % at most where the decoder stretches all
    directions alike, by 4 % where one twice as much as another.

    Args:
        decode: latent points [N, 2] to images [N, ...].
        codes: of all images, [N, 2]: curves stay where they are.
        first, second: indices of codes, [P] each.
        cells: of the grid, along the longer side.

    Returns:
        float64 [P], in the units of the images.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    low, high = codes.min(axis=0), codes.max(axis=0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    step = float((high - low).max()) / cells
    columns, rows = (int(np.ceil(side / step)) + 1 for side in high - low)
    y, x = np.mgrid[0:rows, 0:columns]
    nodes = np.column_stack([x.ravel(), y.ravel()]).astype(np.float64)  # in cells, as all points from here on
    ends, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    points = np.concatenate([nodes, (codes[ends] - low) / step])
    edges = [_grid_edges(x, y, shift) for shift in NEIGHBOURS]
    edges.append(_end_edges(points[len(nodes) :], columns, rows))
    start, stop = np.concatenate(edges, axis=1)
    metric = _metric(lambda at: decode((low + step * at).astype(np.float32)), nodes).reshape(rows, columns, 3)
    lengths = _lengths(metric, points[start], points[stop])
    # an edge of length 0 would be no edge in a sparse matrix
    graph = coo_array((np.maximum(lengths, 1e-12), (start, stop)), shape=(len(points), len(points))).tocsr()
    from_end = dijkstra(graph, directed=False, indices=len(nodes) + place[: len(first)])
    reached: np.ndarray = from_end[np.arange(len(first)), len(nodes) + place[len(first) :]]
    return reached


def _metric(decode: Callable[[np.ndarray], np.ndarray], points: np.ndarray) -> np.ndarray:
    """J^T J by central differences: its entries 11, 12 and 22, [N, 3]."""
    found = []
    for start in range(0, len(points), AT_ONCE):
        part = points[start : start + AT_ONCE]
        slopes = []
        for shift in ([NUDGE / 2, 0], [0, NUDGE / 2]):
            ahead, behind = (np.asarray(decode(part + sign * np.array(shift)), np.float64) for sign in (1, -1))
            slopes.append((ahead - behind).reshape(len(part), -1) / NUDGE)
        across, up = slopes
        found.append(np.column_stack([(across**2).sum(axis=1), (across * up).sum(axis=1), (up**2).sum(axis=1)]))
    return np.concatenate(found)


def _lengths(metric: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Of straight edges [E, 2], in cells: the integral of sqrt(d^T G d), G interpolated on the grid [R, C, 3]."""
    from scipy.ndimage import map_coordinates

    dx, dy = (stop - start).T
    total = np.zeros(len(start))
    for part in range(PARTS):
        at = start + (stop - start) * (part + 0.5) / PARTS
        along, mixed, up = (map_coordinates(metric[..., k], at.T[::-1], order=1, mode="nearest") for k in range(3))
        total += np.sqrt(np.maximum(along * dx**2 + 2 * mixed * dx * dy + up * dy**2, 0)) / PARTS
    return total


def _grid_edges(x: np.ndarray, y: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    """Pairs of nodes that are so far apart, [2, E]."""
    rows, columns = x.shape
    inside = (x + shift[0] >= 0) & (x + shift[0] < columns) & (y + shift[1] >= 0) & (y + shift[1] < rows)
    start = (y * columns + x)[inside]
    return np.stack([start, start + shift[1] * columns + shift[0]])


def _end_edges(ends: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """From each code [E, 2], in cells, to the 36 nodes around it, [2, 36 E] at most."""
    corner = np.floor(ends).astype(int)  # [E, 2]
    around = np.array(list(product(range(-2, 4), repeat=2)))
    near = corner[:, None] + around  # [E, 36, 2]
    inside = ((near >= 0) & (near < [columns, rows])).all(axis=-1)
    start = np.broadcast_to(columns * rows + np.arange(len(ends))[:, None], inside.shape)
    return np.stack([start[inside], (near[..., 1] * columns + near[..., 0])[inside]])


def stability(euclidean: np.ndarray, geodesic: np.ndarray, *, seed: int = 0) -> Stability:
    """How both distances vary over seeds.

    Args:
        euclidean, geodesic: of the same pairs under each seed, [S, P] each, S at least 2.
        seed: of the bootstrap.
    """
    both = [_variation(distances) for distances in (euclidean, geodesic)]
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, len(both[0]), (RESAMPLES, len(both[0])))
    floor = 1e-12
    ratios = np.median(both[0][picked], axis=1) / np.maximum(np.median(both[1][picked], axis=1), floor)
    ratio = float(np.median(both[0]) / max(float(np.median(both[1])), floor))
    low, high = np.quantile(ratios, (0.05, 0.95))
    return Stability(both[0], both[1], ratio, float(low), float(high))


def _variation(distances: np.ndarray) -> np.ndarray:
    scaled = distances / distances.mean(axis=1, keepdims=True)
    return np.asarray(scaled.std(axis=0, ddof=1) / scaled.mean(axis=0))
