"""Small pieces of a page that Streamlit has no element for."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from vaeexplorer.figures.theme import cycle_color


def legend(names: Sequence[str], note: str) -> None:
    """One colour a name, in the order of the figures' cycle."""
    chip = Markup('<span><i style="background: {}"></i>{}</span>')
    chips = Markup("").join(chip.format(cycle_color(number), name) for number, name in enumerate(names))
    st.html(Markup('<div class="vx-legend">{}<em>{}</em></div>').format(chips, note))
