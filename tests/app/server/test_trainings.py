"""What the server says of its trainings, to whom, and what it has them do."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette

from tests.processes import PATIENCE, posix, started
from vaeexplorer.app.server.served import trainings
from vaeexplorer.app.server.server import ROUTES
from vaeexplorer.browser.packing.frame import frame
from vaeexplorer.config import RunConfig
from vaeexplorer.trainings import folder, queue
from vaeexplorer.trainings.listing import read_training
from vaeexplorer.trainings.lock import held
from vaeexplorer.trainings.moments import file_name

PAUSE = b'{"do": "pause"}'


@pytest.fixture
def one(runs_folder: Path) -> Path:
    """The folder of a training with two points of its curves and a moment."""
    runs_folder.mkdir()
    path = folder.path_of("one")
    folder.create(path, folder.Spec(1, RunConfig()), 1)
    lines = [{"step": step, "train": None, "test": None} for step in (10, 20)]
    (path / folder.CURVE).write_text("\n".join(map(json.dumps, lines)) + "\n")
    return path


def ask(
    method: str, path: str, body: bytes = b"", query: str = "", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """What the routes answer, without a server."""
    given = {"content_type": "application/octet-stream", "host": "localhost:8501", "content_length": str(len(body))}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(key.replace("_", "-").encode(), text.encode()) for key, text in (given | headers).items()],
        "query_string": query.encode(),
        "root_path": "",
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Starlette(routes=ROUTES)(scope, receive, send))
    answered = {key.decode().lower(): text.decode() for key, text in sent[0]["headers"]}
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), answered


def post(body: bytes, path: str = "/vx/trainings/one/ask", **headers: str) -> tuple[int, bytes]:
    return ask("POST", path, body, **({"x_vaeexplorer_token": trainings.TOKEN} | headers))[:2]


def test_how_it_stands_and_its_bytes_by_their_hash(one: Path) -> None:
    moment = frame({"kind": "moment"}, np.zeros(4).tobytes())
    name = file_name(moment)
    (one / name).write_bytes(moment)
    with held(one):
        status = folder.Status("running", 1, 25, 3, 10, 100, 1.0, 2e-3, 500.0, name, ((0, name),))
        folder.write_status(one, status)
        code, body, headers = ask("GET", "/below/vx/trainings/one/now", query="after=10")
    now = json.loads(body)
    assert (code, headers["cache-control"]) == (200, "no-store")
    assert (now["state"], now["step"], now["moment"], now["kept"]) == ("running", 25, name, [[0, name]])
    assert [point["step"] for point in now["points"]] == [20]
    assert now["secondsLeft"] == 5 * 128 / 500
    code, body, headers = ask("GET", f"/vx/trainings/one/{name}")
    assert (code, body) == (200, moment)
    assert "immutable" in headers["cache-control"]
    test = trainings.test_url("mnist")
    assert ask("GET", f"/vx/trainings/one/{test}")[0] == 200
    for missing in ("spec.json", "moment-0123456789abcdef.bin", "test-0123456789abcdef.bin", "..%2Fspec.json"):
        assert ask("GET", f"/vx/trainings/one/{missing}")[0] == 404
    assert ask("GET", "/vx/trainings/two/now")[0] == 404
    assert ask("GET", "/vx/trainings/one/now", query="after=x")[0] == 400


def test_only_pages_of_this_app_have_it_do_something(one: Path) -> None:
    with held(one):
        assert post(PAUSE, x_vaeexplorer_token="guessed")[0] == 403
        assert post(PAUSE, sec_fetch_site="cross-site")[0] == 403
        assert post(PAUSE, origin="http://elsewhere.example")[0] == 403
        assert post(PAUSE, content_type="text/plain")[0] == 400
        for nonsense in (b"{", b'{"do": "pause", "x": 1}', b'{"do": "fly"}', b'{"do": "steer", "name": "beta"}'):
            assert post(nonsense)[0] == 400
        for value in ("NaN", "-1", "true", '"1"'):
            assert post(f'{{"do": "steer", "name": "beta", "value": {value}}}'.encode())[0] == 400
        assert folder.requests(one) == []
        assert post(PAUSE)[0] == 204
        assert post(b'{"do": "steer", "name": "beta", "value": 8}', sec_fetch_site="same-origin")[0] == 204
        assert folder.requests(one) == [{"do": "pause"}, {"do": "steer", "name": "beta", "value": 8}]
    assert post(PAUSE) == (409, b"The training one does not run: it is interrupted.")
    assert post(PAUSE, "/vx/trainings/two/ask")[0] == 409


@posix
def test_kill_ends_the_process_and_resume_puts_the_training_back_in_the_queue(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "wake", lambda: None)
    with started([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as process, held(one):
        folder.write_status(one, folder.Status("running", process.pid, step=25, per_epoch=10))
        assert post(b'{"do": "kill"}')[0] == 204
        assert process.wait(PATIENCE) == -signal.SIGKILL
    card = read_training(one)
    assert card.state == "interrupted"
    assert card.sentence.startswith("It was killed from the page")
    assert post(b'{"do": "resume"}')[0] == 204
    assert read_training(one).state == "waiting"


def test_a_public_app_trains_nothing(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    assert ask("GET", "/vx/trainings/one/now")[0] == 403
    assert ask("GET", f"/vx/trainings/one/{trainings.test_url('mnist')}")[0] == 404
    assert post(PAUSE)[0] == 403
    assert folder.requests(one) == []
