"""What the comparison of two latent spaces needs: measured once, shared by all visitors, never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import streamlit as st

from vaeexplorer.analysis.sampling import Source, sample
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Group, Row, Subject
from vaeexplorer.app import caches, sidebar
from vaeexplorer.app.server import assets, figures
from vaeexplorer.app.text import literal
from vaeexplorer.browser.packing.sprite import contact_sheet, png
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.figures.smoothness import forest, in_words
from vaeexplorer.results.comparison import Comparison, ComparisonError, load_comparison, save_comparison
from vaeexplorer.results.midpoints import load_midpoints, starting_pairs
from vaeexplorer.results.smoothness import compare as measure
from vaeexplorer.results.smoothness import subject
from vaeexplorer.runs.folder import RunCard, RunError
from vaeexplorer.runs.partners import are_partners
from vaeexplorer.spaces.space import Space

SAMPLES, COLUMNS = 64, 8
_measuring = Lock()


@dataclass(frozen=True)
class Samples:
    """Decoded latent points, and how far they are from the training images.

    Attributes:
        sheet: the images as a PNG of 8 rows.
        distance: the median distance to the nearest training image.
    """

    sheet: assets.Asset
    distance: float


def partners(space: Space) -> dict[str, RunCard | Space]:
    """What a space can be compared with, by name: all others of the same images, its own partner first."""
    own = {
        other.name: other
        for other in caches.own_spaces().values()
        if other.key != space.key and other.data.content_hash == space.data.content_hash
    }
    cards = []
    if space.image_set and space.data.content_hash == caches.test_images(space.image_set).content_hash:
        cards = [card for card in sidebar.cards(space.image_set) if space.run is None or card.path != space.run.path]
    cards.sort(key=lambda card: space.run is None or not are_partners(space.run.config, card.config))
    return {card.name: card for card in cards} | own


def opened(partner: RunCard | Space) -> Space:
    """The space of a partner.

    Raises:
        RunError, DataError: it cannot be read.
    """
    return partner if isinstance(partner, Space) else caches.space(partner)


def training_images(space: Space) -> ImageDataset:
    """Of the space's data set, from this machine; the space's own images where it is none of ours."""
    return caches.training_images(space.image_set) if space.image_set else space.data


def nearest(space: Space) -> NearestImages:
    """What finds the nearest training image."""
    train = training_images(space)
    return _nearest(train.content_hash, train)


@st.cache_resource(max_entries=2, show_spinner=False)
def _nearest(key: str, _train: ImageDataset) -> NearestImages:
    return NearestImages(_train.images)


def measured(space: Space) -> Subject:
    """The space as functions on arrays."""
    return _measured(space.key, space)


def warm_up(space: Space) -> None:
    """Run one Jacobian now, so that torch's lazy imports do not delay the first field."""
    _warm_up(space.key, space)


@st.cache_resource(max_entries=64, show_spinner=False)
def _warm_up(key: str, _space: Space) -> None:
    subject = measured(_space)
    if subject.jacobian:
        subject.jacobian(subject.codes[:1])


@st.cache_resource(max_entries=12, show_spinner=False)
def _measured(key: str, _space: Space) -> Subject:
    return subject(_space)


def start(a: Space, b: Space) -> dict[str, Any]:
    """Pairs to show by turns, and how often the first chosen one's kind is met; see `Start` in pair/turns.js."""
    return _start(a.key, b.key, a, b)


@st.cache_resource(max_entries=64, show_spinner=False)
def _start(a_key: str, b_key: str, _a: Space, _b: Space) -> dict[str, Any]:
    return starting_pairs(load_midpoints(_a, _b), example=0 if _b.has_prior else 1)


def stored(a: Space, b: Space) -> Comparison | None:
    """The comparison of two spaces, if it was measured before."""
    compared = _compared((a.key, b.key), (a.name, b.name), training_images(a).content_hash, a, b)
    return compared[0] if compared else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _compared(keys: tuple[str, str], names: tuple[str, str], train_key: str, _a: Space, _b: Space) -> list[Comparison]:
    """The comparison of two spaces, or an empty list while there is none; `compare` fills it.

    A copy of a run has the run's key, but comparisons are stored under names and say them.
    """
    found = load_comparison(_a, _b, training_images(_a))
    return [] if found is None else [found]


def compare(a: Space, b: Space, progress: Callable[[float, str], None]) -> Comparison:
    """Measure two spaces and store the result, with the runs where both are runs; one visitor at a time.

    Raises:
        ComparisonError, ModelError, RunError: it cannot be measured.
    """
    with _measuring:
        if (found := stored(a, b)) is not None:
            return found
        train = training_images(a)
        found = measure(a, b, train, progress)
        for first, second, each in ((a, b, found), (b, a, found.swapped())):
            keys, names = (first.key, second.key), (first.name, second.name)
            _compared(keys, names, train.content_hash, first, second)[:] = [each]
    if a.run and b.run:
        try:
            save_comparison(found)
        except (ComparisonError, RunError) as error:
            st.warning(literal(error))
    return found


@lru_cache(maxsize=64)
def drawn(rows: tuple[Row, ...], runs: tuple[str, str], names: tuple[str, str], group: Group) -> figures.Drawn:
    """The forest plot of a comparison, made once for all visitors."""
    return figures.drawn(forest(rows, names, group, has_sides=False), in_words(rows, runs, group))


def samples(space: Space, source: Source) -> Samples:
    """64 decoded draws from a source."""
    return _samples(space.key, source, space)


@st.cache_resource(max_entries=36, show_spinner=False)
def _samples(key: str, source: Source, _space: Space) -> Samples:
    images = _space.decode(sample(source, _space.codes, SAMPLES))
    return Samples(_sheet(images), float(np.median(nearest(_space).distance(images))))


def _sheet(images: np.ndarray) -> assets.Asset:
    return assets.sheet(png(contact_sheet(np.round(255 * images).astype(np.uint8), COLUMNS)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _reconstructed(key: str, _space: Space) -> float:
    images = _space.decode(_space.codes[: 4 * SAMPLES])
    return float(np.median(nearest(_space).distance(images)))


def reconstructed(space: Space) -> float:
    """The median distance from reconstructions of test images to their nearest training images."""
    return _reconstructed(space.key, space)
