"""Turn beta: the same network under twelve weights of the KL term."""

import streamlit as st

from vaeexplorer.app import address, caches, sidebar, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.beta import words
from vaeexplorer.app.words import heading, notes
from vaeexplorer.browser import links
from vaeexplorer.data.images import DataError
from vaeexplorer.export.tables import to_csv
from vaeexplorer.figures.theme import classes
from vaeexplorer.results.sweep import SweepError, figures
from vaeexplorer.runs.folder import RunError

_beta_dial = component("beta_dial", "beta", "style/legend.css", "beta/beta.css")


@st.fragment
def dial(dataset: str, url: str) -> None:
    """Only this reruns when beta was moved."""
    _beta_dial(
        data={
            "url": url,
            "sprite": assets.sprite_url(caches.test_images(dataset)),
            **classes(caches.test_images(dataset).class_names),
            "of": url,
            "keys": links.table(state.DIAL),
            "link": address.link(state.DIAL),
            "moves": address.moves(),
        },
        key=state.BETA_DIAL,
        on_link_change=lambda: address.keep_link(state.DIAL, state.BETA_DIAL),
    )


dataset = st.session_state.get(state.DATASET.name) or "mnist"
if dataset not in sidebar.DATASETS:
    raise RunError("Turn β shows models that are shipped: choose MNIST or Fashion-MNIST at the left.")
chosen = address.choose(state.DIMENSIONS)
left, right = st.columns([4, 1], vertical_alignment="bottom")
with left:
    heading(words.PAGE)
right.segmented_control(
    "Latent dimensions",
    state.DIMENSIONS.options,
    required=True,
    key=state.DIMENSIONS.name,
    persist_state="session",
)
address.settle()
try:
    points, _ = caches.sweep(dataset, chosen)
    dial(dataset, assets.sweep_url(dataset, chosen))
except (SweepError, DataError) as error:
    st.error(literal(error))
    st.stop()
notes(words.PAGE)
st.download_button(
    "Download the figures (CSV)",
    lambda: to_csv([figures(point) for point in points]),
    f"{dataset}-{chosen}d-over-beta.csv",
    "text/csv",
    on_click="ignore",
)
