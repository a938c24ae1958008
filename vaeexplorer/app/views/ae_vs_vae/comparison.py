"""What the comparison of two latent spaces needs: measured once, shared by all visitors, never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np
import streamlit as st

from vaeexplorer.analysis.sampling import Source, sample
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Subject
from vaeexplorer.app import caches, sidebar
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import CLASS_NAMES, ImageDataset
from vaeexplorer.results.comparison import (
    Comparison,
    ComparisonError,
    compare_subjects,
    load_comparison,
    material,
    save_comparison,
    subject,
    weights_hash,
)
from vaeexplorer.runs.folder import RunCard, RunError
from vaeexplorer.spaces.space import Space

SAMPLES = 64
_measuring = Lock()


@dataclass(frozen=True)
class Samples:
    """Decoded latent points, and how far they are from the training images.

    Attributes:
        images: float32 [64, 28, 28].
        distance: the median distance to the nearest training image.
    """

    images: np.ndarray
    distance: float


def partners(space: Space) -> dict[str, RunCard | Space]:
    """What a space can be compared with, by name: all others of the same images, its own partner first."""
    own = {
        other.name: other
        for other in caches.own_spaces().values()
        if other.key != space.key and np.array_equal(space.data.images, other.data.images)
    }
    cards = [card for card in sidebar.cards(dataset(space)) if space.is_own or card.path != space.run.path]
    cards.sort(key=lambda card: not _is_pair(space, card))
    return {card.name: card for card in cards} | own


def opened(partner: RunCard | Space) -> Space:
    """The space of a partner.

    Raises:
        RunError, DataError: it cannot be read.
    """
    return partner if isinstance(partner, Space) else caches.space(partner)


def _is_pair(space: Space, card: RunCard) -> bool:
    """Whether two runs are an AE and a VAE of the same size, network, seed and reconstruction term."""
    if space.is_own or space.has_prior == (card.config.model.model == "vae"):
        return False
    first, second = space.run.config.to_json(), card.config.to_json()
    for config in (first, second):
        config["model"].pop("model")
        config["objective"] |= {"beta": 1, "kl_warmup": 0}
    return first == second


def dataset(space: Space) -> str:
    """The data set whose test images are in the space: by name, or by its images where the model is one's own."""
    if not space.is_own:
        return space.run.config.data.dataset
    for name in CLASS_NAMES:
        if np.array_equal(caches.test_images(name).images, space.data.images):
            return name
    return space.data.name


def training_images(space: Space) -> ImageDataset:
    """Of the space's data set, from this machine; the space's own images where it is none of ours."""
    name = dataset(space)
    return _training_images(name) if name in CLASS_NAMES else space.data


@st.cache_resource(max_entries=2, show_spinner=False)
def _training_images(name: str) -> ImageDataset:
    return load_dataset("fashion-mnist" if name == "fashion-mnist" else "mnist", "train", download=False)


def nearest(space: Space) -> NearestImages:
    """What finds the nearest training image."""
    train = training_images(space)
    return _nearest(f"{train.name} {train.source}", train)


@st.cache_resource(max_entries=2, show_spinner=False)
def _nearest(key: str, _train: ImageDataset) -> NearestImages:
    return NearestImages(_train.images)


def measured(space: Space) -> Subject:
    """The space as functions on arrays."""
    return _measured(space.key, space)


def warm_up(space: Space) -> None:
    """Have the first differentiation behind us, before somebody waits for a field: it makes torch import a lot."""
    found = measured(space)
    if found.jacobian:
        found.jacobian(found.codes[:1])


@st.cache_resource(max_entries=12, show_spinner=False)
def _measured(key: str, _space: Space) -> Subject:
    return subject(_space.name, _space.source.model, _space.data)


def stored(a: Space, b: Space) -> Comparison | None:
    """The comparison of two spaces, if it was measured before."""
    for key, swap in (((a.key, b.key), False), ((b.key, a.key), True)):
        if key in _compared():
            found = _compared()[key]
            return found.swapped() if swap else found
    if a.is_own or b.is_own:
        return None
    found_file = load_comparison(a.run, b.run)
    if found_file:
        _compared()[a.key, b.key] = found_file
    return found_file


@st.cache_resource(show_spinner=False)
def _compared() -> dict[tuple[str, str], Comparison]:
    return {}


def compare(a: Space, b: Space, progress: Callable[[float, str], None]) -> Comparison:
    """Measure two spaces and keep the result, with the runs where both are runs; one visitor at a time.

    Raises:
        ComparisonError, ModelError, RunError: it cannot be measured.
    """
    with _measuring:
        found = stored(a, b)
        if found:
            return found
        train = training_images(a)
        weights = ("own", "own") if a.is_own or b.is_own else (weights_hash(a.run), weights_hash(b.run))
        found = compare_subjects((measured(a), measured(b)), material(a.data, train), train, weights, progress)
        _compared()[a.key, b.key] = found
    if "own" not in weights:
        try:
            save_comparison(found)
        except (ComparisonError, RunError) as error:
            st.warning(str(error))
    return found


def samples(space: Space, source: Source) -> Samples:
    """64 decoded draws from a source."""
    return _samples(space.key, source, space)


@st.cache_resource(max_entries=36, show_spinner=False)
def _samples(key: str, source: Source, _space: Space) -> Samples:
    images = _space.decode(sample(source, _space.codes, SAMPLES))
    return Samples(images, float(np.median(nearest(_space).distance(images))))


@st.cache_resource(max_entries=12, show_spinner=False)
def _reconstructed(key: str, _space: Space) -> float:
    images = _space.decode(_space.codes[: 4 * SAMPLES])
    return float(np.median(nearest(_space).distance(images)))


def reconstructed(space: Space) -> float:
    """The median distance from reconstructions of test images to their nearest training images."""
    return _reconstructed(space.key, space)
