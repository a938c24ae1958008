"""What a page's JavaScript fetches: weights, codes and images, at addresses that hold a hash of the content.

An address is relative, so it holds wherever the app is served from. What is behind it never changes, and a browser
asks once; when a run is trained anew, its address is another.
"""

import re
from dataclasses import dataclass

import streamlit as st

from vaeexplorer.browser import packing
from vaeexplorer.data import DataError
from vaeexplorer.runs import RunError
from vaeexplorer.ui import loading
from vaeexplorer.ui.loading import Space

_FILE = re.compile(r"(network|decoder|codes|sprite)-([0-9a-f]{16})\.(?:bin|png)")


@dataclass(frozen=True)
class Asset:
    """Bytes to serve, and their address: `vx/OWNER/KIND-HASH.bin`; the owner is a run, a model, or a set of images."""

    url: str
    data: bytes
    media_type: str


def urls(space: Space, *, encoder: bool = False) -> dict[str, str]:
    """Where the page finds the `network`, the `codes` and the `sprite` of a latent space.

    There is no network of a model of one's own: the page asks the server, at `remote` + "encode" and "decode".

    Args:
        space: any.
        encoder: whether the network comes with what turns images into codes, at twice the size.
    """
    kinds = {"codes": "codes", "sprite": "sprite"}
    if space.is_own:
        return {name: _asset(kind, space).url for name, kind in kinds.items()} | {"remote": f"vx/{space.name}/"}
    kinds["network"] = "network" if encoder else "decoder"
    return {name: _asset(kind, space).url for name, kind in kinds.items()}


def find(owner: str, file: str) -> Asset | None:
    """What is at an address, or None: nothing there, or no longer what the hash says."""
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    if owner in loading.own_spaces() and match[1] in ("codes", "sprite"):
        asset = _asset(match[1], loading.own_spaces()[owner])
        if asset.url == f"vx/{owner}/{file}":
            return asset
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
        return _sprite(space.key if space.is_own else space.data.name, space)
    return _codes(space.key, space) if kind == "codes" else _network(space.key, kind, space)


@st.cache_resource(max_entries=16, show_spinner=False)
def _network(key: str, kind: str, _space: Space) -> Asset:
    return _named(_space.name, kind, packing.pack(_space.run, encoder=kind == "network"))


@st.cache_resource(max_entries=16, show_spinner=False)
def _codes(key: str, _space: Space) -> Asset:
    return _named(
        _space.name, "codes", packing.pack_codes(_space.posterior, _space.data.labels, _space.error, _space.kl)
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _sprite(key: str, _space: Space) -> Asset:
    return _named(_space.data.name, "sprite", packing.sprite(_space.data.images), "png", "image/png")


def _named(
    owner: str, kind: str, data: bytes, extension: str = "bin", media_type: str = "application/octet-stream"
) -> Asset:
    return Asset(f"vx/{owner}/{kind}-{packing.content_hash(data)}.{extension}", data, media_type)
