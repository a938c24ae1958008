"""Sets of one's own for trainings in the browser: packed when a page asks, at addresses that hold the set's hash."""

import re
from contextlib import suppress
from typing import Any

import numpy as np
import streamlit as st

from vaeexplorer.app import caches
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server.assets import Asset
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.config import OWN_SET
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import library
from vaeexplorer.export import training

MOST = 30_000  # training images, as many as a page gets of MNIST
MOST_SETS = 40  # that are offered
_FILE = re.compile(r"(train|test|sheet)-([0-9a-f]{16})\.of\.(bin|png)")


def offered() -> dict[str, dict[str, Any]]:
    """What a page must know of each set that is on this machine (`export.training.about`), by its name."""
    found = {}
    for stored in () if is_public() else library.list_sets()[0][:MOST_SETS]:
        with suppress(DataError):  # "Your images" says what is wrong with it
            found[stored.name] = _about(stored.name, stored.title, stored.counts["train"])
    return found


def find(dataset: str, file: str) -> Asset | None:
    """What is at an address of a set, or None."""
    match = _FILE.fullmatch(file)
    if is_public() or match is None or dataset != f"own-{match[2]}" or not re.fullmatch(OWN_SET, dataset):
        return None
    with suppress(DataError, OSError):
        asset = _asset(dataset, match[1])
        return asset if asset.url == f"vx/{dataset}/{file}" else None
    return None


@st.cache_resource(max_entries=MOST_SETS, show_spinner=False)
def _about(name: str, title: str, count: int) -> dict[str, Any]:
    urls: dict[str, str | None] = {kind: _url(name, kind) for kind in ("train", "test")}
    urls |= {"sprite": _url(name, "sheet"), "every": None}
    content = name.removeprefix("own-")
    return training.described(caches.test_images(name), urls, title=title, count=min(count, MOST), content=content)


@st.cache_resource(max_entries=6, show_spinner=False)
def _asset(name: str, kind: str) -> Asset:
    """Training images in a mixed order, by a fixed seed: a set may be in that of its classes, and a page takes few."""
    if kind == "train":
        images = caches.training_images(name).images
        mixed = np.random.default_rng(0).permutation(len(images))[:MOST]
        data = training.pack_training(images[mixed])
    else:
        test = caches.test_images(name)
        data = training.pack_test(test) if kind == "test" else sprite(test.images)
    return Asset(_url(name, kind), data, "image/png" if kind == "sheet" else "application/octet-stream")


def _url(name: str, kind: str) -> str:
    return f"vx/{name}/{kind}-{name.removeprefix('own-')}.of.{'png' if kind == 'sheet' else 'bin'}"
