"""What the routes serve, and what they do not."""

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
import streamlit as st
from starlette.applications import Starlette

from vaeexplorer.app import caches
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.server import ROUTES
from vaeexplorer.browser import bundle
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import content_hash
from vaeexplorer.spaces.own import open_model
from vaeexplorer.spaces.space import Space


@pytest.fixture
def space() -> Iterator[Space]:
    st.cache_resource.clear()
    cards = {card.name: card for card in caches.run_cards()[0]}
    yield caches.space(cards["mnist-vae-2d"])
    st.cache_resource.clear()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes


def get(path: str, accept: str = "") -> Answer:
    """What the app's routes answer, without a server."""
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "headers": [(b"accept-encoding", accept.encode())],
        "query_string": b"",
        "root_path": "",
    }
    asyncio.run(Starlette(routes=ROUTES)(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in messages[0]["headers"]}
    return Answer(messages[0]["status"], headers, b"".join(message["body"] for message in messages[1:]))


def test_each_address_serves_the_bytes_that_it_names_for_ever(space: Space) -> None:
    urls = assets.urls(space, encoder=True)
    assert space.run
    expected = {
        "network": pack_network(space.run.config, space.run.weights),
        "codes": pack_codes(space.run.codes, space.data.labels, space.error, space.kl),
        "sprite": sprite(space.data.images),
    }
    for name, url in urls.items():
        for path in (f"/{url}", f"/some/base/{url}"):
            answer = get(path)
            assert answer.status == 200
            assert answer.content == expected[name]
            assert (space.data.content_hash if name == "sprite" else content_hash(answer.content)) in url
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_address_holds_after_a_restart(space: Space) -> None:
    url = assets.urls(space)["network"]
    st.cache_resource.clear()
    assert get(f"/{url}").status == 200


def test_images_of_a_dataset_have_one_address_whatever_the_run(space: Space) -> None:
    other = next(card for card in caches.run_cards()[0] if card.name == "mnist-ae-2d")
    assert assets.urls(caches.space(other))["sprite"] == assets.urls(space)["sprite"]
    assert assets.urls(caches.space(other))["network"] != assets.urls(space)["network"]


def test_the_sheet_of_images_is_found_without_reading_a_run(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    url = assets.urls(space)["sprite"]
    monkeypatch.setattr(caches, "space", lambda card: pytest.fail(f"{card.name} was read"))
    assert get(f"/{url}").status == 200


def test_the_sheet_of_images_is_not_made_before_it_is_asked_for(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    assets._sprite.clear()
    monkeypatch.setattr(assets, "sprite", lambda images: pytest.fail("made"))
    assert assets.urls(space)["sprite"] == f"vx/mnist/sprite-{space.data.content_hash}.of.png"


def test_without_the_encoder_half_as_much_travels(space: Space) -> None:
    both = [assets.find(*assets.urls(space, encoder=encoder)["network"].split("/")[1:]) for encoder in (False, True)]
    assert both[0] is not None
    assert both[1] is not None
    assert len(both[0].data) < 0.55 * len(both[1].data)


@pytest.mark.parametrize(
    "path",
    [
        "vx/mnist-vae-2d/decoder-0000000000000000.bin",
        "vx/nobody/{network}",
        "vx/mnist/{network}",
        "vx/mnist-vae-2d/{sprite}",
        "vx/fashion-mnist/{sprite}",
        "vx/mnist/sprite-0000000000000000.of.png",
        "vx/mnist-vae-2d/../{network}",
        "vx/..%2fpretrained%2fmnist-vae-2d/{network}",
        "vx/mnist-vae-2d/run.json",
        "vx/mnist-vae-2d/{network}.bin",
        "vx/mnist-vae-2d/",
        "vx/scripts/plane-0123456789abcdef.js",
        "vx/scripts/nothing-0123456789abcdef.js",
    ],
)
def test_anything_else_is_not_found(space: Space, path: str) -> None:
    files = {name: url.rsplit("/", 1)[1] for name, url in assets.urls(space).items()}
    answer = get("/" + path.format(**files))
    assert answer.status == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_script_of_a_component_is_fetched_once_and_sent_short() -> None:
    url = assets.script_url("plane")
    plain, packed = get(f"/{url}"), get(f"/{url}", "br, gzip")
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.content.decode() == bundle.script("entries/plane.js")
    assert (plain.headers["content-encoding"], packed.headers["content-encoding"]) == ("identity", "gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    for answer in (plain, packed):
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"


def test_a_packed_decoder_of_ones_own_is_served(small_test: ImageDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(z: np.ndarray) -> np.ndarray:
        return np.zeros((len(z), 28, 28), np.float32)

    decode.network = b"packed"  # type: ignore[attr-defined]
    space = open_model(lambda images: np.zeros((len(images), 2)), decode, small_test, "mine")
    monkeypatch.setattr(caches, "own_spaces", lambda: {"mine": space})
    url = assets.urls(space)["network"]
    found = assets.find(*url.split("/")[1:])
    assert found is not None
    assert found.data == b"packed"
    assert assets.urls(space, encoder=True)["remote"] == "vx/mine/"  # which the decoder alone is not
