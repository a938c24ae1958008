"""A lecture in the app: scenes by the arrow keys, on pages for a projector (`?lecture=1`), and a window with notes.

The strip is drawn in the browser and knows all scenes. Their pages are in frames of the same window (`?frame=1`), each
a session of its own, so that the next one is drawn before it is asked for. Here is what the strip is given, and the
check of the addresses that a file of scenes names.
"""

import os
from pathlib import Path
from typing import Any

import streamlit as st

from vaeexplorer.app import address, state
from vaeexplorer.app.lecture import ahead
from vaeexplorer.app.server.components import component
from vaeexplorer.app.text import literal
from vaeexplorer.lecture.scenes import DEFAULT, Lecture, LectureError, described, read_lecture

FILE = "VAEEXPLORER_LECTURE"
"""the environment's name for a file of scenes that takes the place of the shipped one"""

_strip = component("lecture", "lecture", "lecture/lecture.css")


def begin() -> bool:
    """Read from the address whether this is a lecture, and draw its strip.

    Returns:
        Whether this is a lecture: then its frames have the pages, and the presenter's own window shows notes.
    """
    is_lecture, is_presenter = address.choose(state.LECTURE), address.choose(state.PRESENTER)
    if not is_lecture:
        return False
    try:
        lecture = read()
    except LectureError as error:
        st.error(literal(error))
        return False
    ahead.ask(lecture)
    _strip(data=_given(lecture.key, lecture) | {"presenter": is_presenter}, key=state.LECTURE_STRIP)
    return True


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


@st.cache_resource(max_entries=4, show_spinner=False)
def _given(key: str, _lecture: Lecture) -> dict[str, Any]:
    return described(_lecture)
