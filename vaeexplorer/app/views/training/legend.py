"""Small pieces of a page that Streamlit has no element for."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from vaeexplorer.figures.theme import cycle_color


def legend(names: Sequence[str], note: str) -> None:
    """One colour a name, in the order of the figures' cycle."""
    chips = "".join(
        f'<span><i style="background: {cycle_color(number)}"></i>{escape(name)}</span>'
        for number, name in enumerate(names)
    )
    st.html(f'<div class="vx-legend">{chips}<em>{escape(note)}</em></div>')
