"""The sidebar that all pages share: dataset, run, and where to go."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from vaeexplorer.app import address, caches, present, state
from vaeexplorer.app.text import literal
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import title
from vaeexplorer.data.images import DataError
from vaeexplorer.runs.folder import Run, RunCard, RunError
from vaeexplorer.spaces.space import Space

DATASETS = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}
MOST_ERRORS = 2  # of folders that are no runs, which are said on every page
OWN = "own"  # in place of a dataset: models of one's own, which bring their images


def sidebar(sections: Mapping[str, Sequence[Any]], has_run: bool) -> None:
    """Brand, what is chosen on all pages, and page links; the run only where the page is about it."""
    with st.sidebar:
        st.html('<div class="vx-brand">vaeexplorer</div>')
        _pick_run(has_run)
        for section, pages in sections.items():
            st.html(Markup('<div class="vx-section">{}</div>').format(section))
            for page in pages:
                st.page_link(page, width="stretch", query_params=address.query(page.url_path))
        present.offer()


def cards(dataset: str | None = None) -> list[RunCard]:
    """The runs that can be chosen, of one dataset or of all; shipped runs first."""
    return [card for card in caches.run_cards()[0] if dataset in (None, card.config.data.dataset)]


def chosen_name() -> str | None:
    """Of the run or model that is chosen, if there is any."""
    name: str | None = st.session_state.get(state.RUN.name)
    return name


def chosen_card() -> RunCard:
    """The run chosen in the sidebar; without any, the page ends with a sentence.

    Raises:
        RunError: a model of one's own is chosen; the router shows the message.
    """
    if own := _chosen_own():
        return needed_run(own)
    for card in cards():
        if card.name == st.session_state.get(state.RUN.name):
            return card
    dataset = st.session_state.get(state.DATASET.name) or "mnist"
    st.info(f"There is no run of this dataset yet. Train one: `python -m vaeexplorer train --dataset {dataset}`")
    st.stop()


def needed_run(space: Space) -> Run:
    """The run of a space, for what takes a run.

    Raises:
        RunError: it is a model of one's own, which has neither configuration nor history; the router shows the message.
    """
    if space.run is None:
        raise RunError(f"{space.name} is a model of your own, and this needs a run: choose one at the left.")
    return space.run


def shipped_set(space: Space) -> Dataset:
    """The set of a run, for what needs its shipped covariance.

    Raises:
        RunError: it is a model or a set of one's own; the router shows the message.
    """
    needed_run(space)
    if space.dataset is None:
        raise RunError(
            f"{space.name} is of other images than the shipped ones: choose MNIST or Fashion-MNIST at the left."
        )
    return space.dataset


def chosen_space() -> Space:
    """The latent space of the chosen run or model; where it cannot be read, the page ends with a sentence.

    Where there are no weights to send to the browser, the page says that the server is asked.
    """
    try:
        space = _chosen_own() or caches.space(chosen_card())
    except (RunError, DataError) as error:
        st.error(literal(error))
        st.stop()
    if space.weights is None and space.network is None:
        st.caption(
            f"{space.name} is a model of your own: its functions run on the server, which the page asks for images."
        )
    return space


def _chosen_own() -> Space | None:
    """The model of one's own that is chosen in the sidebar, if it is one."""
    chosen = st.session_state.get(state.DATASET.name) == OWN
    return caches.own_spaces().get(st.session_state.get(state.RUN.name, "")) if chosen else None


def _pick_run(is_shown: bool) -> None:
    own, every = list(caches.own_spaces()), cards()
    others = dict.fromkeys(card.config.data.dataset for card in every)
    datasets = (
        ({OWN: "Your own"} if own else {}) | DATASETS | {name: title(name) for name in others if name not in DATASETS}
    )
    # An address that names a run means that run's dataset.
    of_runs: dict[str, str] = {card.name: card.config.data.dataset for card in every} | dict.fromkeys(own, OWN)
    dataset = address.choose(state.DATASET, list(datasets), implied=of_runs.get(address.asked(state.RUN)))
    st.selectbox(
        "Dataset",
        datasets,
        format_func=datasets.__getitem__,
        key=state.DATASET.name,
        persist_state="session",
    )
    of_dataset = [card for card in every if card.config.data.dataset == dataset]
    card = first_choice(of_dataset)
    names, first = [card.name for card in of_dataset], card.name if card else None
    if dataset == OWN:
        names, first = own, own[-1]
    address.choose(state.RUN, names, default=first, is_needed=first is not None)
    # Where a page has no run, its place is kept: a link that moves while it is pressed is missed, or another is hit.
    with st.container(key="vx-run" if is_shown else "vx-no-run"):
        st.selectbox(
            "Run",
            names,
            key=state.RUN.name,
            persist_state="session",
            placeholder="no run of this dataset",
            disabled=not names or not is_shown,
        )
    errors = caches.run_cards()[1]
    if len(errors) > MOST_ERRORS:
        st.warning(f"{len(errors):,} folders are no runs: the page Runs says why.")
    else:
        for error in errors:
            st.warning(literal(error))


def first_choice(candidates: Sequence[RunCard]) -> RunCard | None:
    """A space that can be seen whole: the first VAE of two dimensions, or else the first run."""
    whole = (card for card in candidates if (card.config.model.model, card.config.model.latent_dim) == ("vae", 2))
    return next(whole, candidates[0] if candidates else None)


def data_source(space: Space) -> None:
    """Say where the images came from: the full set, or the shipped sample."""
    st.sidebar.caption(f"Images: {space.data.source}")
