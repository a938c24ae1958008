"""From x to x': an image, its posterior, a draw from it, and what comes out."""

import streamlit as st

from vaeexplorer.app import address, caches, sidebar, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.views.from_x import words
from vaeexplorer.app.words import heading, notes, say_if_correlated
from vaeexplorer.browser import links
from vaeexplorer.data.images import DataError
from vaeexplorer.runs.folder import RunError
from vaeexplorer.runs.partners import partner
from vaeexplorer.spaces.space import Space

_from_x = component("from_x", "from_x", "from_x/from_x.css", "posterior/posterior.css")


def autoencoder_beside(space: Space) -> dict[str, str] | None:
    """Name and network of the autoencoder that was trained like this VAE, or None."""
    card = partner(space.run, sidebar.cards(space.image_set)) if space.run and space.has_prior else None
    if card is None:
        return None
    try:
        return {"name": card.name, "url": assets.urls(caches.space(card), encoder=True)["network"]}
    except (RunError, DataError):
        return None


@st.fragment
def walk(space: Space) -> None:
    """Only this reruns when another image or other noise was chosen."""
    known = assets.described(space, encoder=True) | {"plain": autoencoder_beside(space)}
    _from_x(
        data={
            "space": known,
            "of": space.key,
            "keys": links.table(links.WALK),
            "link": address.link(links.WALK),
            "moves": address.moves(),
        },
        key=state.FROM_X,
        on_link_change=lambda: address.keep_link(links.WALK, state.FROM_X),
    )


heading(words.PAGE)
space = sidebar.chosen_space()
say_if_correlated(space)
with st.container(key="walk-vae" if space.has_prior else "walk-ae"):
    walk(space)
notes(words.PAGE)
sidebar.data_source(space)
