"""From x to x': an image, its posterior, a draw from it, and what comes out."""

import dataclasses

import streamlit as st

from vaeexplorer.browser import bundle
from vaeexplorer.data import DataError
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.runs import RunError
from vaeexplorer.ui import assets, controls, loading, prose, state
from vaeexplorer.ui.loading import Space

_from_x = st.components.v2.component(
    "from_x", js=bundle.script("from_x_streamlit.js"), css=bundle.style("from_x.css"), isolate_styles=True
)


def plain_partner(space: Space) -> dict[str, str] | None:
    """The autoencoder that shares network, seed and reconstruction term with a VAE, or None."""
    if space.is_own or not space.has_prior:
        return None
    config = space.run.config
    wanted = dataclasses.replace(config, model=dataclasses.replace(config.model, model="ae"))
    for card in controls.cards(config.data.dataset):
        if card.config == wanted:
            try:
                return {"name": card.name, "url": assets.urls(loading.space(card), encoder=True)["network"]}
            except (RunError, DataError):
                return None
    return None


@st.fragment
def walk(space: Space) -> None:
    """Only this reruns when another image was chosen."""
    known = {
        "name": space.name,
        "classes": list(space.data.class_names),
        "colors": list(CLASS_COLORS),
        "urls": assets.urls(space, encoder=True),
        "plain": plain_partner(space),
    }
    image = state.current_image(len(space.data))
    _from_x(
        data={"space": known, "image": image},
        key=state.FROM_X,
        default={"image": image},
        on_image_change=lambda: state.keep_image(st.session_state[state.FROM_X]["image"]),
    )


prose.heading(prose.FROM_X)
space = controls.chosen_space()
walk(space)
prose.notes(prose.FROM_X)
controls.data_source(space)
