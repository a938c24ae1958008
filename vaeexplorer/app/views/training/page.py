"""Training: learning curves of one or several runs."""

from dataclasses import replace
from typing import get_args

import streamlit as st

from vaeexplorer.app import address, sidebar, state, tables
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.server.served import own_images
from vaeexplorer.app.shown import curves
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.training import server, words
from vaeexplorer.app.words import notes
from vaeexplorer.browser import links
from vaeexplorer.config import Dataset
from vaeexplorer.data.images import DataError
from vaeexplorer.export import training
from vaeexplorer.export.tables import to_csv
from vaeexplorer.runs import remarks
from vaeexplorer.runs.folder import RunCard
from vaeexplorer.version import __version__

_train_now = component("train_now", "train", *training.SHEETS)


@st.fragment
def train_now(dataset: str) -> None:
    """The training in the visitor's browser: the server sends images, once, and hears of nothing but the address."""
    sets = {each: assets.training_images(each) for each in get_args(Dataset)} | own_images.offered()
    named = replace(links.TRAIN[0], options=tuple(sets))
    _train_now(
        data={
            "place": "app",
            "dataset": dataset if dataset in sets else "mnist",
            "sets": sets,
            "version": __version__,
            "of": "training",
            "keys": links.table((named, *links.TRAIN[1:])),
            "link": address.link(links.TRAIN),
            "moves": address.moves(),
        },
        key=state.TRAIN_NOW,
        on_link_change=lambda: address.keep_link(links.TRAIN, state.TRAIN_NOW),
    )


def configurations(cards: list[RunCard]) -> list[dict[str, object]]:
    """Config and final test figures, a row a run."""
    return [
        {
            "run": card.name,
            "dataset": card.config.data.dataset,
            "model": card.config.model.model,
            "architecture": card.config.model.arch,
            "D": card.config.model.latent_dim,
            "likelihood": card.config.objective.likelihood,
            "beta": card.config.objective.beta,
            "epochs": card.config.train.epochs,
            "seed": card.config.train.seed,
            "training images": card.provenance.get("train_images", "unknown"),
            "test loss": card.metrics.get("test_total"),
            "test reconstruction": card.metrics.get("test_reconstruction"),
            "test KL": card.metrics.get("test_kl"),
        }
        for card in cards
    ]


def history(cards: list[RunCard]) -> list[dict[str, object]]:
    """Every epoch of every run, in nats per image."""
    return [
        {"run": card.name, "epoch": record.epoch, "seconds": record.seconds}
        | {f"train_{part}": getattr(record.train, part) for part in curves.PARTS}
        | {f"test_{part}": getattr(record.test, part) for part in curves.PARTS}
        for card in cards
        for record in card.history
    ]


where = "tab" if is_public() else address.choose(state.WHERE)
served = server.chosen() if where == "server" else {}
every = {card.name: card for card in sidebar.cards()}
name = sidebar.chosen_name()
names = address.choose(state.COMPARED, list(every), default=[name] if name in every else [])
address.choose(state.LOG)
address.settle()  # before anything that takes a while: a press of the switch counts from then on
if not is_public():
    st.segmented_control(
        "Where it is trained",
        ["tab", "server"],
        format_func={"tab": "In this tab", "server": "On this server"}.__getitem__,
        key=state.WHERE.name,
        label_visibility="collapsed",
        required=True,
        persist_state="session",
    )
if where == "server":
    server.on_this_server(served)
else:
    try:
        train_now(st.session_state.get(state.DATASET.name) or "mnist")
    except DataError as error:
        st.error(literal(error))
notes(words.PAGE)
st.header(words.RUNS, anchor=False)
st.caption(words.RUNS_INSTRUCTION)
here = sidebar.chosen_card()
st.multiselect("Runs", list(every), key=state.COMPARED.name, persist_state="session")
st.toggle("Logarithmic scale", key=state.LOG.name, persist_state="session")
chosen = [every[name] for name in names] or [here]

curves.show(chosen)
for remark in remarks.on_history(chosen):
    st.caption(remark)

st.header("Configurations and final figures", anchor=False)
st.caption("Nats per image on the test images, one sample of z each.")
st.dataframe(
    tables.table(configurations(chosen)),
    hide_index=True,
    column_config={
        name: st.column_config.NumberColumn(format="%.2f") for name in ("test loss", "test reconstruction", "test KL")
    },
    alt="Configuration and final test figures of the chosen runs",
)
st.download_button(
    "Download the curves (CSV)", lambda: to_csv(history(chosen)), "curves.csv", "text/csv", on_click="ignore"
)
