"""Runs, images and what is measured on them: read once, shared by all visitors, never changed.

Every cache is bounded, and its keys are hashes of content.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.analysis.pca import PCA, moments, pca
from vaeexplorer.analysis.projection import umap_plane
from vaeexplorer.arrays import pixel_shape
from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset, check_dataset
from vaeexplorer.data.moments import load_moments
from vaeexplorer.data.published import is_published
from vaeexplorer.errors import UserError
from vaeexplorer.results.stored import store, stored
from vaeexplorer.results.sweep import BETAS, Point, load_sweep
from vaeexplorer.runs.attachments import load_projection, save_projection
from vaeexplorer.runs.folder import RunCard, RunError, list_runs, load_run
from vaeexplorer.spaces.principal import open_principal
from vaeexplorer.spaces.space import Space, open_run

if TYPE_CHECKING:
    from vaeexplorer.results.instruments import InstrumentsDocument

_umap_lock = Lock()
_instruments_lock = Lock()
_own: dict[str, Space] = {}  # models that this process's script opened, by name: as many as it names
_principal: dict[str, Space] = {}  # by key: their bytes are asked for by it
_MOST_PRINCIPAL = 12


def show_own(space: Space) -> None:
    """Show a model of one's own in this process's app, in place of one of the same name."""
    _own.pop(space.name, None)
    _own[space.name] = space


def own_spaces() -> dict[str, Space]:
    """The models of one's own that this process shows, by name, the newest last."""
    return dict(_own)


def forget_own() -> None:
    """Show no model of one's own any more."""
    _own.clear()


@st.cache_resource(ttl=5, show_spinner=False)
def run_cards() -> tuple[list[RunCard], list[RunError]]:
    """Every run that can be chosen, and what is wrong with those that cannot."""
    return list_runs()


def space(card: RunCard) -> Space:
    """The latent space of a run.

    Raises:
        RunError: the run folder is broken, or gone.
        DataError: the test images cannot be had.
    """
    return _space(str(card.path), card.key, card)


@st.cache_resource(max_entries=12, show_spinner=False)
def _space(path: str, key: str, _card: RunCard) -> Space:
    return open_run(load_run(_card.path), test_images(_card.config.data.dataset))


@st.cache_resource(max_entries=4, show_spinner=False)
def test_images(dataset: str) -> ImageDataset:
    """The test images, from this machine: a page never downloads.

    Raises:
        DataError: there is no such set.
    """
    return load_dataset(dataset, "test", download=False)


@st.cache_resource(max_entries=2, show_spinner=False)
def training_images(dataset: str) -> ImageDataset:
    """The training images that are on this machine.

    Raises:
        DataError: there is no such set.
    """
    return load_dataset(dataset, "train", download=False)


@st.cache_resource(max_entries=4, show_spinner=False)
def full_pca(dataset: str) -> PCA:
    """Of all 60,000 training images, from the shipped covariance.

    Raises:
        DataError: there is no such set, or the covariance cannot be read.
    """
    return pca(load_moments(check_dataset(dataset)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _umap(key: str, _space: Space) -> list[np.ndarray]:
    """The UMAP layout of a space, or an empty list while there is none; `compute_umap` fills it."""
    stored = load_projection(_space.run, "umap") if _space.run else None
    return [] if stored is None else [stored]


def stored_umap(space: Space) -> np.ndarray | None:
    """The UMAP layout of the codes, [N, 2], or None while there is none.

    Raises:
        RunError: there is one, but it cannot be read.
    """
    stored = _umap(space.key, space)
    return stored[0] if stored else None


def compute_umap(space: Space, on_progress: Callable[[float], None]) -> None:
    """Lay the codes out by UMAP and keep the result, with the run where there is one; one visitor at a time.

    Raises:
        RunError: the run folder cannot be written.
        UserError: UMAP can make nothing of these codes; nothing is kept.
    """
    with _umap_lock:
        made = _umap(space.key, space)
        if not made:
            points = umap_plane(space.codes, on_progress=on_progress)
            made.append(points)
            if space.run:
                save_projection(space.run, "umap", points)


@st.cache_resource(max_entries=64, show_spinner=False)
def _instruments(key: str, _space: Space) -> "list[InstrumentsDocument]":
    """The instruments of a space, or an empty list while there are none; `measure_instruments` fills it."""
    from vaeexplorer.results.instruments import InstrumentsDocument  # which the first page does without

    found = stored(_space.run, InstrumentsDocument) if _space.run else None
    return [] if found is None else [found]


def instruments(space: Space) -> "InstrumentsDocument | None":
    """What the instruments of `results.instruments` say of a space; None while it was not measured."""
    found = _instruments(space.key, space)
    return found[0] if found else None


def measure_instruments(space: Space, on_progress: Callable[[float, str], None]) -> None:
    """Put the instruments to a space, and store the result with its run; one visitor at a time.

    Raises:
        RunError: it is measured, but cannot be stored with the run.
    """
    from vaeexplorer.results import instruments as measured

    with _instruments_lock:
        found = _instruments(space.key, space)
        if found:
            return
        done = 0

        def show(count: int, doing: str) -> None:
            nonlocal done
            done += count
            on_progress(done / measured.STEPS, doing)

        found.append(measured.measure(space, show))
        if space.run:
            store(space.run, found[0])


@st.cache_resource(max_entries=4, show_spinner=False)
def sweep(dataset: str, dimensions: int) -> tuple[list[Point], list[np.ndarray]]:
    """The shipped models over beta, and how each is turned to lie like its neighbours.

    Raises:
        DataError: there is no such set.
        SweepError: a model of it cannot be read.
    """
    points = load_sweep(check_dataset(dataset), dimensions)
    return points, aligned([point.mean for point in points], BETAS.index(1))


def principal_spaces() -> dict[str, Space]:
    """Those that were opened last, by key."""
    return dict(_principal)


def principal_space(space: Space) -> Space:
    """PCA of the training images, with as many components as the space has dimensions, and with its images in it.

    Raises:
        UserError: the images are all the same, or of another size; the shipped covariance cannot be read.
    """
    if space.data.shape != (IMAGE_SIZE, IMAGE_SIZE):
        raise UserError(f"PCA is a plane for images of 28 x 28 grey pixels, not of {pixel_shape(space.data.images)}.")
    opened = _open_principal(space.data.content_hash, space.dimensions, space)
    _principal.pop(opened.key, None)
    _principal[opened.key] = opened
    while len(_principal) > _MOST_PRINCIPAL:
        del _principal[next(iter(_principal))]
    return opened


@st.cache_resource(max_entries=6, show_spinner=False)
def _open_principal(images: str, k: int, _space: Space) -> Space:
    data = _space.data
    is_ours = _space.run is None or is_published(data)  # a folder of a set's name may hold other images
    found = full_pca(_space.dataset) if _space.dataset and is_ours else pca(moments(data.images, data.source))
    return open_principal(found, k, data)
