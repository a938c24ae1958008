"""Where a test has images looked for, what it downloads, and images to make sets of."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vaeexplorer.data import datasets
from vaeexplorer.data.datasets import load_dataset

Digits = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty user cache, and no VAEEXPLORER_DATA."""
    root = tmp_path / "cache"
    monkeypatch.setattr(datasets, "user_cache_dir", lambda *_, **__: str(root))
    monkeypatch.delenv("VAEEXPLORER_DATA", raising=False)
    return root


@pytest.fixture
def chosen(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that VAEEXPLORER_DATA names."""
    root = tmp_path / "chosen"
    root.mkdir()
    monkeypatch.setenv("VAEEXPLORER_DATA", str(root))
    return root


@pytest.fixture
def torchvision(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], object]], list[str]]:
    """Put a torchvision in place whose sets do what is given; returns the list of sets asked for, as it grows."""

    def install(fetch: Callable[[Path], object]) -> list[str]:
        asked: list[str] = []

        def dataset(folder: str) -> Callable[..., None]:
            def construct(root: str, download: bool) -> None:
                assert download
                asked.append(folder)
                fetch(Path(root))

            return construct

        fake: Any = ModuleType("torchvision")
        fake.datasets = ModuleType("torchvision.datasets")
        for folder in ("MNIST", "FashionMNIST"):
            setattr(fake.datasets, folder, dataset(folder))
        monkeypatch.setitem(sys.modules, "torchvision", fake)
        return asked

    return install


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sets of our own."""
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    return tmp_path / "sets"


@pytest.fixture(scope="module")
def digits() -> Digits:
    """The first images of the shipped sample, all different."""
    data = load_dataset("mnist", "test", download=False)
    return data.images[:120].copy(), data.labels[:120].copy()
