"""A classifier's answers over the plane of Explore: their address, or a button that makes them."""

from collections.abc import Callable
from functools import partial
from threading import Lock

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.app import caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError
from vaeexplorer.export.behind.regions import packed_regions
from vaeexplorer.results import regions
from vaeexplorer.results.regions import Regions
from vaeexplorer.results.stored import store, stored
from vaeexplorer.spaces.space import Space

_lock = Lock()


def url(space: Space, *, is_chosen: bool) -> tuple[str | None, Callable[[], None] | None]:
    """Where the page finds the maps of a space that can have them, or None, and a button where one is chosen, without.

    Returns:
        The address, and where the button was pressed what makes the maps: it is called when the plane is there, which
        does not fade meanwhile.
    """
    made = _packed(space.key, space)
    place = st.empty()
    if not made and is_chosen and is_public():
        st.caption("No classifier was put to this plane, and here none is.")
    elif not made and is_chosen and place.button("Put the classifier to this plane (half a minute)", key=state.REGIONS):
        return None, partial(_measure, space, place)
    return (assets.kept_url(made[0]) if made else None), None


def _measure(space: Space, place: DeltaGenerator) -> None:
    """Measure, store, and run the page again; one visitor at a time."""
    bar = place.progress(0.0, text="Preparing")

    def show(share: float, doing: str) -> None:
        bar.progress(share, text=doing[0].upper() + doing[1:])

    try:
        with _lock:
            made = _packed(space.key, space)
            if not made:
                found = regions.measure(space, caches.training_images(str(space.dataset)), show)
                made.append(assets.figure(packed_regions(found)))
                if space.run is not None:
                    store(space.run, found)
    except UserError as error:
        place.error(literal(error))
        return
    st.rerun()


@st.cache_resource(max_entries=16, show_spinner=False)
def _packed(key: str, _space: Space) -> list[assets.Asset]:
    """What a page fetches, or an empty list while there is nothing; `_measure` fills it."""
    found = stored(_space.run, Regions) if _space.run else None
    return [] if found is None else [assets.figure(packed_regions(found))]
