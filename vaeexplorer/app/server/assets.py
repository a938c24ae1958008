"""What a page's JavaScript fetches: weights, codes and images, at addresses that hold a hash of the content.

An address is relative, so it holds wherever the app is served from. What is behind it never changes, and a browser
asks once; when a run is trained anew, its address is another.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any, get_args

import streamlit as st

from vaeexplorer.app import caches
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.browser.packing.sweep import pack_sweep, prior_noise
from vaeexplorer.config import Dataset
from vaeexplorer.data.images import DataError
from vaeexplorer.figures.theme import classes
from vaeexplorer.files import content_hash
from vaeexplorer.results.sweep import DIMENSIONS, SweepError
from vaeexplorer.runs.folder import RunCard, RunError
from vaeexplorer.spaces.space import Space

FILMS = "films"
MOST_FILMS = 80  # of 1.3 MB
_films: "OrderedDict[str, Asset]" = OrderedDict()
_films_lock = Lock()
_FILE = re.compile(r"(network|decoder|codes|sprite)-([0-9a-f]{16})\.(?:bin|png)")
_SWEEP_FILE = re.compile(r"sweep([0-9]{1,3})d-[0-9a-f]{16}\.bin")


@dataclass(frozen=True)
class Asset:
    """Bytes to serve, and their address: `vx/OWNER/KIND-HASH.bin`; the owner is a run, a model, or a set of images."""

    url: str
    data: bytes
    media_type: str


def urls(space: Space, *, encoder: bool = False) -> dict[str, str]:
    """Where the page finds the `network`, the `codes` and the `sprite` of a latent space.

    Where the browser cannot run what is asked for, as of most models of one's own, the page asks the server, at
    `remote` + "encode" and "decode".

    Args:
        space: any.
        encoder: whether the network comes with what turns images into codes, at twice the size.
    """
    found = {"codes": _codes(space.key, space).url, "sprite": _sprite(space.data.content_hash, space).url}
    if space.weights is None and (encoder or space.network is None):
        return found | {"remote": f"vx/{space.name}/"}
    return found | {"network": _network(space.key, "network" if encoder else "decoder", space).url}


def described(space: Space, *, encoder: bool = False) -> dict[str, Any]:
    """What a widget must know of a latent space: its name, its classes, and where the rest is fetched (see `urls`)."""
    names = classes(space.data.class_names)
    return {"name": space.name, "kind": space.kind, **names, "urls": urls(space, encoder=encoder)}


def prepare(card: RunCard) -> None:
    """Make ready what its page will ask for.

    Raises:
        RunError: the run folder is broken.
        DataError: the test images cannot be had.
    """
    for url in urls(caches.space(card)).values():
        find(*url.split("/")[1:])


def film(data: bytes) -> Asset:
    """A packed training; the page asks `film_url` for its address."""
    return _named(FILMS, "film", data)


def film_url(film: Asset) -> str:
    """Where the page finds a packed training; those that were shown last are served, whoever the visitors are."""
    with _films_lock:
        _films[film.url] = film
        _films.move_to_end(film.url)
        while len(_films) > MOST_FILMS:
            _films.popitem(last=False)
    return film.url


def sweep_url(dataset: str, dimensions: int) -> str:
    """Where the page finds the models over beta of a dataset.

    Raises:
        SweepError: a model of it cannot be read.
        DataError: the test images cannot be had.
    """
    return _sweep(dataset, dimensions).url


def find(owner: str, file: str) -> Asset | None:
    """What is at an address, or None: nothing there, or no longer what the hash says."""
    if owner == FILMS:
        with _films_lock:
            return _films.get(f"vx/{owner}/{file}")
    if swept := _SWEEP_FILE.fullmatch(file):
        return _find_sweep(owner, int(swept[1]), file)
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    for space in (*caches.own_spaces().values(), *caches.principal_spaces().values()):
        if owner == _owner(match[1], space) and _has(match[1], space):
            asset = _asset(match[1], space)
            if asset.url == f"vx/{owner}/{file}":
                return asset
    for card in caches.run_cards()[0]:
        if owner == (card.config.data.dataset if match[1] == "sprite" else card.name):
            try:
                asset = _asset(match[1], caches.space(card))
            except (RunError, DataError, OSError):
                continue
            if asset.url == f"vx/{owner}/{file}":
                return asset
    return None


def _has(kind: str, space: Space) -> bool:
    """Whether a space has a file of this kind."""
    return kind in ("codes", "sprite") or space.weights is not None or (kind == "decoder" and space.network is not None)


def _owner(kind: str, space: Space) -> str:
    return space.data.name if kind == "sprite" else space.name


def _asset(kind: str, space: Space) -> Asset:
    if kind == "sprite":
        return _sprite(space.data.content_hash, space)
    return _codes(space.key, space) if kind == "codes" else _network(space.key, kind, space)


@st.cache_resource(max_entries=16, show_spinner=False)
def _network(key: str, kind: str, _space: Space) -> Asset:
    if _space.network is not None:
        return _named(_space.name, kind, _space.network)
    assert _space.config is not None
    assert _space.weights is not None
    return _named(_space.name, kind, pack_network(_space.config, _space.weights, encoder=kind == "network"))


@st.cache_resource(max_entries=16, show_spinner=False)
def _codes(key: str, _space: Space) -> Asset:
    return _named(_space.name, "codes", pack_codes(_space.posterior, _space.data.labels, _space.error, _space.kl))


@st.cache_resource(max_entries=4, show_spinner=False)
def _sprite(key: str, _space: Space) -> Asset:
    return _named(_space.data.name, "sprite", sprite(_space.data.images), "png", "image/png")


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
    points, rotations = caches.sweep(dataset, dimensions)
    labels = caches.test_images(dataset).labels[: len(points[0].mean)]
    packed = pack_sweep(points, rotations, labels, prior_noise(dimensions))
    return _named(dataset, f"sweep{dimensions}d", packed)


def _named(
    owner: str, kind: str, data: bytes, extension: str = "bin", media_type: str = "application/octet-stream"
) -> Asset:
    return Asset(f"vx/{owner}/{kind}-{content_hash(data)}.{extension}", data, media_type)
