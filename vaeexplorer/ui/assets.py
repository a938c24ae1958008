"""What a page's JavaScript fetches: weights, codes and images, at addresses that hold a hash of the content.

An address is relative, so it holds wherever the app is served from. What is behind it never changes, and a browser
asks once; when a run is trained anew, its address is another.
"""

import re
from dataclasses import dataclass
from typing import get_args

import numpy as np
import streamlit as st

from vaeexplorer.browser import packing
from vaeexplorer.config import Dataset
from vaeexplorer.data import DataError
from vaeexplorer.runs import RunError
from vaeexplorer.sweep import DIMENSIONS, SweepError
from vaeexplorer.ui import loading
from vaeexplorer.ui.loading import Space

_FILE = re.compile(r"(network|decoder|codes|sprite)-([0-9a-f]{16})\.(?:bin|png)")
_SWEEP_FILE = re.compile(r"sweep(\d+)d-[0-9a-f]{16}\.bin")
SAMPLES = 36  # from the prior, decoded by every model of a sweep


@dataclass(frozen=True)
class Asset:
    """Bytes to serve, and their address: `vx/OWNER/KIND-HASH.bin`, where the owner is a run, or a dataset of images."""

    url: str
    data: bytes
    media_type: str


def urls(space: Space, *, encoder: bool = False) -> dict[str, str]:
    """Where the page finds the `network`, the `codes` and the `sprite` of a latent space.

    Args:
        space: of any run.
        encoder: whether the network comes with what turns images into codes, at twice the size.
    """
    kinds = {"network": "network" if encoder else "decoder", "codes": "codes", "sprite": "sprite"}
    return {name: _asset(kind, space).url for name, kind in kinds.items()}


def sweep_url(dataset: str, dimensions: int) -> str:
    """Where the page finds the models over beta of a dataset.

    Raises:
        SweepError: a model of it cannot be read.
        DataError: the test images cannot be had.
    """
    return _sweep(dataset, dimensions).url


def find(owner: str, file: str) -> Asset | None:
    """What is at an address, or None: nothing there, or no longer what the hash says."""
    if swept := _SWEEP_FILE.fullmatch(file):
        return _find_sweep(owner, int(swept[1]), file)
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    for card in loading.run_cards()[0]:
        if owner == (card.config.data.dataset if match[1] == "sprite" else card.name):
            try:
                asset = _asset(match[1], loading.space(card))
            except (RunError, DataError, OSError):
                continue
            return asset if asset.url == f"vx/{owner}/{file}" else None
    return None


def _asset(kind: str, space: Space) -> Asset:
    if kind == "sprite":
        return _sprite(space.data.name, space)
    return _codes(space.key, space) if kind == "codes" else _network(space.key, kind, space)


@st.cache_resource(max_entries=16, show_spinner=False)
def _network(key: str, kind: str, _space: Space) -> Asset:
    return _named(_space.name, kind, packing.pack(_space.run, encoder=kind == "network"))


@st.cache_resource(max_entries=16, show_spinner=False)
def _codes(key: str, _space: Space) -> Asset:
    return _named(
        _space.name, "codes", packing.pack_codes(_space.run.codes, _space.data.labels, _space.error, _space.kl)
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _sprite(dataset: str, _space: Space) -> Asset:
    return _named(dataset, "sprite", packing.sprite(_space.data.images), "png", "image/png")


def _find_sweep(dataset: str, dimensions: int, file: str) -> Asset | None:
    if dataset not in get_args(Dataset) or dimensions not in DIMENSIONS:
        return None
    try:
        asset = _sweep(dataset, dimensions)
    except (SweepError, DataError, OSError):
        return None
    return asset if asset.url == f"vx/{dataset}/{file}" else None


@st.cache_resource(max_entries=4, show_spinner=False)
def _sweep(dataset: str, dimensions: int) -> Asset:
    points, rotations = loading.sweep(dataset, dimensions)
    labels = loading.test_images(dataset).labels[: len(points[0].mean)]
    noise = np.random.default_rng(0).standard_normal((SAMPLES, dimensions))
    return _named(dataset, f"sweep{dimensions}d", packing.pack_sweep(points, rotations, labels, noise))


def _named(
    owner: str, kind: str, data: bytes, extension: str = "bin", media_type: str = "application/octet-stream"
) -> Asset:
    return Asset(f"vx/{owner}/{kind}-{packing.content_hash(data)}.{extension}", data, media_type)
