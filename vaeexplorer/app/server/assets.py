"""What a page fetches: weights, codes, images, and scripts that draw them, at addresses with a hash of the content.

An address is relative, so it holds wherever the app is served from. What is behind it never changes, and a browser
asks once; when a run is trained anew, its address is another.
"""

import functools
import gzip
import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from threading import Lock
from typing import Any, get_args

import streamlit as st

from vaeexplorer.app import caches
from vaeexplorer.browser import bundle
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.browser.packing.sweep import pack_sweep, prior_noise
from vaeexplorer.config import Dataset
from vaeexplorer.data.images import FULL_SIZE, DataError, ImageDataset, check_dataset
from vaeexplorer.data.tab_images import COUNTS, shipped_images
from vaeexplorer.export import training
from vaeexplorer.figures.theme import classes
from vaeexplorer.files import content_hash
from vaeexplorer.results.sweep import DIMENSIONS, SweepError
from vaeexplorer.runs.folder import RunCard, RunError
from vaeexplorer.spaces.space import Space

SCRIPTS, FILMS, FIGURES, SHEETS = "scripts", "films", "figures", "sheets"
PLOTLY = "plotly"
"""the script that draws figures, by the name that `script_url` takes"""
MOST_FILMS = 160  # of 1.3 MB
_most = {FILMS: MOST_FILMS, FIGURES: 2000, SHEETS: 500}  # a figure or a sheet has some 30 kB
_kept: "dict[str, OrderedDict[str, Asset]]" = {owner: OrderedDict() for owner in _most}
_kept_lock = Lock()
_every: "dict[str, Asset]" = {}  # all training images, by data set, where they are here
_FILE = re.compile(r"(network|decoder|codes)-[0-9a-f]{16}\.bin")
_SPRITE_FILE = re.compile(r"sprite-([0-9a-f]{16})\.of\.png")
_SCRIPT = re.compile(r"([a-z_]{1,40})-[0-9a-f]{16}\.js")
_IMAGES_FILE = re.compile(r"(train|test|every)-[0-9a-f]{16}\.bin")
_SWEEP_FILE = re.compile(r"sweep([0-9]{1,3})d-[0-9a-f]{16}\.bin")


@dataclass(frozen=True)
class Asset:
    """Bytes to serve, and their address: `vx/OWNER/KIND-HASH.bin`; the owner is a run, a model, or a set of images."""

    url: str
    data: bytes
    media_type: str
    gzipped: bytes | None = None
    """the same, for who takes it, where that is much shorter"""


def urls(space: Space, *, encoder: bool = False) -> dict[str, str]:
    """Where the page finds the `network`, the `codes` and the `sprite` of a latent space.

    Where the browser cannot run what is asked for, as of most models of one's own, the page asks the server, at
    `remote` + "encode" and "decode".

    Args:
        space: any.
        encoder: whether the network comes with what turns images into codes, at twice the size.
    """
    found = {"codes": _codes(space.key, space).url, "sprite": sprite_url(space.data)}
    if space.weights is None and (encoder or space.network is None):
        return found | {"remote": f"vx/{space.name}/"}
    return found | {"network": _network(space.key, "network" if encoder else "decoder", space).url}


def described(space: Space, *, encoder: bool = False) -> dict[str, Any]:
    """What a widget must know of a latent space: name, classes, an image's shape, where the rest is (see `urls`)."""
    names = classes(space.data.class_names)
    return {
        "name": space.name,
        "kind": space.kind,
        **names,
        "image": space.data.shape,
        "urls": urls(space, encoder=encoder),
    }


def prepare(card: RunCard) -> None:
    """Make ready what its page needs for its first picture.

    Raises:
        RunError: the run folder is broken.
        DataError: the test images cannot be had.
    """
    urls(caches.space(card))


def script_url(name: str) -> str:
    """Where the page finds the script of a component, by the name of its entry, or `PLOTLY`.

    Raises:
        FileNotFoundError: there is no such entry.
    """
    return _script(name).url


@functools.cache
def _script(name: str) -> Asset:
    if name == PLOTLY:
        data = files("plotly").joinpath("package_data/plotly.min.js").read_bytes()
    else:
        data = bundle.script(f"entries/{name}.js").encode()
    url = f"vx/{SCRIPTS}/{name}-{content_hash(data)}.js"
    return Asset(url, data, "text/javascript", gzip.compress(data, mtime=0))


def _find_script(name: str, url: str) -> Asset | None:
    with suppress(FileNotFoundError):
        asset = _script(name)
        return asset if asset.url == url else None
    return None


def film(data: bytes) -> Asset:
    """A packed training; the page asks `kept_url` for its address."""
    return _named(FILMS, "film", data)


def figure(data: bytes) -> Asset:
    """The JSON of a figure; the page asks `kept_url` for its address."""
    address = f"vx/{FIGURES}/figure-{content_hash(data)}.json"
    return Asset(address, data, "application/json", gzip.compress(data, mtime=0))


def sheet(data: bytes) -> Asset:
    """A PNG of decoded images; the page asks `kept_url` for its address."""
    return _named(SHEETS, "sheet", data, "png")


def kept_url(asset: Asset) -> str:
    """Where the page finds a film, a figure or a sheet; those shown last are served, whoever the visitors are."""
    owner = asset.url.split("/")[1]
    with _kept_lock:
        kept = _kept[owner]
        kept[asset.url] = asset
        kept.move_to_end(asset.url)
        while len(kept) > _most[owner]:
            kept.popitem(last=False)
    return asset.url


def sweep_url(dataset: str, dimensions: int) -> str:
    """Where the page finds the models over beta of a dataset.

    Raises:
        SweepError: a model of it cannot be read.
        DataError: the test images cannot be had.
    """
    return _sweep(dataset, dimensions).url


def training_images(dataset: Dataset) -> dict[str, Any]:
    """What a page must know to train on a set of images, and where it fetches them (`export.training.about`).

    Raises:
        DataError: they cannot be had.
    """
    data, every = caches.test_images(dataset), _every.get(dataset)
    urls: dict[str, str | None] = {kind: _images(dataset, kind).url for kind in ("train", "test")}
    urls |= {"sprite": sprite_url(data), "every": every.url if every else None}
    most = FULL_SIZE["train"] if every else COUNTS[dataset]
    return training.about(data, shipped_images(dataset), urls, most)


def sprite_url(images: ImageDataset) -> str:
    """Where the page finds images side by side; the sheet is made when it is asked for, after the first picture."""
    return f"vx/{images.name}/sprite-{images.content_hash}.of.png"


def pack_every(dataset: Dataset) -> None:
    """Have all training images at hand for trainings in browsers, where they are on this machine; two seconds.

    Raises:
        DataError: they cannot be read.
    """
    images = caches.training_images(dataset).images
    if len(images) == FULL_SIZE["train"]:
        _every[dataset] = _named(dataset, "every", training.pack_training(images))


def find(owner: str, file: str) -> Asset | None:
    """What is at an address, or None: nothing there, or no longer what the hash says."""
    if owner in _kept:
        with _kept_lock:
            return _kept[owner].get(f"vx/{owner}/{file}")
    if owner == SCRIPTS and (script := _SCRIPT.fullmatch(file)):
        return _find_script(script[1], f"vx/{owner}/{file}")
    if swept := _SWEEP_FILE.fullmatch(file):
        return _find_sweep(owner, int(swept[1]), file)
    if images := _IMAGES_FILE.fullmatch(file):
        return _find_images(owner, images[1], file)
    if sheet := _SPRITE_FILE.fullmatch(file):
        return _find_sprite(owner, sheet[1])
    match = _FILE.fullmatch(file)
    return _find_of_space(owner, match[1], f"vx/{owner}/{file}") if match else None


def _find_sprite(owner: str, content: str) -> Asset | None:
    """Of a model of one's own, or of a set; no run need be read for that."""
    for space in _open_spaces():
        if (space.data.name, space.data.content_hash) == (owner, content):
            return _sprite(content, space.data)
    if owner in COUNTS or any(card.config.data.dataset == owner for card in caches.run_cards()[0]):
        with suppress(DataError, OSError):
            images = caches.test_images(owner)
            return _sprite(content, images) if images.content_hash == content else None
    return None


def _find_of_space(owner: str, kind: str, url: str) -> Asset | None:
    for space in _open_spaces():
        if owner == space.name and _has(kind, space):
            asset = _asset(kind, space)
            if asset.url == url:
                return asset
    for card in caches.run_cards()[0]:
        if owner == card.name:
            with suppress(RunError, DataError, OSError):
                asset = _asset(kind, caches.space(card))
                if asset.url == url:
                    return asset
    return None


def _open_spaces() -> list[Space]:
    return [*caches.own_spaces().values(), *caches.principal_spaces().values()]


def _has(kind: str, space: Space) -> bool:
    return kind == "codes" or space.weights is not None or (kind == "decoder" and space.network is not None)


def _asset(kind: str, space: Space) -> Asset:
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
def _sprite(content: str, _data: ImageDataset) -> Asset:
    return Asset(sprite_url(_data), sprite(_data.images), "image/png")


def _find_images(dataset: str, kind: str, file: str) -> Asset | None:
    """Of a training in the browser."""
    with suppress(DataError, OSError):
        if dataset in COUNTS:
            known = check_dataset(dataset)
            asset = _every.get(known) if kind == "every" else _images(known, kind)
            return asset if asset and asset.url == f"vx/{dataset}/{file}" else None
    return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _images(dataset: Dataset, kind: str) -> Asset:
    """Images for a training in the browser: `train`, those that are shipped, or `test`."""
    data = shipped_images(dataset) if kind == "train" else training.pack_test(caches.test_images(dataset))
    return _named(dataset, kind, data)


def _find_sweep(dataset: str, dimensions: int, file: str) -> Asset | None:
    with suppress(SweepError, DataError, OSError):
        if dataset in get_args(Dataset) and dimensions in DIMENSIONS:
            asset = _sweep(dataset, dimensions)
            return asset if asset.url == f"vx/{dataset}/{file}" else None
    return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _sweep(dataset: str, dimensions: int) -> Asset:
    points, rotations = caches.sweep(dataset, dimensions)
    labels = caches.test_images(dataset).labels[: len(points[0].mean)]
    return _named(dataset, f"sweep{dimensions}d", pack_sweep(points, rotations, labels, prior_noise(dimensions)))


def _named(owner: str, kind: str, data: bytes, extension: str = "bin") -> Asset:
    media_type = "image/png" if extension == "png" else "application/octet-stream"
    return Asset(f"vx/{owner}/{kind}-{content_hash(data)}.{extension}", data, media_type)
