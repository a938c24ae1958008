"""From x to x': an image, its posterior, a draw from it, and what comes out."""

import streamlit as st

from vaeexplorer.browser import bundle
from vaeexplorer.data.datasets import DataError
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.runs.folder import RunError, plain_partner
from vaeexplorer.ui import assets, controls, loading, prose, state
from vaeexplorer.ui.loading import Space

_from_x = st.components.v2.component(
    "from_x", js=bundle.script("entries/from_x.js"), css=bundle.style("from_x/from_x.css"), isolate_styles=True
)


def autoencoder_beside(space: Space) -> dict[str, str] | None:
    """Name and network of the autoencoder that was trained like this VAE, or None."""
    card = None if space.is_own else plain_partner(space.run, controls.cards(space.data.name))
    if card is None:
        return None
    try:
        return {"name": card.name, "url": assets.urls(loading.space(card), encoder=True)["network"]}
    except (RunError, DataError):
        return None


@st.fragment
def walk(space: Space) -> None:
    """Only this reruns when another image or other noise was chosen."""
    known = {
        "name": space.name,
        "classes": list(space.data.class_names),
        "colors": list(CLASS_COLORS),
        "urls": assets.urls(space, encoder=True),
        "plain": autoencoder_beside(space),
    }
    chosen = state.current_walk()
    _from_x(
        data={"space": known, "walk": chosen},
        key=state.FROM_X,
        default={"walk": chosen},
        on_walk_change=lambda: state.keep_walk(st.session_state[state.FROM_X]["walk"] or {}),
    )


prose.heading(prose.FROM_X)
space = controls.chosen_space()
walk(space)
prose.notes(prose.FROM_X)
controls.data_source(space)
