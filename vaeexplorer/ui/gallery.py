"""Small images on a page, enlarged pixel for pixel, each with a text for those who cannot see it."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from vaeexplorer.figures.images import png_uri
from vaeexplorer.figures.theme import cycle_color


def picture(image: np.ndarray, alt: str) -> None:
    """One large image, [28, 28]."""
    st.html(f'<img class="vx-large" src="{png_uri(image)}" alt="{escape(alt, quote=True)}">')


def strip(
    images: np.ndarray, caption: str, alts: Sequence[str], *, marked: int | None = None, columns: int | None = None
) -> None:
    """A row of images, [N, 28, 28], under a caption; one of them may be framed.

    Args:
        images: uint8, or float in [0, 1].
        caption: plain text.
        alts: one an image, also shown at the pointer.
        marked: index of the framed image.
        columns: images a row; all of them where left out.
    """
    cells = "".join(
        f'<img{" class=vx-marked" if number == marked else ""} src="{png_uri(image)}" alt="{text}" title="{text}">'
        for number, (image, text) in enumerate(zip(images, (escape(alt, quote=True) for alt in alts), strict=True))
    )
    st.html(
        f'<figure class="vx-strip"><figcaption>{escape(caption)}</figcaption>'
        f'<div style="grid-template-columns: repeat({columns or len(images)}, minmax(0, 64px))">{cells}</div></figure>'
    )


def label(text: str) -> None:
    """A quiet name above what follows."""
    st.html(f'<div class="vx-label">{escape(text)}</div>')


def facts(rows: Sequence[tuple[str, str]]) -> None:
    """Names and values in two columns."""
    items = "".join(f"<span>{escape(name)}</span><b>{escape(value)}</b>" for name, value in rows)
    st.html(f'<div class="vx-facts">{items}</div>')


def legend(names: Sequence[str], note: str) -> None:
    """One colour a name, in the order of the figures' cycle."""
    chips = "".join(
        f'<span><i style="background: {cycle_color(number)}"></i>{escape(name)}</span>'
        for number, name in enumerate(names)
    )
    st.html(f'<div class="vx-legend">{chips}<em>{escape(note)}</em></div>')
