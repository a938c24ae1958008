"""A lecture in the app: scenes by the arrow keys, on pages for a projector (`?lecture=1`), and a window with notes.

The strip is drawn in the browser and knows all scenes; it turns them by going to their addresses. Here is what it is
given, and the check of the addresses that a file of scenes names.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from vaeexplorer.app import address, caches, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError
from vaeexplorer.lecture.scenes import DEFAULT, Lecture, LectureError, described, read_lecture

FILE = "VAEEXPLORER_LECTURE"
"""the environment's name for a file of scenes that takes the place of the shipped one"""

_strip = component("lecture", "lecture", "lecture/lecture.css")


def begin() -> bool:
    """Read from the address whether this is a lecture, and draw its strip.

    Returns:
        Whether it is the presenter's own window, which shows notes and no page.
    """
    is_lecture, is_presenter = address.choose(state.LECTURE), address.choose(state.PRESENTER)
    if not is_lecture:
        return False
    try:
        lecture = read()
    except LectureError as error:
        st.error(literal(error))
        return False
    data = _given(lecture.key, lecture) | {"presenter": is_presenter, "ahead": _ahead(lecture.key, lecture)}
    _strip(data=data, key=state.LECTURE_STRIP)
    return is_presenter


def file() -> Path:
    """Of the scenes."""
    return Path(os.environ.get(FILE) or DEFAULT)


def read(path: Path | None = None) -> Lecture:
    """A lecture whose addresses are the app's.

    Raises:
        LectureError: the file cannot be read, or a line of it is not what it should be.
    """
    return read_lecture(path or file(), problem)


def problem(page: str, text: str) -> str | None:
    """What is wrong with `name=value` in the address of a page, or with the page where the text is empty."""
    if page not in state.PAGES:
        pages = ", ".join(repr(each) for each in state.PAGES)
        return f"there is no page {page[:100]!r}: there are {pages}"
    if not text:
        return None
    name, _, value = text.partition("=")
    keys = {key.name: key for key in (*state.EVERYWHERE, *state.PAGES[page].choices, *state.PAGES[page].gestures)}
    if name not in keys:
        return f"the page {page!r} has nothing of the name {name[:100]!r}: it has {', '.join(keys)}"
    if keys[name].parse(value) is None:
        return f"{name}={value[:100]} makes no sense ({keys[name].about})"
    return None


@st.cache_data(max_entries=4, show_spinner=False)
def _given(key: str, _lecture: Lecture) -> dict[str, Any]:
    return described(_lecture)


@st.cache_data(max_entries=4, show_spinner=False)
def _ahead(key: str, _lecture: Lecture) -> list[str]:
    """The files of all scenes in their order, which the browser fetches before they are shown."""
    cards = {card.name: card for card in caches.run_cards()[0]}
    found: dict[str, None] = {}
    for scene in _lecture.scenes:
        asked = dict(parse_qsl(scene.address))
        names = [asked[name] for name in ("run", "other") if asked.get(name) in cards]
        try:
            if scene.page == "beta":
                found[assets.sweep_url(asked.get("dataset", "mnist"), int(asked.get("dims", "2")))] = None
            elif scene.page in ("", "from-x", "ae-vs-vae"):
                for name in names:
                    urls = assets.urls(caches.space(cards[name]), encoder=scene.page == "from-x")
                    found |= dict.fromkeys(urls.values())
        except (UserError, ValueError):
            continue  # the scene itself says so
    return list(found)
