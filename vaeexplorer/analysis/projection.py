"""Latent codes of more than two dimensions, shown in a plane."""

import atexit
import importlib
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from vaeexplorer.errors import UserError, installed

LARGEST = 1e18  # of a code: distances between larger ones have squares beyond float32


def umap_plane(codes: np.ndarray, *, seed: int = 0, on_progress: Callable[[float], None] | None = None) -> np.ndarray:
    """UMAP (McInnes et al. 2018) of [N, D] codes with its usual 15 neighbours, [N, 2].

    Distances inside and between clusters are not to scale, and there is no prior in this plane. Importing umap takes
    seconds and the layout tens of seconds for 10,000 codes.

    Args:
        codes: [N, D].
        seed: a fixed seed makes the layout reproducible, on one thread.
        on_progress: called with the share done of the layout's epochs, from 0 to 1.

    Raises:
        UserError: codes so large that their squared distances are no float32, or a layout that is not finite.
    """
    if not np.abs(codes).max() < LARGEST:
        raise UserError(f"Codes as large as {np.abs(codes).max():.0e} are too large for UMAP, which squares distances.")
    with installed():
        umap = _umap()
    progress = {"file": _Progress(on_progress), "bar_format": "{n}/{total}", "mininterval": 0.2, "disable": False}
    reducer = umap.UMAP(n_components=2, random_state=seed, n_jobs=1, tqdm_kwds=progress)
    points = np.asarray(reducer.fit_transform(codes), dtype=np.float32)
    if not np.isfinite(points).all():
        raise UserError("UMAP found no layout of these codes: its points are not all finite numbers.")
    return points


def _umap() -> Any:
    """The module. numba keeps what it compiles of it beside it or in the home folder.

    Where it may write to neither, as in a container that runs as another user, importing umap fails; then a temporary
    folder will do.
    """
    try:
        return importlib.import_module("umap")
    except RuntimeError as error:
        if "cannot cache function" not in str(error):
            raise
    numba: Any = importlib.import_module("numba")
    folder = tempfile.mkdtemp(prefix="vaeexplorer-numba-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    numba.config.CACHE_DIR = folder
    return importlib.import_module("umap")


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
