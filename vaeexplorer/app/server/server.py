"""What the server does once, before and besides the pages."""

import gc
import importlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event, Thread
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import beside, frontend
from vaeexplorer.app.server.hosts import allowed_hosts
from vaeexplorer.app.server.limits import limits
from vaeexplorer.data.images import check_dataset
from vaeexplorer.trainings import dispatch
from vaeexplorer.trainings.listing import list_trainings

FIRST = (
    "vaeexplorer.app.sidebar",
    "vaeexplorer.app.views.explore.plane",
    "vaeexplorer.export.tables",
    "vaeexplorer.app.server.remote",
)  # what the first page needs
HEAVY = (
    "vaeexplorer.network.inference",
    "plotly.graph_objects",
    "pandas",
    "scipy.special",
    "scipy.linalg",
    "scipy.optimize",
)  # what others need
UNVISITED = 20.0  # seconds after which nobody seems to come
REST = 3.0  # seconds without a page being opened

_is_served = Event()  # the first page
_last_served = 0.0


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what the pages need while the first browser still fetches Streamlit's own files."""
    Thread(target=prepare, name="warm-up", daemon=True).start()
    Thread(target=_prepare_lectures, name="lecture", daemon=True).start()
    if not is_public() and list_trainings():
        dispatch.wake()
    yield {}
    dispatch.rest()
    beside.stop()


def prepare() -> None:
    """What the first page needs at once; the rest, torch above all, when that page is drawn and no other is opened.

    Importing torch takes two seconds of a core, which server and browser share where they are one machine.
    """
    for module in FIRST:
        importlib.import_module(module)
    from vaeexplorer.app import sidebar
    from vaeexplorer.app.server import assets

    with suppress(ValueError, OSError):  # the page will say what is wrong
        if likely := sidebar.first_choice(sidebar.cards(next(iter(sidebar.DATASETS)))):
            assets.prepare(likely)
    at_once = is_public() or os.environ.get("VAEEXPLORER_READY") == "1"
    if not at_once:
        _is_served.wait(UNVISITED)
        while (wait := _last_served + REST - time.monotonic()) > 0:
            time.sleep(wait)
    warm_up()
    if at_once:
        importlib.import_module("vaeexplorer.app.ready").make_ready()
    else:
        for dataset in sidebar.DATASETS:
            with suppress(ValueError, OSError):
                assets.pack_every(check_dataset(dataset))


def _prepare_lectures() -> None:
    """What the scenes of a lecture show, once one is opened."""
    importlib.import_module("vaeexplorer.app.lecture.ahead").work()


def warm_up() -> None:
    """Have Streamlit's files at hand, import the heavy modules, bound torch's threads, and freeze what was loaded.

    Streamlit's own full collection after every rerun is off (`runner.postScriptGC`): with torch's objects in it, it
    held every visitor up for about 100 ms. Python collects the young objects of each rerun, and all of them whenever
    a quarter more have grown old; what is frozen here it need not look at.
    """
    frontend.compress()
    for module in HEAVY:
        importlib.import_module(module)
    from vaeexplorer.network.inference import set_threads

    # Decoding a few images does not gain from more, and many visitors share the cores.
    set_threads(min(4, max(1, (os.cpu_count() or 1) // 2)))
    beside.start()
    gc.collect()
    gc.freeze()


def asset(request: Request) -> Response:
    """What pages fetch, for the browser to keep. Runs in a thread: packing never holds other visitors up."""
    global _last_served  # noqa: PLW0603
    from vaeexplorer.app.server import assets
    from vaeexplorer.app.server.served import own_images

    owner, file = request.path_params["owner"], request.path_params["file"]
    found = assets.find(owner, file) or own_images.find(owner, file)
    if found is None:
        return PlainTextResponse("There is no such file, or no longer.", 404, {"Cache-Control": "no-store"})
    data, encoding = found.data, "identity"  # named, or the server would compress it anew for every visitor
    if found.gzipped and "gzip" in request.headers.get("Accept-Encoding", ""):
        data, encoding = found.gzipped, "gzip"
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Encoding": encoding,
        "Vary": "Accept-Encoding",
    }
    _last_served = time.monotonic()
    if found.media_type == "image/png":  # what a page asks for last
        _is_served.set()
    return Response(data, media_type=found.media_type, headers=headers)


async def decode(request: Request) -> Response:
    """Latent points to images, by a model of one's own."""
    from vaeexplorer.app.server import remote

    return await remote.decode(request)


async def encode(request: Request) -> Response:
    """Images to the means and log variances of their posteriors, by a model of one's own."""
    from vaeexplorer.app.server import remote

    return await remote.encode(request)


def middleware() -> list[Middleware]:
    """What a request passes before it reaches Streamlit, or a route of ours."""
    return [*allowed_hosts(), *limits(), Middleware(frontend.FrontendMiddleware)]


async def ask_training(request: Request) -> Response:
    """Have a training on this server pause, resume, stop, or turn a dial."""
    from vaeexplorer.app.server.served import trainings

    return await trainings.ask(request)


def see_training(request: Request) -> Response:
    """How a training on this server stands, or bytes of it."""
    from vaeexplorer.app.server.served import trainings

    return (trainings.now if request.path_params["file"] == "now" else trainings.file)(request)


# A page asks relative to its own address, which may lie below a base path.
ROUTES = [
    route
    for base in ("", "/{base:path}")
    for route in (
        Route(f"{base}/vx/trainings/{{name}}/ask", ask_training, methods=["POST"]),
        Route(f"{base}/vx/trainings/{{name}}/{{file}}", see_training),
        Route(f"{base}/vx/{{owner}}/{{file}}", asset),
        Route(f"{base}/vx/{{owner}}/decode", decode, methods=["POST"]),
        Route(f"{base}/vx/{{owner}}/encode", encode, methods=["POST"]),
    )
]
