"""The one owner of session keys, and of the names in the address; `address.py` has how it is read and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import streamlit as st

from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.experiments import Broken
from vaeexplorer.browser.links import FILM, LINEAR_VAE, PAIR, PLANE, RUN_FILM, TRAIN, WALK, Key, dial
from vaeexplorer.results.sweep import BETAS
from vaeexplorer.results.sweep import DIMENSIONS as SWEEPS

Link = tuple[Key[Any], ...]
"""what the address holds of one widget, or of several"""

DATASET = Key(
    *("dataset", "text", ""),
    "the data set",
    aliases={"MNIST": "mnist", "Fashion-MNIST": "fashion-mnist", "Your own": "own"},
)
"""a name; own-... for images of one's own; or own: models of one's own, which bring their images"""
RUN = Key("run", "text", "", "the run, and with it the data set")
PRESENT = Key("present", "flag", False, "whether the page is for a projector: larger type, no sidebar")
COMPARED: Key[Sequence[str]] = Key("runs", "texts", (), "the runs that are shown")
FIND = Key("find", "text", "", "words that the listed runs have in common")
WHERE = Key("where", "choice", "tab", "where it is trained: in this tab, or on the server", options=("tab", "server"))
SERVED = Key("served", "text", "", "the training on the server that is shown")
LOG = Key("log", "flag", False, "whether the scale is logarithmic")
OTHER = Key("other", "text", "", "the run that is compared, of the same images")
PCA = Key("pca", "flag", False, "whether PCA is the third plane")
PAIRS = Key("pairs", "choice", "all", "which pairs the table is about", options=("all", "within", "between"))
BESIDE = Key("beside", "text", "", "the run that stands beside it")
K = Key("k", "whole", 8, "dimensions of the code", limits=(1, 64))
BROKEN: Key[Broken] = Key(
    *("break", "choice", "none"),
    "the condition that is broken",
    options=get_args(Broken),
    aliases={
        "all hold": "none",
        "not centred, no bias": "uncentred",
        "not centred, decoder bias": "bias",
        "weight decay": "decay",
        "tied weights": "tied",
        "sigmoid output": "sigmoid",
        "a hidden layer": "hidden",
        "too few steps": "few",
        "start at a saddle": "saddle",
    },
)
METHOD: Key[Method] = Key(
    *("by", "choice", "gd"),
    "how it is trained",
    options=get_args(Method),
    aliases={"gradient descent": "gd", "Adam": "adam", "alternating least squares": "als", "L-BFGS": "lbfgs"},
)
DECAY = Key("decay", "number", 0.1, "weight decay, as a share of the k-th eigenvalue", limits=(0.05, 1.0))
LONGER = Key("longer", "flag", False, "whether it is trained ten times longer")
DIMENSIONS = Key("dims", "choice", SWEEPS[0], "latent dimensions", options=SWEEPS)
DIAL = dial(tuple(map(float, BETAS)))


@dataclass(frozen=True)
class Page:
    """What the address holds on a page, besides data set and run.

    Attributes:
        choices: of Streamlit's controls.
        gestures: of the pictures.
        of: the choices that the gestures belong to.
        has_run: whether it is about the run, which is chosen at the left; what it shows is else of the data set alone.
    """

    choices: Link = ()
    gestures: Link = ()
    of: Link = (DATASET, RUN)
    has_run: bool = True


LECTURE = Key("lecture", "flag", False, "whether this is a lecture, whose scenes the strip turns")
PRESENTER = Key("presenter", "flag", False, "whether this is the presenter's own window")
FRAME = Key("frame", "flag", False, "whether this is a page in the window of a lecture, which has the strip")

EVERYWHERE: Link = (DATASET, RUN, PRESENT, LECTURE, PRESENTER, FRAME)
PAGES = {
    "": Page(gestures=PLANE),
    "from-x": Page(gestures=WALK),
    "ae-vs-vae": Page((OTHER, PCA, PAIRS), PAIR, (DATASET, RUN, OTHER, PCA)),
    "linear": Page(
        (K, BROKEN, METHOD, DECAY, LONGER),
        (*FILM, *LINEAR_VAE),
        (DATASET, K, BROKEN, METHOD, DECAY, LONGER),
        has_run=False,
    ),
    "training": Page((WHERE, SERVED, COMPARED, LOG), TRAIN, ()),
    "runs": Page((COMPARED, FIND), RUN_FILM, (COMPARED,), has_run=False),
    "images": Page(has_run=False),
    "regularized": Page((BESIDE,)),
    "beta": Page((DIMENSIONS,), DIAL, (DATASET, DIMENSIONS), has_run=False),
}
"""by their paths"""
NAMES = {key.name for page in PAGES.values() for key in (*EVERYWHERE, *page.choices, *page.gestures)}

# Widgets whose state is not in the address.
LATENT_PLANE = "latent-plane"
FROM_X = "from-x"
PLANES = "pair-of-planes"
LINEAR_AE = "linear-ae"
LINEAR_VAE_CHARTS = "linear-vae"
BETA_DIAL = "beta-dial"
TRAIN_NOW = "train-now"
RUN_FILMS = "run-films"
RUNS_TABLE = "runs-table"
SERVED_TRAINING = "served-training"
NEW_TRAINING = "new-training"
UMAP_BUTTON = "umap"
PRESENT_BUTTON = "present-button"
LECTURE_STRIP = "lecture-strip"
LECTURE_BUTTON = "lecture-button"
COMPARE_BUTTON = "compare"
EVIDENCE = "evidence"
INSTRUMENTS = "instruments"
REGIONS = "regions"
FOREST = "forest"
DECAYED = "singular-values"
REPORT = "report"

ADDRESS = "address"
ADDRESS_WRITER = "address-writer"
_BEFORE = "before-"
_ASKED_OF = "field-asked-of"


def field_asked_of() -> list[str]:
    """The keys of the spaces for whose planes a field was asked for last."""
    keys: list[str] = st.session_state.get(_ASKED_OF, [])
    return keys


def ask_field_of(keys: list[str]) -> None:
    """Remember for which spaces a field is asked: their windows mean nothing in other spaces."""
    st.session_state[_ASKED_OF] = keys


def has_changed(what: str, now: str) -> bool:
    """Whether this was something else when it was asked for last; a first visit is no change."""
    name = _BEFORE + what
    before, st.session_state[name] = st.session_state.get(name, now), now
    return bool(before != now)
