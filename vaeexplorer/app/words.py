"""What a page says, as data, and the two places where it is shown. Each page has its own in its folder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import streamlit as st
from markupsafe import Markup, escape

from vaeexplorer.app import glossary
from vaeexplorer.spaces.space import Space


@dataclass(frozen=True)
class Page:
    """What a page says."""

    title: str
    instruction: str
    """one sentence: what to do; empty where the page itself begins with one"""
    see: str
    why: str
    attempt: str
    """one thing to try"""
    formula: str
    """Markdown with LaTeX"""


def heading(page: Page) -> None:
    """Title and instruction, at the top."""
    with st.container(key="heading"):
        st.title(page.title, anchor=False)
        if not page.instruction:
            return
        instruction = Markup(glossary.with_terms(escape(page.instruction)))
        st.html(Markup('<p class="vx-instruction">{}</p>').format(instruction))


def say_if_correlated(space: Space) -> None:
    """That a full covariance is drawn by its diagonal, where that is so."""
    if space.posterior.covariance is not None:
        st.info(
            "The posterior of this model has a full covariance. Ellipses, σ and draws on this page are of its "
            "diagonal; the KL of an image, the report and the comparison are of all of it."
        )


def key_numbers(numbers: Sequence[tuple[str, str]]) -> None:
    """Numbers that a class should read, each above what it is, side by side.

    Args:
        numbers: the number with its unit, and what it is.
    """
    pair = Markup('<div><div class="key-number">{}</div><div class="key-label">{}</div></div>')
    st.html(Markup('<div class="key-numbers">{}</div>').format(Markup().join(pair.format(*each) for each in numbers)))


def notes(page: Page) -> None:
    """What you see, why it matters, one thing to try, and the formula, below the picture and folded."""
    with st.container(key="notes"), st.expander("What this shows, why it matters, one thing to try, and the formula"):
        st.markdown(_folded(page), unsafe_allow_html=True)
        st.markdown(displayed(page.formula))


def displayed(formula: str) -> str:
    """Markdown whose displayed formulas stand between lines of `$$`: what follows on such a line is not read."""
    return re.sub(r"\s*\$\$(.+?)\$\$\s*", lambda found: f"\n\n$$\n{found[1].strip()}\n$$\n\n", formula, flags=re.DOTALL)


@cache
def _folded(page: Page) -> str:
    """All but the formula as one text: headings, columns and texts of their own are twelve messages to each visitor."""
    texts = {"What you see": page.see, "Why it matters": page.why, "One thing to try": page.attempt}
    explained = set(glossary.terms_in(page.instruction))
    columns = "\n\n".join(
        f"<div>\n<h2>{title}</h2>\n\n{glossary.with_terms(text, explained)}\n\n</div>" for title, text in texts.items()
    )
    return f'<div class="vx-columns">\n\n{columns}\n\n</div>\n\n<h2>The formula</h2>'
