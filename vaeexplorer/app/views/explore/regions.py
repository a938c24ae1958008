"""A classifier's answers over the plane of Explore: their address, or a button that makes them."""

import base64
import json

import numpy as np
import streamlit as st

from vaeexplorer.app import caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError
from vaeexplorer.results import regions
from vaeexplorer.results.regions import Regions
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.folder import RunError
from vaeexplorer.spaces.space import Space

SPREAD = (0.01, 0.99)  # of distances, between the ends of the colours


def url(space: Space, *, is_chosen: bool) -> str | None:
    """Where the page finds the maps of a space that can have them; None, and a button where one is chosen, without."""
    made = _packed(space.key, space)
    place = st.empty()
    if not made and is_chosen and is_public():
        st.caption("No classifier was put to this plane, and here none is.")
    elif not made and is_chosen and place.button("Put the classifier to this plane (half a minute)", key=state.REGIONS):
        bar = place.progress(0.0, text="Preparing")

        def show(share: float, doing: str) -> None:
            bar.progress(share, text=doing[0].upper() + doing[1:])

        try:
            found = regions.measure(space, caches.training_images(str(space.dataset)), show)
            made.append(packed(found))
            if space.run is not None:
                store(space.run, found)
        except (UserError, RunError) as error:
            st.error(literal(error))
        place.empty()
    return assets.kept_url(made[0]) if made else None


@st.cache_resource(max_entries=16, show_spinner=False)
def _packed(key: str, _space: Space) -> list[assets.Asset]:
    """What a page fetches, or an empty list while there is nothing; `url` fills it."""
    found = stored(_space.run, Regions) if _space.run else None
    return [] if found is None else [packed(found)]


def packed(found: Regions) -> assets.Asset:
    """As `browser/draw/regions.js` reads it."""
    low, high = (float(end) for end in np.quantile(found.distance, SPREAD))
    shares = np.clip((found.distance - low) / max(high - low, 1e-9), 0, 1)
    rows, columns = found.label.shape
    document = {
        **{"rows": rows, "columns": columns, "x": found.x, "y": found.y},
        **{"label": _text(found.label), "confidence": _text(255 * found.confidence), "distance": _text(255 * shares)},
        **{"low": low, "high": high, "far": found.far},
    }
    return assets.figure(json.dumps(document, separators=(",", ":")).encode())


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.round(values).astype(np.uint8).tobytes()).decode()
