"""The sidebar that all pages share: dataset, run, and where to go."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from vaeexplorer.data import DataError
from vaeexplorer.runs import RunCard, RunError
from vaeexplorer.ui import loading, state
from vaeexplorer.ui.loading import Space

DATASETS = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}


def sidebar(sections: Mapping[str, Sequence[Any]]) -> None:
    """Brand, run picker and page links."""
    with st.sidebar:
        st.html('<div class="vx-brand">vaeexplorer</div>')
        _pick_run()
        for section, pages in sections.items():
            st.html(f'<div class="vx-section">{escape(section)}</div>')
            for page in pages:
                st.page_link(page, width="stretch")


def cards(dataset: str | None = None) -> list[RunCard]:
    """The runs that can be chosen, of one dataset or of all; shipped runs first."""
    return [card for card in loading.run_cards()[0] if dataset in (None, card.config.data.dataset)]


def chosen_card() -> RunCard:
    """The run chosen in the sidebar; without any, the page ends with a sentence."""
    for card in cards():
        if card.name == st.session_state.get(state.RUN):
            return card
    dataset = st.session_state.get(state.DATASET) or "mnist"
    st.info(f"There is no run of this dataset yet. Train one: `python -m vaeexplorer train --dataset {dataset}`")
    st.stop()


def chosen_space() -> Space:
    """The latent space of the chosen run; where it cannot be read, the page ends with a sentence that says why."""
    try:
        return loading.space(chosen_card())
    except (RunError, DataError) as error:
        st.error(str(error))
        st.stop()


def _pick_run() -> None:
    if state.DATASET not in st.query_params and state.DATASET not in st.session_state:
        # An address that names a run alone means that run's dataset.
        linked = st.query_params.get(state.RUN)
        found = [card.config.data.dataset for card in cards() if card.name == linked]
        st.session_state[state.DATASET] = found[0] if found else next(iter(DATASETS))
    dataset = st.selectbox(
        "Dataset", DATASETS, format_func=DATASETS.__getitem__, key=state.DATASET, bind="query-params"
    )
    names = [card.name for card in cards(dataset)]
    if st.session_state.get(state.RUN) not in names:
        st.session_state.pop(state.RUN, None)
    st.selectbox(
        "Run",
        names,
        index=_first_choice(cards(dataset)),
        key=state.RUN,
        bind="query-params",
        placeholder="no run of this dataset",
        disabled=not names,
    )
    for error in loading.run_cards()[1]:
        st.warning(str(error))


def _first_choice(candidates: Sequence[RunCard]) -> int:
    """A space that can be seen whole: the first VAE of two dimensions, or else the first run."""
    for index, card in enumerate(candidates):
        if (card.config.model.model, card.config.model.latent_dim) == ("vae", 2):
            return index
    return 0


def data_source(space: Space) -> None:
    """Say where the images came from: the full set, or the shipped sample."""
    st.sidebar.caption(f"Images: {space.data.source}")
