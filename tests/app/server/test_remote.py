"""What the server decodes and encodes for the browser, and whom it refuses."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette

from vaeexplorer.app import caches
from vaeexplorer.app.server import remote
from vaeexplorer.app.server.server import ROUTES
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.spaces.own import open_model

W = np.random.default_rng(0).normal(size=(3, 784))


def encode(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = images.reshape(-1, 784) / 255 @ W.T / 784
    return mean, np.full_like(mean, -1)


def decode(z: np.ndarray) -> np.ndarray:
    if (z > 50).any():
        raise OverflowError("too far out")
    return np.clip(z @ W + 0.5, 0, 1).reshape(-1, 28, 28)


@pytest.fixture(autouse=True)
def own(small_test: ImageDataset) -> Iterator[None]:
    caches.show_own(open_model(encode, decode, small_test, "mine"))
    yield
    caches.forget_own()


@dataclass
class Answer:
    status: int
    content: bytes
    read: int
    """parts of the body that were taken"""


def scope_of(path: str, headers: dict[str, str]) -> dict[str, Any]:
    given = {"content_type": "application/octet-stream", "host": "localhost:8501"} | headers
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(key.replace("_", "-").encode(), value.encode()) for key, value in given.items()],
        "query_string": b"",
        "root_path": "",
    }


async def ask(path: str, *parts: bytes, **headers: str) -> Answer:
    """What the routes answer to a body that comes in parts, without a server."""
    messages: list[Any] = []
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": parts[taken - 1], "more_body": taken < len(parts)}

    async def send(message: Any) -> None:
        messages.append(message)

    await Starlette(routes=ROUTES)(scope_of(path, headers), receive, send)
    return Answer(messages[0]["status"], b"".join(message["body"] for message in messages[1:]), taken)


@contextmanager
def another_model(data: ImageDataset, decode_: Callable[[np.ndarray], np.ndarray]) -> Iterator[None]:
    """Beside `mine`: its `decode` is this one once it was opened."""
    space = open_model(encode, decode, data, "other")
    caches.show_own(space)
    model: Any = space.model
    model._decode = decode_
    yield


def post(path: str, *parts: bytes, **headers: str) -> Answer:
    return asyncio.run(ask(path, *parts, **headers))


@pytest.mark.parametrize("base", ["", "/some/base"])
def test_points_come_back_as_pixels(base: str, rng: np.random.Generator) -> None:
    z = rng.normal(size=(5, 3)).astype("<f4")
    body = z.tobytes()
    answer = post(f"{base}/vx/mine/decode", body[:7], body[7:])
    assert answer.status == 200
    pixels = np.frombuffer(answer.content, np.uint8).reshape(5, 28, 28)
    np.testing.assert_array_equal(pixels, np.rint(255 * decode(z)))


def test_images_come_back_as_means_and_log_variances(small_test: ImageDataset) -> None:
    answer = post("/vx/mine/encode", small_test.images[:2].tobytes(), sec_fetch_site="same-origin")
    assert answer.status == 200
    numbers = np.frombuffer(answer.content, "<f4").reshape(2, 2, 3)
    np.testing.assert_allclose(numbers[0], encode(small_test.images[:2])[0], rtol=1e-5)
    np.testing.assert_array_equal(numbers[1], -1)


Z = np.zeros(3, "<f4").tobytes()
REFUSED: dict[str, tuple[str, bytes, dict[str, str], int, str]] = {
    "half a number": ("decode", Z[:-2], {}, 400, "1 to 1024 times 12 bytes"),
    "nothing": ("decode", b"", {}, 400, "1 to 1024 times 12 bytes"),
    "too many points": ("decode", Z * 1025, {}, 400, "1 to 1024 times 12 bytes"),
    "half an image": ("encode", bytes(700), {}, 400, "1 to 1024 times 784 bytes"),
    "a point at infinity": ("decode", np.full(3, np.inf, "<f4").tobytes(), {}, 400, "finite"),
    "no number": ("decode", np.full(3, np.nan, "<f4").tobytes(), {}, 400, "finite"),
    "a form": ("decode", Z, {"content_type": "application/x-www-form-urlencoded"}, 400, "octet-stream"),
    "plain text": ("decode", Z, {"content_type": "text/plain"}, 400, "octet-stream"),
    "another site": ("decode", Z, {"origin": "https://elsewhere.org"}, 403, "own pages"),
    "another site, as the browser says": ("decode", Z, {"sec_fetch_site": "cross-site"}, 403, "own pages"),
    "a sandboxed frame": ("decode", Z, {"origin": "null"}, 403, "own pages"),
    "where the function fails": ("decode", np.full(3, 99, "<f4").tobytes(), {}, 500, "decode raised OverflowError"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_sentence(case: str) -> None:
    path, body, headers, status, words = REFUSED[case]
    answer = post(f"/vx/mine/{path}", body, **headers)
    assert answer.status == status
    assert words in answer.content.decode()
    assert answer.content.decode().endswith(".")


def test_a_page_of_this_server_may_ask() -> None:
    assert post("/vx/mine/decode", Z, origin="http://localhost:8501").status == 200


@pytest.mark.parametrize("name", ["nobody", "mnist-vae-2d", "..", "mnist"])
def test_there_are_models_of_ones_own_alone(name: str) -> None:
    assert post(f"/vx/{name}/decode", Z).status == 404


def test_a_body_too_long_is_not_read() -> None:
    announced = post("/vx/mine/decode", Z, content_length=str(10**12))
    assert (announced.status, announced.read) == (400, 0)
    endless = post("/vx/mine/decode", *([bytes(12 * 1024)] * 9))
    assert (endless.status, endless.read) == (400, 2)


def test_at_most_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_WAITING", 3)
    hold = Event()
    model = caches.own_spaces()["mine"].model
    monkeypatch.setattr(model, "_decode", lambda z: hold.wait(10) and decode(z))

    async def crowd() -> list[int]:
        asked = [asyncio.ensure_future(ask("/vx/mine/decode", Z)) for _ in range(5)]
        done, _ = await asyncio.wait(asked, return_when="FIRST_COMPLETED")
        assert {answer.result().status for answer in done} == {503}
        hold.set()
        return [answer.status for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(crowd())) == [200, 200, 200, 503, 503]
    assert post("/vx/mine/decode", Z).status == 200


def test_a_slow_model_holds_no_other_up(small_test: ImageDataset) -> None:
    hold = Event()

    async def both() -> int:
        slow = [asyncio.ensure_future(ask("/vx/other/decode", Z)) for _ in range(5)]
        await asyncio.sleep(0)
        quick = await asyncio.wait_for(ask("/vx/mine/decode", Z), 10)
        assert not any(each.done() for each in slow)
        hold.set()
        assert {each.status for each in await asyncio.gather(*slow)} == {200}
        return quick.status

    with another_model(small_test, lambda z: (hold.wait(20), decode(z))[1]):
        assert asyncio.run(both()) == 200


async def stalled(path: str, sends: list[Any]) -> None:
    """A request whose body begins and never goes on."""
    parts = iter([{"type": "http.request", "body": Z, "more_body": True}])

    async def receive() -> Any:
        for part in parts:
            return part
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sends.append(message)

    await Starlette(routes=ROUTES)(scope_of(path, {}), receive, send)


def test_a_body_has_a_deadline_and_counts_from_its_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 0.5)
    monkeypatch.setattr(remote, "MOST_WAITING", 3)

    async def crowd() -> list[int]:
        answers: list[list[Any]] = [[] for _ in range(5)]
        await asyncio.gather(*(stalled("/vx/mine/decode", each) for each in answers))
        assert {dict(each[0]["headers"])[b"connection"] for each in answers} == {b"close"}
        return [each[0]["status"] for each in answers]

    assert asyncio.run(crowd()) == [408, 408, 408, 503, 503]
    assert post("/vx/mine/decode", Z).status == 200


def test_a_visitor_who_leaves_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    async def leave() -> None:
        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            pass

        await Starlette(routes=ROUTES)(scope_of("/vx/mine/decode", {}), receive, send)

    asyncio.run(leave())
    assert [(record.message, record.exc_info) for record in caplog.records if record.name == remote.__name__] == [
        ("A visitor left before mine was asked.", None)
    ]
