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

WHOLE = 380  # pixels of a figure that has a page's height to itself


def show(cards: list[RunCard]) -> None:
    """The curves of runs, a row of figures for each data set and likelihood: nats of others are not comparable."""
    groups = Counter(map(_kind, cards))
    if len(groups) > 1:
        st.info(
            "These runs differ in dataset or likelihood. Their nats are not comparable, so each kind has its own row."
        )
    for dataset, likelihood in groups:
        if len(groups) > 1:
            st.subheader(f"{literal(datasets.title(dataset))} · {likelihood}", anchor=False)
        own = [card for card in cards if _kind(card) == (dataset, likelihood)]
        legend([card.name for card in own], "solid: test images, dotted: training images")
        figures.show([_figure(own, part) for part in PARTS], f"curves-{dataset}-{likelihood}", columns=len(PARTS))


def show_loss(cards: Sequence[RunCard], height: int) -> None:
    """The loss of those runs whose nats are comparable with the first one's, in one figure of so many pixels."""
    own = [card for card in cards if _kind(card) == _kind(cards[0])]
    figures.show([_figure(own, "total", height)], "loss")
    legend(
        [card.name for card in own], f"{len(cards) - len(own)} of other kinds below" if len(own) < len(cards) else ""
    )


def _kind(card: RunCard) -> tuple[str, str]:
    """Data set and likelihood: nats of others are not comparable."""
    return card.config.data.dataset, card.config.objective.likelihood


def _unit(likelihood: str) -> str:
    """Axis name of a loss."""
    constant = " (constant left out)" if likelihood == "gaussian" else ""
    return f"nats per image{constant}"


def _are_published(cards: Sequence[RunCard], dataset: str) -> bool:
    """Whether the runs were measured on the published test images."""
    published = FULL[dataset, "test"][0]
    return all(card.provenance.get("test_images_hash", published) == published for card in cards)


def _figure(cards: Sequence[RunCard], part: str, height: int = WHOLE) -> figures.Drawn:
    """One quantity of runs that share a data set and a likelihood."""
    dataset, likelihood = _kind(cards[0])
    drawn = tuple(_curve(card, part) for card in cards)
    has_lines = likelihood == "bernoulli" and part != "kl" and dataset in FLOOR and _are_published(cards, dataset)
    references = tuple(map(Reference, ("floor", "mean image"), FLOOR[dataset])) if has_lines else ()
    count = sum(bool(curve.test) for curve in drawn)
    alt = f"{PARTS[part]}: {part} in {_unit(likelihood)} by epoch, of {count} runs."
    log = st.session_state.get(state.LOG.name, False)
    unit = _unit(likelihood) if height >= WHOLE else "nats"  # there is no room beside a low figure
    looks = {"title": PARTS[part], "unit": unit, "references": references, "log": log, "height": height}
    return _learning_curves(drawn, alt, **looks)


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
    st.html(Markup('<div class="vx-legend">{}{}</div>').format(chips, note and Markup("<em>{}</em>").format(note)))
