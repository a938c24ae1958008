"""What a public app refuses, and what it does not say."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from vaeexplorer.app import public
from vaeexplorer.app.server import limits
from vaeexplorer.app.server.limits import Bucket, LimitsMiddleware


@pytest.fixture(autouse=True)
def _public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")


def scope(kind: str, path: str = "/", address: str = "192.0.2.1") -> dict[str, Any]:
    return {"type": kind, "path": path, "client": (address, 1), "headers": [], "method": "PUT"}


async def fine(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def status(app: LimitsMiddleware, path: str = "/", address: str = "192.0.2.1") -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    await app(scope("http", path, address), receive, send)
    return int(sent[0]["status"])


def test_only_a_public_app_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(limits.limits()) == 1
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    assert not limits.limits()


@pytest.mark.parametrize("base", ["", "/some/base"])
def test_no_upload_is_taken(base: str) -> None:
    app = LimitsMiddleware(fine)
    assert asyncio.run(status(app, f"{base}/_stcore/upload_file/session/file")) == 403
    assert asyncio.run(status(app, f"{base}/_stcore/health")) == 200


def test_an_address_that_asks_too_much_waits_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS", 3.0)
    monkeypatch.setattr(limits, "REQUEST_RATE", 1e-6)

    async def ask() -> list[int]:
        app = LimitsMiddleware(fine)
        return [await status(app) for _ in range(5)] + [await status(app, address="192.0.2.2")]

    assert asyncio.run(ask()) == [200, 200, 200, 429, 429, 200]


def test_a_bucket_fills_again_and_says_how_long_to_wait() -> None:
    bucket = Bucket(2.0, 10.0)
    assert [bucket.take() for _ in range(2)] == [0, 0]
    assert bucket.take() == pytest.approx(0.1, abs=0.05)
    bucket.filled -= 1  # a second later
    assert bucket.take() == 0


async def session(app: LimitsMiddleware, messages: list[dict[str, Any]], sent: list[dict[str, Any]]) -> None:
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope("websocket"), receive, send)


def test_an_address_has_so_many_sessions_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SESSIONS", 2)
    opened = 0

    async def open_for_ever(scope: Any, receive: Any, send: Any) -> None:
        nonlocal opened
        opened += 1
        await asyncio.Event().wait()

    async def crowd() -> list[dict[str, Any]]:
        app, refused = LimitsMiddleware(open_for_ever), list[dict[str, Any]]()
        there = [asyncio.create_task(session(app, [], [])) for _ in range(2)]
        await asyncio.sleep(0)
        await session(app, [{"type": "websocket.connect"}], refused)
        there.pop().cancel()  # one leaves, so that another may come
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        there.append(asyncio.create_task(session(app, [], [])))
        await asyncio.sleep(0)
        for each in there:
            each.cancel()
        await asyncio.gather(*there, return_exceptions=True)
        return refused

    assert asyncio.run(crowd()) == [{"type": "websocket.close", "code": 1008}]
    assert opened == 3


def test_reruns_are_slowed_down_and_a_huge_message_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    taken: list[str] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def listen(scope: Any, receive: Any, send: Any) -> None:
        taken.extend([(await receive())["type"] for _ in range(5)])

    monkeypatch.setattr(limits, "RERUNS", 2.0)
    monkeypatch.setattr("vaeexplorer.app.server.limits.asyncio.sleep", sleep)
    small, huge = ({"type": "websocket.receive", "bytes": bytes(n)} for n in (10, public.MOST_MESSAGE + 1))
    asyncio.run(session(LimitsMiddleware(listen), [{"type": "websocket.connect"}, small, small, small, huge], []))
    assert taken == ["websocket.connect", *["websocket.receive"] * 3, "websocket.disconnect"]
    assert slept == [0, 0, pytest.approx(1 / public.RERUN_RATE, rel=0.1)]


def test_no_message_names_the_path_of_the_script() -> None:
    message = ForwardMsg()
    message.new_session.main_script_path = str(public.ROOT / "vaeexplorer/app/main.py")
    message.new_session.name = "main"
    sent: list[dict[str, Any]] = []

    async def greet(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.send", "bytes": message.SerializeToString()})

    asyncio.run(session(LimitsMiddleware(greet), [], sent))
    received = ForwardMsg.FromString(sent[0]["bytes"])
    assert (received.new_session.main_script_path, received.new_session.name) == ("main.py", "main")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{public.ROOT}/pretrained/x.npz is damaged", "pretrained/x.npz is damaged"),
        (f"the folder {public.ROOT} is gone", "the folder … is gone"),
        (f"{Path.home()}/runs/mine/run.json: no", "runs/mine/run.json: no"),
        (
            "VAEEXPLORER_DATA is /srv/data/mnist, which is not a folder",
            "VAEEXPLORER_DATA is mnist, which is not a folder",
        ),
        (r"C:\Users\her\runs cannot be read", "runs cannot be read"),
        ("1/2 of a nat, and/or https://example.org/a/b", "1/2 of a nat, and/or https://example.org/a/b"),
    ],
)
def test_no_text_names_a_folder_of_the_server(text: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert public.without_paths(text) == shown
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    assert public.without_paths(text) == text
