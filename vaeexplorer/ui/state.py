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
BETA_DIAL = "beta-dial"
DIMENSIONS = "dims"

LINK = ("z", "color", "plane", "across", "up", "a", "b", "at", "manifold", "hidden")
"""what the latent plane keeps in the URL; `url.js` reads and writes it"""
_OF_ANY_RUN = ("color", "plane", "manifold")
_LONGEST = 1000
_LINK = "link"
_IMAGE = "image"
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
    for key in LINK:
        if key not in texts:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != texts[key]:
            st.query_params[key] = texts[key]


def current_image(count: int) -> int:
    """The number of the chosen test image, of `count`: the URL's where it makes sense, else 0."""
    text = st.query_params.get(_IMAGE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) < count else 0


def keep_image(image: int) -> None:
    """Put the number of the chosen test image in the URL."""
    st.query_params[_IMAGE] = str(image)


def current_beta(betas: Sequence[float]) -> float:
    """The beta that is looked at: the URL's where it is one of them, else 1."""
    text = st.query_params.get(_BETA, "")
    return next((beta for beta in betas if f"{beta:g}" == text), 1.0)


def keep_beta(beta: float) -> None:
    """Put the beta that is looked at in the URL."""
    st.query_params[_BETA] = f"{beta:g}"
