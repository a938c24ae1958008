"""Figures on a page: as they are, or with larger type on a projector."""

import streamlit as st

from vaeexplorer.app import present
from vaeexplorer.figures.theme import Figure, enlarged


def chart(figure: Figure, *, alt: str, key: str | None = None, bar: bool = True) -> None:
    """Show a figure.

    Args:
        figure: with the common look (`figures.theme`).
        alt: what it shows, for those who do not see it.
        key: of the element.
        bar: whether there is a bar of tools at the figure's corner.
    """
    st.plotly_chart(
        enlarged(figure, present.SCALE) if present.is_on() else figure,
        key=key,
        config={"displaylogo": False} if bar else {"displayModeBar": False},
        alt=alt,
    )
