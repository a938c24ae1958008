"""Latent codes of more than two dimensions, shown in a plane."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PrincipalPlane:
    """The plane in which the codes vary most."""

    points: np.ndarray
    """the codes in that plane, [N, 2]"""
    axes: np.ndarray
    """orthonormal directions, [2, D]"""
    center: np.ndarray
    """mean of the codes, [D]"""
    explained: tuple[float, float]
    """share of the total variance along each axis"""

    def project(self, codes: np.ndarray) -> np.ndarray:
        """Coordinates of other codes, [M, D] -> [M, 2]."""
        points: np.ndarray = (codes - self.center) @ self.axes.T
        return points


def principal_plane(codes: np.ndarray) -> PrincipalPlane:
    """PCA of [N, D] codes, D at least 2, onto the two directions of largest variance.

    The sign of each axis is fixed (its largest weight is positive), so that a picture comes out the same everywhere.
    """
    center = codes.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov(codes, rowvar=False))  # ascending
    axes = vectors[:, [-1, -2]].T  # [2, D]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = (axes * np.sign(largest)).astype(np.float32)
    share = variances[[-1, -2]] / max(float(variances.sum()), np.finfo(np.float32).tiny)
    return PrincipalPlane(
        points=((codes - center) @ axes.T).astype(np.float32),
        axes=axes,
        center=center,
        explained=(float(share[0]), float(share[1])),
    )


def umap_plane(codes: np.ndarray, *, seed: int = 0, on_progress: Callable[[float], None] | None = None) -> np.ndarray:
    """UMAP (McInnes et al. 2018) of [N, D] codes with its usual 15 neighbours, [N, 2].

    Distances inside and between clusters are not to scale, and there is no prior in this plane. Importing umap takes
    seconds and the layout tens of seconds for 10,000 codes.

    Args:
        codes: [N, D].
        seed: a fixed seed makes the layout reproducible, on one thread.
        on_progress: called with the share done of the layout's epochs, from 0 to 1.
    """
    import umap

    progress = {"file": _Progress(on_progress), "bar_format": "{n}/{total}", "mininterval": 0.2, "disable": False}
    reducer = umap.UMAP(n_components=2, random_state=seed, n_jobs=1, tqdm_kwds=progress)
    return np.asarray(reducer.fit_transform(codes), dtype=np.float32)


class _Progress:
    """A text file for tqdm that turns each `done/total` line into a share."""

    def __init__(self, listener: Callable[[float], None] | None) -> None:
        self.listener = listener

    def write(self, text: str) -> int:
        done, slash, total = text.strip().partition("/")
        if self.listener and slash and done.isdigit() and total.isdigit():
            self.listener(min(1.0, int(done) / max(1, int(total))))
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""
