"""Runs, images and what is measured on them: read once, shared by all visitors, never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
import streamlit as st

from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.projection import umap_plane
from vaeexplorer.data import ImageDataset, load_dataset
from vaeexplorer.runs import Run, RunCard, RunError, list_runs, load_projection, load_run, save_projection
from vaeexplorer.sweep import BETAS, Point, load_sweep

_umap_lock = Lock()


@dataclass(frozen=True)
class Space:
    """A run's latent space with the 10,000 test images in it."""

    key: str
    """changes with every training, for caches"""
    run: Run
    data: ImageDataset
    codes: np.ndarray
    """mean of q(z|x), or z of an autoencoder, [N, D]"""
    kl_by_dimension: np.ndarray | None
    """nats, [N, D]; None for an autoencoder"""

    @property
    def name(self) -> str:
        """The run's."""
        return self.run.name

    @property
    def has_prior(self) -> bool:
        """Whether the codes were trained towards N(0, I)."""
        return self.kl_by_dimension is not None

    @property
    def dimensions(self) -> int:
        """D."""
        return int(self.codes.shape[1])

    @property
    def error(self) -> np.ndarray:
        """|x - d(mu)|^2, [N]."""
        return self.run.error

    @cached_property
    def kl(self) -> np.ndarray | None:
        """KL of each image, nats, [N]."""
        return None if self.kl_by_dimension is None else self.kl_by_dimension.sum(axis=1)


@st.cache_resource(ttl=5, show_spinner=False)
def run_cards() -> tuple[list[RunCard], list[RunError]]:
    """Every run that can be chosen, and what is wrong with those that cannot."""
    return list_runs()


def space(card: RunCard) -> Space:
    """The latent space of a run.

    Raises:
        RunError: the run folder is broken.
        DataError: the test images cannot be had.
    """
    return _space(card.path, (card.path / "run.json").stat().st_mtime_ns)


@st.cache_resource(max_entries=12, show_spinner=False)
def _space(path: Path, written: int) -> Space:
    run = load_run(path)
    data = test_images(run.config.data.dataset)
    codes = run.codes
    if len(codes.mean) != len(data):
        raise RunError(
            f"The run {run.name} has codes of {len(codes.mean):,} images, not of the {len(data):,} test images."
        )
    kl = None if codes.logvar is None else kl_per_dimension(codes.mean, codes.logvar)
    return Space(f"{path}@{written}", run, data, codes.mean, kl)


@st.cache_resource(max_entries=4, show_spinner=False)
def test_images(dataset: str) -> ImageDataset:
    """The 10,000 test images, from this machine: a page never downloads."""
    return load_dataset("fashion-mnist" if dataset == "fashion-mnist" else "mnist", "test", download=False)


@st.cache_resource(max_entries=12, show_spinner=False)
def _umap(key: str, _run: Run) -> np.ndarray | None:
    return load_projection(_run, "umap")


def stored_umap(space: Space) -> np.ndarray | None:
    """The run's UMAP layout, [N, 2], or None while there is none.

    Raises:
        RunError: there is one, but it cannot be read.
    """
    return _umap(space.key, space.run)


def compute_umap(space: Space, on_progress: Callable[[float], None]) -> None:
    """Lay the codes out by UMAP and keep the result with the run; one visitor at a time.

    Raises:
        RunError: the run folder cannot be written.
    """
    with _umap_lock:
        if load_projection(space.run, "umap") is None:
            save_projection(space.run, "umap", umap_plane(space.codes, on_progress=on_progress))
    _umap.clear()


@st.cache_resource(max_entries=4, show_spinner=False)
def sweep(dataset: str, dimensions: int) -> tuple[list[Point], list[np.ndarray]]:
    """The shipped models over beta, and how each is turned to lie like its neighbours.

    Raises:
        SweepError: a model of it cannot be read.
    """
    points = load_sweep("fashion-mnist" if dataset == "fashion-mnist" else "mnist", dimensions)
    return points, aligned([point.mean for point in points], BETAS.index(1))
