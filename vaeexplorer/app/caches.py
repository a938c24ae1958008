"""Runs, images and what is measured on them: read once, shared by all visitors, never changed."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import numpy as np
import streamlit as st

from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.analysis.pca import PCA, moments, pca
from vaeexplorer.analysis.projection import umap_plane
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import CLASS_NAMES, ImageDataset
from vaeexplorer.data.moments import load_moments
from vaeexplorer.results.sweep import BETAS, Point, load_sweep
from vaeexplorer.runs.attachments import load_projection, save_projection
from vaeexplorer.runs.folder import Run, RunCard, RunError, list_runs, load_run
from vaeexplorer.spaces.own import OwnModel
from vaeexplorer.spaces.principal import open_principal
from vaeexplorer.spaces.space import Space

_umap_lock = Lock()
_own: dict[str, Space] = {}  # of this process, by name: see `open_own`
_own_umap: dict[str, np.ndarray] = {}  # by key
_principal: dict[str, Space] = {}  # of this process, by name: their bytes are asked for by it


def open_own(model: OwnModel) -> Space:
    """Show a model of one's own in this process's app, in place of one of the same name."""
    space = Space(f"own/{model.name}@{time.time_ns()}", model, model.data)
    _own[model.name] = space
    return space


def own_spaces() -> dict[str, Space]:
    """The models of one's own that this process shows, by name, the newest last."""
    return dict(_own)


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
    if len(run.codes.mean) != len(data):
        raise RunError(
            f"The run {run.name} has codes of {len(run.codes.mean):,} images, not of the {len(data):,} test images."
        )
    return Space(f"{path}@{written}", run, data)


@st.cache_resource(max_entries=4, show_spinner=False)
def test_images(dataset: str) -> ImageDataset:
    """The 10,000 test images, from this machine: a page never downloads."""
    return load_dataset("fashion-mnist" if dataset == "fashion-mnist" else "mnist", "test", download=False)


@st.cache_resource(max_entries=4, show_spinner=False)
def full_pca(dataset: str) -> PCA:
    """Of all 60,000 training images, from the shipped covariance.

    Raises:
        DataError: the covariance cannot be read.
    """
    return pca(load_moments("fashion-mnist" if dataset == "fashion-mnist" else "mnist"))


@st.cache_resource(max_entries=12, show_spinner=False)
def _umap(key: str, _run: Run) -> np.ndarray | None:
    return load_projection(_run, "umap")


def stored_umap(space: Space) -> np.ndarray | None:
    """The UMAP layout of the codes, [N, 2], or None while there is none.

    Raises:
        RunError: there is one, but it cannot be read.
    """
    if space.is_own:
        return _own_umap.get(space.key)
    return _umap(space.key, space.run)


def compute_umap(space: Space, on_progress: Callable[[float], None]) -> None:
    """Lay the codes out by UMAP and keep the result, with the run where there is one; one visitor at a time.

    Raises:
        RunError: the run folder cannot be written.
    """
    with _umap_lock:
        if space.is_own:
            if space.key not in _own_umap:
                _own_umap[space.key] = umap_plane(space.codes, on_progress=on_progress)
        elif load_projection(space.run, "umap") is None:
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


def principal_spaces() -> dict[str, Space]:
    """Those that were opened, by name."""
    return dict(_principal)


def principal_space(space: Space, dataset: str) -> Space:
    """PCA of the training images, with as many components as the space has dimensions, and with its images in it.

    Args:
        space: it stands beside this.
        dataset: whose training images; where it is none of ours, the space's own.

    Raises:
        ValueError: the images are all the same, or the shipped covariance cannot be read.
    """
    opened = _open_principal(space.data.name, dataset, space.dimensions, space.data)
    _principal[opened.name] = opened
    return opened


@st.cache_resource(max_entries=6, show_spinner=False)
def _open_principal(name: str, dataset: str, k: int, _data: ImageDataset) -> Space:
    found = full_pca(dataset) if dataset in CLASS_NAMES else pca(moments(_data.images, _data.source))
    return Space(f"pca/{name}/{k}", open_principal(found, k, _data), _data)
