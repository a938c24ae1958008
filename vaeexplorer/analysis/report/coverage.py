"""How well generated images match real ones, in some space of features."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaeexplorer.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

BLOCK_ROWS = 512
ROUNDING = 1e-12  # of squared distances in float64, relative to the largest squared length

BYTES, FRACTIONS = 100, 10
"""what pixels up to 255 exceed, and what pixels up to 1, or standardized ones, do not"""


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


def on_one_scale(images: np.ndarray, pictures: np.ndarray) -> np.ndarray:
    """The decoded pictures; UserError where of them and of the images one runs to 255, the other to 1."""
    ends = [float(np.abs(each).max(initial=0)) for each in (images, pictures)]
    if max(ends) > BYTES and min(ends) < FRACTIONS:
        raise UserError(
            f"Images run to {ends[0]:.3g} and decoded ones to {ends[1]:.3g}: bring both to [0, 1], or give images as "
            "bytes."
        )
    return pictures


def coverage(real: np.ndarray, generated: np.ndarray, *, k: int = 5) -> tuple[Coverage, np.ndarray]:
    """Precision, recall, density and coverage; the reach of a point is the distance to its k-th neighbour of its kind.

    A point at its reach is within it, so that copies, whose reach is 0, find each other. Features are centred on the
    real ones, and their distances computed in float64: an offset that all share costs no digits.

    Args:
        real: features of real images, [N, F].
        generated: features of generated images, [M, F].
        k: neighbours; a point is none of its own.

    Returns:
        The four, and which of the real have a generated one within reach, bool [N].

    Raises:
        ValueError: features of different widths.
    """
    if real.shape[1:] != generated.shape[1:]:
        raise UserError(f"Real and decoded images do not match: {real.shape[1:]} and {generated.shape[1:]} features.")
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    centre = real.mean(axis=0, dtype=np.float64)
    a, b = (torch.as_tensor(points.astype(np.float64) - centre).to(device) for points in (real, generated))
    slack = ROUNDING * float(max(a.square().sum(dim=1).max(), b.square().sum(dim=1).max()))
    reach_a, reach_b = (_reach(points, k) + slack for points in (a, b))  # [N], [M], squared
    inside = torch.zeros(len(b), device=device)  # how many real neighbourhoods each generated one lies in
    recalled, covered = 0, []
    for rows in torch.arange(len(a), device=device).split(BLOCK_ROWS):
        distance = _squared(a[rows], b)  # [B, M]
        inside += (distance <= reach_a[rows, None]).sum(dim=0)
        recalled += int((distance <= reach_b).any(dim=1).sum())
        covered.append(distance.amin(dim=1) <= reach_a[rows])
    precision, density = float((inside > 0).float().mean()), float(inside.mean()) / k
    each: np.ndarray = torch.cat(covered).cpu().numpy()
    return Coverage(precision, recalled / len(a), density, float(each.mean())), each


def _squared(a: "Tensor", b: "Tensor") -> "Tensor":
    """Squared distances, [A, B]."""
    return a.square().sum(dim=1)[:, None] + b.square().sum(dim=1) - 2 * a @ b.T


def _reach(points: "Tensor", k: int) -> "Tensor":
    import torch

    # The nearest of all is the point itself.
    parts = [_squared(rows, points).topk(k + 1, largest=False).values[:, -1] for rows in points.split(BLOCK_ROWS)]
    return torch.cat(parts).clamp_(min=0)


def laplacian_energy(images: np.ndarray) -> float:
    """Mean over images [N, H, W] or [N, H, W, 3] of the sum of squares of their Laplacian: what blur takes away."""
    centre = images[:, 1:-1, 1:-1].astype(np.float64)
    around = images[:, :-2, 1:-1] + images[:, 2:, 1:-1] + images[:, 1:-1, :-2] + images[:, 1:-1, 2:]
    return float(((around - 4 * centre) ** 2).reshape(len(images), -1).sum(axis=1).mean())
