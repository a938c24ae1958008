"""A lecture in the app: scenes by the arrow keys, on pages for a projector (`?lecture=1`), and a window with notes.

The strip is drawn in the browser and knows all scenes; it turns them by going to their addresses. Here is what it is
given, and the check of the addresses that a file of scenes names.
"""

import os
from pathlib import Path
from typing import Any

import streamlit as st

from vaeexplorer.app import address, state
from vaeexplorer.app.server.components import component
from vaeexplorer.lecture.scenes import DEFAULT, Lecture, answers, read_lecture

FILE = "VAEEXPLORER_LECTURE"
"""the environment's name for a file of scenes that takes the place of the shipped one"""

_SHOWN = ("title", "say", "page", "address", "notes", "minutes")
_ASKED = ("ask", "low", "high", "step", "within", "unit", "reveal", "then")

_strip = component("lecture", "lecture", "lecture/lecture.css")


def begin() -> bool:
    """Read from the address whether this is a lecture, and draw its strip.

    Returns:
        Whether it is the presenter's own window, which shows notes and no page.
    """
    is_lecture, is_presenter = address.choose(state.LECTURE), address.choose(state.PRESENTER)
    if is_lecture:
        _strip(data=_given() | {"presenter": is_presenter}, key=state.LECTURE_STRIP)
    return is_lecture and is_presenter


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


@st.cache_data(show_spinner=False)
def _given() -> dict[str, Any]:
    lecture = read()
    numbers = answers(lecture)
    scenes = []
    for place, scene in enumerate(lecture.scenes):
        question = scene.question
        asked = None
        if question:
            asked = {name: getattr(question, name) for name in _ASKED} | numbers[place]
        scenes.append({name: getattr(scene, name) for name in _SHOWN} | {"question": asked})
    return {"key": lecture.key, "title": lecture.title, "scenes": scenes, "pages": list(state.PAGES)}
