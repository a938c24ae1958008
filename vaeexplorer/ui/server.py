"""What the server does once, before and besides the pages."""

import gc
import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import streamlit as st

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
