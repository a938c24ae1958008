"""The one owner of session keys and URL parameters.

Widgets that name one of the keys below with `bind="query-params"` keep their value in the URL under that name, and
drop a value from the URL that is none of their options. The latent point is no widget: it is kept here, per session,
and as `?z=0.62,-1.05` in the URL.
"""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st

DATASET = "dataset"
RUN = "run"
COLOR = "color"
PLANE = "plane"
ACROSS = "across"
UP = "up"
VIEW = "view"
COMPARED = "runs"
LOG = "log"

IMAGE = "image"
SCATTER = "scatter"
GRID = "grid"
MANIFOLD = "manifold"
CLASS_MEAN = "class_mean"
UMAP_BUTTON = "umap"

_Z = "z"
_LONGEST_URL = 64  # dimensions; a longer z is not put in the address


def slider(dimension: int) -> str:
    """The key of the slider of a latent dimension, from 0."""
    return f"slider-{dimension}"


def current_z(run: str, dimensions: int, default: Callable[[], np.ndarray]) -> np.ndarray:
    """The chosen point of a run's latent space, float32 [D]: this session's, else the URL's, else the default."""
    kept = st.session_state.get(_Z)
    if kept is None:
        z = parse_z(st.query_params.get(_Z, ""), dimensions)
    else:
        z = np.array(kept[1], dtype=np.float32) if kept[0] == run and len(kept[1]) == dimensions else None
    if z is None:
        z = default()
    keep_z(run, z)
    return z


def keep_z(run: str, z: np.ndarray) -> None:
    """Make z, [D], the chosen point of the run, here and in the URL."""
    st.session_state[_Z] = (run, tuple(float(value) for value in z))
    text = ",".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in z) if len(z) <= _LONGEST_URL else ""
    if st.query_params.get(_Z, "") != text:
        st.query_params[_Z] = text


def parse_z(text: str, dimensions: int) -> np.ndarray | None:
    """Numbers of a URL, or None where they are not a point of this space."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(values) != dimensions or not all(math.isfinite(value) and abs(value) < 1e4 for value in values):
        return None
    return np.array(values, dtype=np.float32)
