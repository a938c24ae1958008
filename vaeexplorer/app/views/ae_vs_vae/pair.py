"""Data sent to latent planes side by side (`browser/pair/pair.js`), and answers to what they ask."""

import base64
import json
import math
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import streamlit as st

from vaeexplorer.analysis.smoothness import paths
from vaeexplorer.analysis.smoothness.fields import FieldKind, Window
from vaeexplorer.app import address, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.views.ae_vs_vae import comparison
from vaeexplorer.arrays import channels_first
from vaeexplorer.browser import links
from vaeexplorer.export.behind.fields import Measured, measured, on_one_scale
from vaeexplorer.figures.theme import classes
from vaeexplorer.files import content_hash
from vaeexplorer.spaces.space import Space

STEPS = 15  # images of a way, as in pair/way.js
_LONGEST = 20_000  # characters of a request

_planes = component("pair", "pair", "style/legend.css", "pair/pair.css")


@st.fragment
def planes(spaces: Sequence[Space]) -> None:
    """Only this reruns when another pair was chosen or a field is asked for."""
    told = st.session_state.get(state.PLANES) or {}
    keys = [space.key for space in spaces]
    asked = told.get("ask") if state.field_asked_of() == keys else None
    data: dict[str, Any] = {
        **classes(spaces[0].data.class_names),
        "spaces": [assets.described(space) for space in spaces],
        "count": len(spaces[0].data),
        "start": comparison.start(spaces[0], spaces[1]),
        "fields": answer(spaces, asked),
        "ways": ways(spaces, asked),
        "of": ", ".join(keys),
        "keys": links.table(links.PAIR),
        "link": address.link(links.PAIR),
        "moves": address.moves(),
    }
    _planes(
        data=data,
        key=state.PLANES,
        default={"ask": ""},
        on_link_change=lambda: address.keep_link(links.PAIR, state.PLANES),
        on_ask_change=lambda: state.ask_field_of(keys),
    )


def ways(spaces: Sequence[Space], asked: object) -> dict[str, Any] | None:
    """How far the images between two test images are from their nearest training images, and which these are.

    Args:
        spaces: in which straight ways lead from A to B.
        asked: what the planes ask for.

    Returns:
        None if the request is malformed.
    """
    try:
        if not isinstance(asked, str) or len(asked) > _LONGEST:
            return None
        request = json.loads(asked)
        found = _pair(request["pair"], len(spaces[0].data))
    except (ValueError, KeyError, TypeError):
        return None
    return found and {"pair": list(found), "of": [_way(space.key, *found, space) for space in spaces]}


def _pair(given: object, count: int) -> tuple[int, int] | None:
    """Two numbers of test images; None where it is no such thing."""
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) is int for each in given):
        return None
    a, b = given
    return (a, b) if min(a, b) >= 0 and max(a, b) < count else None


@st.cache_resource(max_entries=256, show_spinner=False)
def _way(key: str, a: int, b: int, _space: Space) -> dict[str, Any]:
    """Along the way: distances to the nearest training images, their pixels, and what reconstructions have."""
    z = paths.straight(_space.codes[[a]], _space.codes[[b]], STEPS - 1)[0]
    nearest = comparison.nearest(_space)
    which, far = nearest.find(_space.decode(z))
    images = nearest.images[which]
    pixels = images if images.dtype == np.uint8 else np.round(255 * images).astype(np.uint8)
    return {
        "distances": [round(float(each), 2) for each in far],
        "nearest": base64.b64encode(channels_first(pixels.reshape(-1, *_space.data.shape)).tobytes()).decode(),
        "usual": round(comparison.reconstructed(_space), 2),
    }


def answer(spaces: Sequence[Space], asked: object) -> dict[str, Any] | None:
    """The fields that the planes ask for, on one scale; None if the request is malformed."""
    try:
        if not isinstance(asked, str) or len(asked) > _LONGEST:
            return None
        request = json.loads(asked)
        kind, given = request["kind"], request["windows"]
        if kind not in get_args(FieldKind) or len(given) != len(spaces):
            return None
        windows = [each and _window(each, space.dimensions) for each, space in zip(given, spaces, strict=True)]
    except (ValueError, KeyError, TypeError):
        return None
    found = [
        _field(space.key, kind, _window_key(window), space, window) if window else None
        for space, window in zip(spaces, windows, strict=True)
    ]
    return {"asked": asked, **on_one_scale(kind, windows, found, comparison.nearest(spaces[0]).count)}


def _window(given: Any, dim: int) -> Window:
    """The window that a plane asks about.

    Raises:
        ValueError, KeyError, TypeError: it is no window.
    """
    arrays = [np.array(given[name], np.float64) for name in ("origin", "across", "up")]
    x, y = ((float(given[name][0]), float(given[name][1])) for name in ("x", "y"))
    finite = all(np.isfinite(array).all() for array in arrays) and all(map(math.isfinite, (*x, *y)))
    if any(array.shape != (dim,) for array in arrays) or not finite or x[0] >= x[1] or y[0] >= y[1]:
        raise ValueError("That is no window.")
    return Window(arrays[0], arrays[1], arrays[2], x, y)


def _window_key(window: Window) -> str:
    numbers = np.concatenate([window.origin, window.across, window.up, window.x, window.y])
    return content_hash(numbers.tobytes())


@st.cache_resource(max_entries=16, show_spinner=False)
def _field(key: str, kind: FieldKind, window: str, _space: Space, _window: Window) -> Measured:
    """A field and the ellipses over it, as they are measured once for a window."""
    return measured(kind, comparison.measured(_space), _window, comparison.nearest(_space))
