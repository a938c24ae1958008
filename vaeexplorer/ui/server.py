"""What the server does once, before and besides the pages."""

import gc
import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vaeexplorer.ui import remote

# In the order in which a first visit needs them.
HEAVY = ("vaeexplorer.runs", "vaeexplorer.inference", "plotly.graph_objects", "pandas", "scipy.special")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Begin to import what the pages need while the first browser still fetches Streamlit's own files."""
    Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield {}


def warm_up() -> None:
    """Import the heavy modules, bound torch's threads, and take all that was loaded out of garbage collection.

    Streamlit runs a full collection after every rerun; with torch's objects in it, that holds every visitor up for
    about 100 ms.
    """
    for module in HEAVY:
        importlib.import_module(module)
    from vaeexplorer.inference import set_threads

    # Decoding a few images does not gain from more, and many visitors share the cores.
    set_threads(min(4, max(1, (os.cpu_count() or 1) // 2)))
    gc.collect()
    gc.freeze()


def asset(request: Request) -> Response:
    """Weights, codes and images, for the browser to keep. Runs in a thread: packing never holds other visitors up."""
    from vaeexplorer.ui import assets

    found = assets.find(request.path_params["owner"], request.path_params["file"])
    if found is None:
        return PlainTextResponse("There is no such file, or no longer.", 404, {"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Encoding": "identity",  # else the server would compress it anew for every visitor, to no gain
    }
    return Response(found.data, media_type=found.media_type, headers=headers)


# A page asks relative to its own address, which may lie below a base path.
ROUTES = [
    route
    for owner in ("/vx/{owner}", "/{base:path}/vx/{owner}")
    for route in (Route(f"{owner}/{{file}}", asset), *remote.routes(owner))
]
