"""Learning curves of runs, those that can be compared in one figure: on Training and on Runs."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import streamlit as st
from markupsafe import Markup

from vaeexplorer.app import state
from vaeexplorer.app.server import figures
from vaeexplorer.app.text import literal
from vaeexplorer.data import datasets
from vaeexplorer.data.published import FULL
from vaeexplorer.figures import curves
from vaeexplorer.figures.curves import Curve, Reference
from vaeexplorer.figures.theme import cycle_color
from vaeexplorer.runs.folder import RunCard

# Test cost in nats per image of a perfect and of a constant Bernoulli decoder: the pixels' entropies, the mean image.
FLOOR = {"mnist": (45.534, 205.97), "fashion-mnist": (189.858, 385.03)}
SPLITS = ("train", "test")
PARTS = {
    "total": "Loss should fall",
    "reconstruction": "Reconstruction: how much of x is lost",
    "kl": "KL usually rises: at most this z says about x",
}


def show(cards: list[RunCard]) -> None:
    """The curves of runs, a row of figures for each data set and likelihood: nats of others are not comparable."""
    groups = Counter((card.config.data.dataset, card.config.objective.likelihood) for card in cards)
    if len(groups) > 1:
        st.info(
            "These runs differ in dataset or likelihood. Their nats are not comparable, so each kind has its own row."
        )
    for dataset, likelihood in groups:
        if len(groups) > 1:
            st.subheader(f"{literal(datasets.title(dataset))} · {likelihood}", anchor=False)
        kind = (dataset, likelihood)
        own = [card for card in cards if (card.config.data.dataset, card.config.objective.likelihood) == kind]
        _show_kind(own, likelihood, dataset)


def _unit(likelihood: str) -> str:
    """Axis name of a loss."""
    constant = " (constant left out)" if likelihood == "gaussian" else ""
    return f"nats per image{constant}"


def _are_published(cards: list[RunCard], dataset: str) -> bool:
    """Whether the runs were measured on the published test images."""
    published = FULL[dataset, "test"][0]
    return all(card.provenance.get("test_images_hash", published) == published for card in cards)


def _show_kind(cards: list[RunCard], likelihood: str, dataset: str) -> None:
    """Loss, reconstruction and KL of runs that share a likelihood and a dataset."""
    log = st.session_state.get(state.LOG.name, False)
    legend([card.name for card in cards], "solid: test images, dotted: training images")
    shown = []
    for part, title in PARTS.items():
        drawn = tuple(_curve(card, part) for card in cards)
        has_lines = likelihood == "bernoulli" and part != "kl" and dataset in FLOOR and _are_published(cards, dataset)
        references = tuple(map(Reference, ("floor", "mean image"), FLOOR[dataset])) if has_lines else ()
        count = sum(bool(curve.test) for curve in drawn)
        alt = f"{title}: {part} in {_unit(likelihood)} by epoch, of {count} runs."
        looks = {"title": title, "unit": _unit(likelihood), "references": references, "log": log}
        shown.append(_learning_curves(drawn, alt, **looks))
    figures.show(shown, f"curves-{dataset}-{likelihood}", columns=len(shown))


def _curve(card: RunCard, part: str) -> Curve:
    """One quantity of a run; nothing where it has none, as an autoencoder has no KL, so that colours stay the runs'."""
    if part == "kl" and card.config.model.model == "ae":
        return Curve(card.name, (), ())
    train, test = (tuple(getattr(getattr(record, split), part) for record in card.history) for split in SPLITS)
    return Curve(card.name, train, test)


@lru_cache(maxsize=96)
def _learning_curves(shown: tuple[Curve, ...], alt: str, **looks: Any) -> figures.Drawn:
    """As `figures.curves.learning_curves`, whose arguments it takes: a figure takes 20 ms to make, and little room."""
    return figures.drawn(curves.learning_curves(shown, **looks), alt)


def legend(names: Sequence[str], note: str) -> None:
    """One colour a name, in the order of the figures' cycle."""
    chip = Markup('<span><i style="background: {}"></i>{}</span>')
    chips = Markup("").join(chip.format(cycle_color(number), name) for number, name in enumerate(names))
    st.html(Markup('<div class="vx-legend">{}<em>{}</em></div>').format(chips, note))
