"""The one owner of session keys and URL parameters.

Widgets that name one of the keys below with `bind="query-params"` keep their value in the URL under that name, and
drop a value from the URL that is none of their options. What is chosen on the latent plane is no widget: the plane
hands it over as short texts, `{"z": "0.62,-1.05", "color": "KL"}`, and they are kept here, per session, and in the URL.
The plane ignores those that make no sense.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

DATASET = "dataset"
RUN = "run"
VIEW = "view"
COMPARED = "runs"
LOG = "log"
LATENT_PLANE = "latent-plane"
UMAP_BUTTON = "umap"
FROM_X = "from-x"
K = "k"
BROKEN = "break"
METHOD = "by"
DECAY = "decay"
LONGER = "longer"
LINEAR_AE = "linear-ae"
LINEAR_VAE = "linear-vae"
STEP = "step"
VARIANCE = "s2"
BETA = "beta"
PAIR = "pair-of-planes"
OTHER = "other"
PCA = "pca"
COMPARE_BUTTON = "compare"
BESIDE = "beside"
REPORT = "report"
BETA_DIAL = "beta-dial"
DIMENSIONS = "dims"

LINK = ("z", "color", "plane", "across", "up", "a", "b", "at", "manifold", "hidden")
"""what the latent plane keeps in the URL; `url.js` reads and writes it"""
WALK = ("image", "drawing", "eps")
"""what the walk from x to x' keeps in the URL; `walk_link.js` reads and writes it"""
_OF_ANY_RUN = ("color", "plane", "manifold")
_LONGEST = 1000
_LINK = "link"
_WALK = "walk"
_PAIR = "pair"
_FIRST_PAIR = (18, 0)
_FIELD = "field"
_COMPARED_RUN = "compared-run"
_ASKED_OF = "field-asked-of"
_FIELDS = ("none", "nearest", "cycle", "magnification")
_BETA = "beta"


def current_link(run: str) -> dict[str, str]:
    """What is chosen on the plane of a run: this session's choice, else the URL's."""
    kept = st.session_state.get(_LINK)
    if kept is None:
        link = {key: st.query_params[key] for key in LINK if len(st.query_params.get(key, "")) in range(1, _LONGEST)}
    elif kept[0] == run:
        link = kept[1]
    else:
        link = {key: kept[1][key] for key in _OF_ANY_RUN if key in kept[1]}
    keep_link(run, link)
    return link


def keep_link(run: str, link: Mapping[str, object]) -> None:
    """Make this what is chosen on the plane of the run, here and in the URL."""
    texts = {key: str(link[key])[:_LONGEST] for key in LINK if link.get(key)}
    st.session_state[_LINK] = (run, texts)
    _put_in_url(LINK, texts)


def current_walk() -> dict[str, str]:
    """What is chosen on the walk from x to x', of whatever run: this session's choice, else the URL's."""
    kept: dict[str, str] | None = st.session_state.get(_WALK)
    if kept is None:
        kept = {key: st.query_params[key] for key in WALK if len(st.query_params.get(key, "")) in range(1, _LONGEST)}
    keep_walk(kept)
    return kept


def keep_walk(walk: Mapping[str, object]) -> None:
    """Make this what is chosen on the walk, here and in the URL."""
    st.session_state[_WALK] = texts = {key: str(walk[key])[:_LONGEST] for key in WALK if walk.get(key)}
    _put_in_url(WALK, texts)


def _put_in_url(keys: Sequence[str], texts: Mapping[str, str]) -> None:
    """These keys of the URL as in `texts`, or gone."""
    for key in keys:
        if key not in texts:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != texts[key]:
            st.query_params[key] = texts[key]


def current_number(name: str, low: float, high: float) -> float | None:
    """A number that the URL holds, or None where it makes no sense."""
    try:
        value = float(st.query_params.get(name, ""))
    except ValueError:
        return None
    return value if low <= value <= high else None


def keep_number(name: str, value: float | None) -> None:
    """Put a number in the URL, or take it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != f"{value:.6g}":
        st.query_params[name] = f"{value:.6g}"


def current_pair(count: int) -> tuple[int, int]:
    """The numbers of the two chosen test images, of `count`: the URL's where they make sense."""
    parts = st.query_params.get(_PAIR, "").split("-")
    good = len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts)
    first, second = (int(parts[0]), int(parts[1])) if good else _FIRST_PAIR
    return (first, second) if max(first, second) < count else (0, min(1, count - 1))


def keep_pair(pair: object, count: int) -> None:
    """Put the numbers of the two chosen test images in the URL."""
    if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(type(i) is int and 0 <= i < count for i in pair):
        st.query_params[_PAIR] = f"{pair[0]}-{pair[1]}"


def current_field() -> str:
    """What is drawn behind the dots of planes side by side."""
    field = st.query_params.get(_FIELD, "none")
    return field if field in _FIELDS else "none"


def keep_field(field: object) -> None:
    """Put what is drawn behind the dots in the URL."""
    if field in _FIELDS and field != "none":
        st.query_params[_FIELD] = str(field)
    else:
        st.query_params.pop(_FIELD, None)


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


def current_beta(betas: Sequence[float]) -> float:
    """The beta that is looked at: the URL's where it is one of them, else 1."""
    text = st.query_params.get(_BETA, "")
    return next((beta for beta in betas if f"{beta:g}" == text), 1.0)


def keep_beta(beta: float) -> None:
    """Put the beta that is looked at in the URL."""
    st.query_params[_BETA] = f"{beta:g}"
