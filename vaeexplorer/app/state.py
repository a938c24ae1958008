"""The one owner of session keys and of what the URL holds.

Streamlit keeps the value of a widget with `bind="query-params"` in the URL, under the widget's key, but as its label
reads. A link must outlive the renaming of a label: where the two differ, `choose` puts the option itself there.
What is chosen in the plane and on the walk from x to x' comes from the browser as short texts, `{"z": "0.62,-1.05"}`;
the browser checks them by the same table.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.experiments import Broken
from vaeexplorer.browser.links import FIELD, LINEAR_BETA, PAIR, PLANE, STEP, VARIANCE, WALK, Key
from vaeexplorer.results.sweep import BETAS
from vaeexplorer.results.sweep import DIMENSIONS as SWEEPS

T = TypeVar("T")
Link = tuple[Key[Any], ...]
"""what the address holds of a widget"""

DATASET = Key(
    "dataset",
    "choice",
    "",
    options=("mnist", "fashion-mnist", "own"),
    aliases={"MNIST": "mnist", "Fashion-MNIST": "fashion-mnist", "Your own": "own"},
)
"""own: models of one's own, which bring their images"""
RUN = Key("run", "text", "")
COMPARED = Key("runs", "text", "")
LOG = Key("log", "flag", False)
OTHER = Key("other", "text", "")
PCA = Key("pca", "flag", False)
BESIDE = Key("beside", "text", "")
K = Key("k", "number", 8, limits=(1, 64))
BROKEN: Key[Broken] = Key(
    "break",
    "choice",
    "none",
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
    "by",
    "choice",
    "gd",
    options=get_args(Method),
    aliases={"gradient descent": "gd", "Adam": "adam", "alternating least squares": "als", "L-BFGS": "lbfgs"},
)
DECAY = Key("decay", "number", 0.1, limits=(0.05, 1.0))
LONGER = Key("longer", "flag", False)
DIMENSIONS = Key("dims", "choice", SWEEPS[0], options=SWEEPS)
BETA = Key("beta", "choice", 1.0, options=tuple(map(float, BETAS)))
"""of the sweep"""
URL: Link = (
    *(DATASET, RUN, *PLANE, *WALK, COMPARED, LOG, OTHER, PCA, PAIR, FIELD, BESIDE),
    *(K, BROKEN, METHOD, DECAY, LONGER, STEP, VARIANCE, LINEAR_BETA, DIMENSIONS, BETA),
)
"""all that the URL can hold"""

# Widgets whose state is not in the URL.
LATENT_PLANE = "latent-plane"
FROM_X = "from-x"
PLANES = "pair-of-planes"
LINEAR_AE = "linear-ae"
LINEAR_VAE = "linear-vae"
BETA_DIAL = "beta-dial"
UMAP_BUTTON = "umap"
COMPARE_BUTTON = "compare"
REPORT = "report"

_LONGEST = 1000  # characters of a text
_COMPARED_RUN = "compared-run"
_ASKED_OF = "field-asked-of"


def current(key: Key[T]) -> T:
    """What the URL holds under a name, or the default where that makes no sense."""
    found = key.parse(st.query_params.get(key.name, ""))
    return key.default if found is None else found


def keep(key: Key[T], value: T | None) -> None:
    """Put a value in the URL; the default and what makes no sense are left out."""
    text = "" if value is None or value == key.default else key.format(value)
    _put_in_url({key.name: text if key.parse(text) is not None else ""})


def choose(key: Key[T], options: Sequence[T], implied: T | None = None) -> T:
    """A choice whose widget is drawn next: the session's, else the URL's, else the default; and put it in the URL.

    The widget takes the key's name as its key and `persist_state="session"`. When a visitor goes back, the URL counts.

    Args:
        key: of the choice.
        options: those there are now; the first is the default, which is left out of the URL.
        implied: what the rest of the URL means, which counts more.
    """
    chosen: T | None = st.session_state.get(key.name)
    if chosen is None or chosen not in options or getattr(get_script_run_ctx(), "is_history_navigation", False):
        linked = (implied, key.parse(st.query_params.get(key.name, "")))
        chosen = next((each for each in linked if each is not None and each in options), options[0])
        st.session_state[key.name] = chosen
    _put_in_url({key.name: "" if chosen == options[0] else key.format(chosen)})
    return chosen


def shared() -> dict[str, str]:
    """What all pages have in the URL, other than what Streamlit keeps there itself."""
    return {key.name: st.query_params[key.name] for key in (DATASET,) if key.name in st.query_params}


def current_link(keys: Link, run: str) -> dict[str, str]:
    """What is chosen in a widget, of a run: this session's choice, else the URL's."""
    kept = st.session_state.get(_session_key(keys))
    if kept is None:
        texts = {key.name: st.query_params.get(key.name, "") for key in keys}
        texts = {name: text for name, text in texts.items() if len(text) < _LONGEST}
    else:
        before, texts = kept
        texts = {key.name: texts[key.name] for key in keys if key.name in texts and (key.of_any_run or before == run)}
    keep_link(keys, run, texts)
    return {name: text for name, text in texts.items() if text}


def keep_link(keys: Link, run: str, link: Mapping[str, object]) -> None:
    """Make this what is chosen in a widget, of a run, here and in the URL."""
    texts = {key.name: str(link.get(key.name) or "")[:_LONGEST] for key in keys}
    st.session_state[_session_key(keys)] = run, {name: text for name, text in texts.items() if text}
    _put_in_url(texts)


def _session_key(keys: Link) -> str:
    return f"link-{keys[0].name}"


def _put_in_url(texts: Mapping[str, str]) -> None:
    """These names of the URL as in `texts`; those without a text are taken out."""
    for name, text in texts.items():
        if not text:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != text:
            st.query_params[name] = text


def current_pair(count: int) -> tuple[int, int]:
    """The numbers of the two chosen test images, of `count`."""
    pair = current(PAIR)
    return pair if max(pair) < count else (0, min(1, count - 1))


def keep_pair(pair: object, count: int) -> None:
    """Put the numbers of the two chosen test images in the URL, if they are that."""
    if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(type(i) is int and 0 <= i < count for i in pair):
        keep(PAIR, (pair[0], pair[1]))


def field_asked_of() -> list[str]:
    """The keys of the spaces for whose planes a field was asked for last."""
    keys: list[str] = st.session_state.get(_ASKED_OF, [])
    return keys


def ask_field_of(keys: list[str]) -> None:
    """Remember for which spaces a field is asked: their windows mean nothing in other spaces."""
    st.session_state[_ASKED_OF] = keys


def compared_run_changed(run: str) -> bool:
    """Whether the comparison was of another run before; a first visit is no change."""
    before, st.session_state[_COMPARED_RUN] = st.session_state.get(_COMPARED_RUN, run), run
    return bool(before != run)
