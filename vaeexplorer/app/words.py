"""What a page says, as data, and the two places where it is shown. Each page has its own in its folder."""

from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from vaeexplorer.spaces.space import Space


@dataclass(frozen=True)
class Page:
    """What a page says."""

    title: str
    instruction: str
    """one sentence: what to do"""
    see: str
    why: str
    attempt: str
    """one thing to try"""
    formula: str
    """Markdown with LaTeX"""


def heading(page: Page) -> None:
    """Title and instruction, at the top."""
    st.title(page.title, anchor=False)
    st.html(Markup('<p class="vx-instruction">{}</p>').format(page.instruction))


def say_if_correlated(space: Space) -> None:
    """That a full covariance is drawn by its diagonal, where that is so."""
    if space.posterior.covariance is not None:
        st.info(
            "The posterior of this model has a full covariance. Ellipses, σ and draws on this page are of its "
            "diagonal; the KL of an image, the report and the comparison are of all of it."
        )


def notes(page: Page) -> None:
    """What you see, why it matters, one thing to try, and the formula, below the picture."""
    titles = ("What you see", "Why it matters", "One thing to try")
    for column, title, text in zip(st.columns(3, gap="large"), titles, (page.see, page.why, page.attempt), strict=True):
        with column:
            st.subheader(title, anchor=False)
            st.markdown(text)
    with st.expander("The formula"):
        st.markdown(page.formula)
