"""Bodies that never end: bounded memory, whoever sends."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette

from vaeexplorer.app import caches
from vaeexplorer.app.server import remote
from vaeexplorer.app.server.server import ROUTES
from vaeexplorer.config import PIXELS
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.spaces.own import open_model

LARGEST = PIXELS * remote.MOST  # bytes that `encode` takes


@pytest.fixture(autouse=True)
def own(small_test: ImageDataset) -> Iterator[None]:
    blank = np.zeros((1, 28, 28))
    caches.show_own(open_model(lambda x: np.zeros((len(x), 2)), lambda z: blank.repeat(len(z), 0), small_test, "mine"))
    yield
    caches.forget_own()


async def send_parts(size: int, count: int, *, stalls: bool) -> tuple[int, int]:
    """A body in parts; the status of the answer, and how many parts were taken."""
    answers: list[Any] = []
    taken = 0

    async def receive() -> Any:
        nonlocal taken
        if taken == count and stalls:
            await asyncio.Event().wait()
        taken += 1
        await asyncio.sleep(0)
        return {"type": "http.request", "body": bytearray(size), "more_body": True}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = {"content-type": "application/octet-stream", "host": "localhost"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/vx/mine/encode",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        "query_string": b"",
        "root_path": "",
    }
    await Starlette(routes=ROUTES)(scope, receive, send)
    return answers[0]["status"], taken


def test_three_hundred_stalled_bodies_take_the_memory_of_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 1.0)

    async def crowd() -> list[tuple[int, int]]:
        return await asyncio.gather(*(send_parts(LARGEST // 2, 2, stalls=True) for _ in range(300)))

    tracemalloc.start()
    try:
        found = asyncio.run(crowd())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sorted(status for status, _ in found) == [408] * remote.MOST_WAITING + [503] * (300 - remote.MOST_WAITING)
    assert peak < 3 * remote.MOST_WAITING * LARGEST  # 300 of them would be 240 MB


def test_a_body_without_end_is_left_alone_at_the_limit() -> None:
    status, taken = asyncio.run(send_parts(100_000, 10**9, stalls=False))
    assert status == 400
    assert taken <= LARGEST // 100_000 + 1
