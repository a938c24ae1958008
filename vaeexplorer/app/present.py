"""A page for a projector: no sidebar, type 1.6 times as large. The address says so, and every link of the page too."""

from pathlib import Path

import streamlit as st

from vaeexplorer.app import address, state
from vaeexplorer.browser import bundle

HERE = Path(__file__).parent
STYLE = f"<style>{bundle.sheets_alone('style/type.css')}\n{(HERE / 'style.css').read_text(encoding='utf-8')}</style>"
"""of every page"""
_KEY = "p"
SCALE = 1.6  # of type, as in present.css


def begin() -> bool:
    """Read from the address whether the page is presented, and style it so."""
    is_presented, is_frame = address.choose(state.PRESENT), address.choose(state.FRAME)
    is_lecture = is_frame or st.session_state[state.LECTURE.name]
    if is_presented or is_lecture:
        st.html(HERE / "present.css")
    if is_lecture:
        st.html(HERE / "lecture.css")
    if is_presented and not is_lecture:
        with st.container(key="present-end"):
            _button("End", "Back to the page with its sidebar")
    return is_on()


def is_on() -> bool:
    """Whether the page is for a projector."""
    return any(st.session_state.get(key.name) for key in (state.PRESENT, state.LECTURE, state.FRAME))


def offer() -> None:
    """The button that begins it, in the sidebar."""
    if not is_on():
        _button("Present", "For a projector: larger type, no sidebar")
        st.button("Lecture", help="Scenes by the arrow keys", key=state.LECTURE_BUTTON, on_click=_lecture)


def _button(label: str, text: str) -> None:
    st.button(label, help=text, key=state.PRESENT_BUTTON, on_click=_toggle, shortcut=_KEY)


def _lecture() -> None:
    st.session_state[state.LECTURE.name] = True


def _toggle() -> None:
    st.session_state[state.PRESENT.name] = not st.session_state[state.PRESENT.name]
