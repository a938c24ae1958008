"""UMAP where it cannot work: what public reports about UMAP and numba complain of, tried here."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vaeexplorer.analysis.projection import umap_plane
from vaeexplorer.app import caches
from vaeexplorer.errors import UserError
from vaeexplorer.runs.attachments import load_projection
from vaeexplorer.runs.folder import load_run
from vaeexplorer.spaces.space import Space


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Any:
    """umap and numba, which take seconds to import, replaced; the layout is what `points` says."""
    fake = SimpleNamespace(points=np.zeros((9, 2)), failures=[], config=SimpleNamespace(CACHE_DIR=""))
    original = importlib.import_module

    def load(name: str, package: str | None = None) -> Any:
        if name == "umap" and fake.failures:
            raise fake.failures.pop()
        if name in ("umap", "numba"):
            return fake
        return original(name, package)

    fake.UMAP = lambda **_: SimpleNamespace(fit_transform=lambda _: fake.points)
    monkeypatch.setattr(importlib, "import_module", load)
    return fake


# lmcinnes/umap#715, numba/numba#4032: "cannot cache function ...: no locator available" in a container
def test_where_numba_finds_no_cache_a_temporary_folder_will_do(fake: Any) -> None:
    fake.failures = [RuntimeError("cannot cache function 'rdist': no locator available for file 'layouts.py'")]
    assert umap_plane(np.zeros((9, 3))).shape == (9, 2)
    assert Path(fake.config.CACHE_DIR).is_dir()
    fake.failures = [RuntimeError("something else")]
    with pytest.raises(RuntimeError, match="something else"):
        umap_plane(np.zeros((9, 3)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such folders")
def test_the_real_umap_where_numba_finds_no_cache(tmp_path: Path) -> None:
    import os
    import subprocess

    script = (
        "from numba.core import caching\n"
        "def refuse(self): raise OSError('read-only')\n"
        "for locator in caching.CacheImpl._locator_classes:\n"
        "    if 'UserProvided' not in locator.__name__:\n"
        "        locator.ensure_cache_path = refuse\n"
        "import numpy as np\n"
        "from vaeexplorer.analysis.projection import umap_plane\n"
        "print(umap_plane(np.random.default_rng(0).normal(size=(100, 4))).shape)\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.strip() == "(100, 2)", done.stderr


# lmcinnes/umap#136, lmcinnes/umap#698: a layout of NaN
@pytest.mark.parametrize("size", [1e20, 1e30, np.inf, np.nan])
def test_codes_too_large_are_one_sentence(size: float, fake: Any) -> None:
    with pytest.raises(UserError, match="too large for UMAP"):
        umap_plane(np.full((9, 3), size))


def test_a_layout_that_is_not_finite_is_kept_nowhere(fake: Any, small_test: Any) -> None:
    run = load_run("mnist-ae-16d")
    space = Space("odd", "odd-key", "AE", small_test, run.codes, run.error, lambda: run.model)
    fake.points = np.full((10_000, 2), np.nan)
    with pytest.raises(UserError, match="not all finite"):
        caches.compute_umap(space, lambda _: None)
    assert caches.stored_umap(space) is None
    assert load_projection(run, "umap") is not None  # that which is shipped
