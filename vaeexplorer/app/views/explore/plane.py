"""Data sent to the latent plane (`browser/plane/latent_plane.js`), and the state that it returns."""

import base64

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.app import address, caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.explore import regions
from vaeexplorer.browser import links
from vaeexplorer.errors import UserError
from vaeexplorer.results.regions import can_have
from vaeexplorer.spaces.space import Space

FEWEST = 50  # images of which UMAP makes anything

_latent_plane = component("latent_plane", "plane", "plane/latent_plane.css", "plane/now.css")


def latent_plane(space: Space) -> None:
    """Show the plane as the address has it."""
    _plane(space)


@st.fragment
def _plane(space: Space) -> None:
    """Only this reruns when z was moved."""
    known, link, measure = assets.described(space), address.link(links.PLANE), None
    if space.dimensions > 2 and len(space.data) > FEWEST:
        known["umap"] = _umap(space) if link.get("plane") == "UMAP" else None
    if can_have(space):
        known["regions"], measure = regions.url(space, is_chosen=link.get("behind", "images") != "images")
    if space.dimensions > 2 and (measured := caches.instruments(space)) is not None:
        known["effects"] = measured.effects
    _latent_plane(
        data={
            "space": known,
            "of": space.key,
            "keys": links.table(links.PLANE),
            "link": link,
            "moves": address.moves(),
        },
        key=state.LATENT_PLANE,
        on_link_change=lambda: address.keep_link(links.PLANE, state.LATENT_PLANE),
    )
    if measure is not None:
        measure()


def _umap(space: Space) -> str | None:
    """The UMAP layout as text, or None and a button while there is none."""
    try:
        points = caches.stored_umap(space)
        place = st.empty()
        if points is None and is_public():
            st.caption("No UMAP layout of this run was stored, and here none is computed.")
        elif points is None and place.button("Compute UMAP (about a minute, once)", key=state.UMAP_BUTTON):
            points = _compute_umap(space, place)
    except UserError as error:
        st.error(literal(error))
        return None
    return None if points is None else base64.b64encode(points.astype("<f4").tobytes()).decode()


def _compute_umap(space: Space, place: DeltaGenerator) -> np.ndarray | None:
    place.progress(0.0, text="UMAP: finding neighbours")

    def show(share: float) -> None:
        place.progress(share, text=f"UMAP: laying out, {100 * share:.0f} %")

    caches.compute_umap(space, show)
    place.empty()
    return caches.stored_umap(space)
