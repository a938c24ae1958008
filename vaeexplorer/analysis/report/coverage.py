"""How well generated images match real ones, in some space of features."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

BLOCK_ROWS = 512


class Coverage(NamedTuple):
    """Precision and recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020)."""

    precision: float
    """share of the generated that lie within the reach of some real one"""
    recall: float
    """share of the real that lie within the reach of some generated one"""
    density: float
    """in how many real neighbourhoods a generated one lies, over k: about 1 for real images, and it may pass 1"""
    coverage: float
    """share of the real with a generated one within reach"""


def coverage(real: np.ndarray, generated: np.ndarray, *, k: int = 5) -> Coverage:
    """Precision, recall, density and coverage; the reach of a point is the distance to its k-th neighbour of its kind.

    Args:
        real: features of real images, [N, F].
        generated: features of generated images, [M, F].
        k: neighbours; a point is none of its own.

    Raises:
        ValueError: features of different widths.
    """
    if real.shape[1:] != generated.shape[1:]:
        raise ValueError(f"Real and decoded images do not match: {real.shape[1:]} and {generated.shape[1:]} features.")
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.as_tensor(points, dtype=torch.float32).to(device) for points in (real, generated))
    reach_a, reach_b = (_reach(points, k) for points in (a, b))  # [N], [M]
    inside = torch.zeros(len(b), device=device)  # how many real neighbourhoods each generated one lies in
    recalled, covered = 0, 0
    for rows in torch.arange(len(a), device=device).split(BLOCK_ROWS):
        distance = torch.cdist(a[rows], b)  # [B, M]
        inside += (distance < reach_a[rows, None]).sum(dim=0)
        recalled += int((distance < reach_b).any(dim=1).sum())
        covered += int((distance.amin(dim=1) < reach_a[rows]).sum())
    precision, density = float((inside > 0).float().mean()), float(inside.mean()) / k
    return Coverage(precision, recalled / len(a), density, covered / len(a))


def _reach(points: "Tensor", k: int) -> "Tensor":
    import torch

    # The nearest of all is the point itself.
    return torch.cat(
        [torch.cdist(rows, points).topk(k + 1, largest=False).values[:, -1] for rows in points.split(BLOCK_ROWS)]
    )
