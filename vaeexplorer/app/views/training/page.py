"""Training: learning curves of one or several runs."""

from collections import Counter
from typing import get_args

import streamlit as st

from vaeexplorer.app import address, sidebar, state, tables
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets, figures
from vaeexplorer.app.server.components import component
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.training import drawn, legend, server, words
from vaeexplorer.app.words import notes
from vaeexplorer.browser import links
from vaeexplorer.config import Dataset
from vaeexplorer.data import datasets
from vaeexplorer.data.images import DataError
from vaeexplorer.data.published import FULL
from vaeexplorer.export import training
from vaeexplorer.export.tables import to_csv
from vaeexplorer.figures.curves import Curve, Reference
from vaeexplorer.results import remarks
from vaeexplorer.runs.folder import RunCard
from vaeexplorer.version import __version__

# Test cost in nats per image of a perfect and of a constant Bernoulli decoder: the pixels' entropies, the mean image.
FLOOR = {"mnist": (45.534, 205.97), "fashion-mnist": (189.858, 385.03)}
PARTS = {
    "total": "Loss should fall",
    "reconstruction": "Reconstruction: how much of x is lost",
    "kl": "KL usually rises: at most this z says about x",
}
_train_now = component("train_now", "train", *training.SHEETS)


@st.fragment
def train_now(dataset: str) -> None:
    """The training in the visitor's browser: the server sends images, once, and hears of nothing but the address."""
    _train_now(
        data={
            "place": "app",
            "dataset": dataset if dataset in sidebar.DATASETS else "mnist",
            "sets": {each: assets.training_images(each) for each in get_args(Dataset)},
            "version": __version__,
            "of": "training",
            "keys": links.table(links.TRAIN),
            "link": address.link(links.TRAIN),
            "moves": address.moves(),
        },
        key=state.TRAIN_NOW,
        on_link_change=lambda: address.keep_link(links.TRAIN, state.TRAIN_NOW),
    )


def unit(likelihood: str) -> str:
    """Axis name of a loss."""
    constant = " (constant left out)" if likelihood == "gaussian" else ""
    return f"nats per image{constant}"


def are_published(cards: list[RunCard], dataset: str) -> bool:
    """Whether the runs were measured on the published test images."""
    published = FULL[dataset, "test"][0]
    return all(card.provenance.get("test_images_hash", published) == published for card in cards)


def show_curves(cards: list[RunCard], likelihood: str, dataset: str) -> None:
    """Loss, reconstruction and KL of runs that share a likelihood and a dataset."""
    log = st.session_state.get(state.LOG.name, False)
    legend.legend([card.name for card in cards], "solid: test images, dotted: training images")
    shown = []
    for part, title in PARTS.items():
        curves = tuple(
            Curve(
                card.name,
                tuple(getattr(record.train, part) for record in card.history),
                tuple(getattr(record.test, part) for record in card.history),
            )
            for card in cards
            if part != "kl" or card.config.model.model == "vae"
        )
        has_lines = likelihood == "bernoulli" and part != "kl" and dataset in FLOOR and are_published(cards, dataset)
        references = tuple(map(Reference, ("floor", "mean image"), FLOOR[dataset])) if has_lines else ()
        alt = f"{title}: {part} in {unit(likelihood)} by epoch, of {len(curves)} runs."
        looks = {"title": title, "unit": unit(likelihood), "references": references, "log": log}
        shown.append(drawn.learning_curves(curves, alt, **looks))
    figures.show(shown, f"curves-{dataset}-{likelihood}", columns=len(shown))


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
        | {f"train_{part}": getattr(record.train, part) for part in PARTS}
        | {f"test_{part}": getattr(record.test, part) for part in PARTS}
        for card in cards
        for record in card.history
    ]


where = "tab" if is_public() else address.choose(state.WHERE)
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
    server.on_this_server()
else:
    try:
        train_now(st.session_state.get(state.DATASET.name) or "mnist")
    except DataError as error:
        st.error(literal(error))
notes(words.PAGE)
st.header(words.RUNS, anchor=False)
st.caption(words.RUNS_INSTRUCTION)
here = sidebar.chosen_card()
every = {card.name: card for card in sidebar.cards()}
names = address.choose(state.COMPARED, list(every), default=[here.name])
address.choose(state.LOG)
address.settle()
st.multiselect("Runs", list(every), key=state.COMPARED.name, persist_state="session")
st.toggle("Logarithmic scale", key=state.LOG.name, persist_state="session")
chosen = [every[name] for name in names] or [here]

groups = Counter((card.config.data.dataset, card.config.objective.likelihood) for card in chosen)
if len(groups) > 1:
    st.info("These runs differ in dataset or likelihood. Their nats are not comparable, so each kind has its own row.")
for dataset, likelihood in groups:
    if len(groups) > 1:
        st.subheader(f"{literal(datasets.title(dataset))} · {likelihood}", anchor=False)
    own = [
        card for card in chosen if (card.config.data.dataset, card.config.objective.likelihood) == (dataset, likelihood)
    ]
    show_curves(own, likelihood, dataset)
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
