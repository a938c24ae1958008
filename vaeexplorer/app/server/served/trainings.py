"""What a page asks of a training on this server: how it stands, its moments as bytes, and to pause, stop or steer it.

`GET vx/trainings/NAME/now?after=STEP` says how it stands, with the points of its curves after a step; the files that it
names are at `vx/trainings/NAME/FILE`, for the browser to keep. `POST vx/trainings/NAME/ask` takes a JSON document,
{"do": "pause" | "resume" | "stop" | "kill"} or {"do": "steer", "name": "beta" | "rate", "value": 8}, from pages of this
app, which have its token. `browser/learning/remote.js` asks.
"""

import json
import math
import re
import secrets
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from vaeexplorer.app import caches
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server.remote import RefusedError, check_origin, read_body, refusal
from vaeexplorer.errors import UserError
from vaeexplorer.export.training import pack_test
from vaeexplorer.files import content_hash, read_file
from vaeexplorer.trainings import folder, queue
from vaeexplorer.trainings.listing import RESUMABLE, TrainingCard, read_training

TOKEN = secrets.token_urlsafe(32)
"""which pages of this app know and those of other sites do not; visitors are not kept from each other by it"""
HEADER = "x-vaeexplorer-token"
_MOST_MOMENT = 200_000_000  # bytes
_FILE = re.compile(r"(moment|test)-[0-9a-f]{16}\.bin")
_NEVER, _FOR_EVER = {"Cache-Control": "no-store"}, {"Cache-Control": "private, max-age=86400, immutable"}


def address(name: str) -> str:
    """Below which a page finds a training."""
    return f"vx/trainings/{name}/"


def test_url(dataset: str) -> str:
    """The file of the test images that are shown, below the address of a training on them.

    Raises:
        DataError: they cannot be had.
    """
    return f"test-{content_hash(_test(dataset))}.bin"


@st.cache_resource(max_entries=4, show_spinner=False)
def _test(dataset: str) -> bytes:
    return pack_test(caches.test_images(dataset))


def now(asked: Request) -> Response:
    """How a training stands."""
    if is_public():
        return refusal(403, "This app trains nothing.")
    try:
        card = read_training(folder.path_of(asked.path_params["name"]))
        after = int(asked.query_params.get("after", "-1"))
    except UserError as error:
        return refusal(404, str(error))
    except ValueError:
        return refusal(400, "after must be a step.")
    headers = _NEVER | {"Content-Encoding": "identity"}
    return JSONResponse(described(card, after), headers=headers)


def described(card: TrainingCard, after: int = -1) -> dict[str, Any]:
    """How a training stands, as plain values, with the points of its curves after a step."""
    status = card.status or folder.Status("running", 0)
    left = status.epochs * status.per_epoch - status.step
    speed = status.images_per_second
    return {
        "state": card.state,
        "isResumable": card.state in RESUMABLE,
        "sentence": card.sentence,
        "step": status.step,
        "epochs": status.epochs or card.config.train.epochs,
        "perEpoch": status.per_epoch,
        "images": status.images,
        "beta": status.beta if card.status else card.config.objective.beta,
        "rate": status.rate if card.status else card.config.train.learning_rate,
        "imagesPerSecond": speed,
        "secondsLeft": left * card.config.train.batch_size / speed if speed else None,
        "moment": status.moment or None,
        "kept": status.kept,
        "events": [{"step": each.step, "name": each.name, "value": each.value} for each in card.events],
        "points": folder.points(card.path, after),
    }


def file(request: Request) -> Response:
    """Bytes of a training, at an address that holds their hash."""
    name = request.path_params["file"]
    try:
        if is_public() or not (kind := _FILE.fullmatch(name)):
            raise FileNotFoundError
        path = folder.path_of(request.path_params["name"])
        if kind[1] == "test":
            dataset = read_training(path).config.data.dataset
            if name != test_url(dataset):
                raise FileNotFoundError
            content = _test(dataset)
        else:
            content = read_file(path / name, _MOST_MOMENT)
    except (OSError, UserError):
        return PlainTextResponse("There is no such file, or no longer.", 404, _NEVER)
    headers = _FOR_EVER | {"Content-Encoding": "identity"}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def ask(request: Request) -> Response:
    """Have a training pause, resume, stop, end, or turn a dial."""
    try:
        if is_public():
            raise RefusedError(403, "This app trains nothing.")
        check_origin(request)
        if not secrets.compare_digest(request.headers.get(HEADER, "").encode(), TOKEN.encode()):
            raise RefusedError(403, "The page is of another start of this app: reload it.")
        what = _request(await read_body(request, 1))
        await run_in_threadpool(_do, request.path_params["name"], what)
    except ClientDisconnect:
        return refusal(400, "The body did not arrive.")
    except RefusedError as refused:
        return refusal(refused.status, str(refused))
    except UserError as error:
        return refusal(409, str(error))
    return Response(status_code=204, headers=_NEVER)


def _request(body: bytes) -> dict[str, Any]:
    try:
        what = json.loads(body)
    except ValueError:
        what = None
    match what:
        case {"do": ("pause" | "resume" | "stop" | "kill") as do, **rest} if not rest:
            return {"do": do}
        case {"do": "steer", "name": ("beta" | "rate") as name, "value": int() | float() as value, **rest} if (
            not rest and not isinstance(value, bool) and math.isfinite(value) and value >= 0
        ):
            return {"do": "steer", "name": name, "value": value}
    raise RefusedError(400, "The body must say what to do: pause, resume, stop, kill, or steer with name and value.")


def _do(name: str, what: dict[str, Any]) -> None:
    is_resting = what["do"] == "resume" and read_training(folder.path_of(name)).state in RESUMABLE
    if what["do"] == "kill":
        queue.kill(name)
    elif is_resting:
        queue.resume(name)
    else:
        queue.ask(name, what)
