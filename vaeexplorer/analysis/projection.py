"""Latent codes of more than two dimensions, shown in a plane."""

from collections.abc import Callable

import numpy as np


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
