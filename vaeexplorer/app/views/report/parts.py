"""What the parts of the page share: a row of columns, and long work with its progress."""

from collections.abc import Callable, Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.app import state
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError
from vaeexplorer.spaces.space import Space

Later = Callable[[], None]
"""work that was asked for, and is done when all of the page is there: what stands below it does not fade meanwhile"""


def later(space: Space, what: Callable[[Space, Progress], None]) -> Later:
    """Work whose bar stands here; the page is run again when it is done."""
    place = st.empty()

    def run() -> None:
        if work(space, what, place):
            st.rerun()

    return run


def work(space: Space, what: Callable[[Space, Progress], None], place: DeltaGenerator | None = None) -> bool:
    """Do it with a bar and a way to stop; pressing stop reruns the page, and the work ends at its next step.

    Returns:
        Whether it was done; else the page says why not.
    """
    place = place or st.empty()
    with place.container():
        bar = st.progress(0.0, text="Preparing")
        st.button("Stop", key=f"{state.REPORT}-stop-{space.name}")

    def show(share: float, doing: str) -> None:
        bar.progress(min(share, 1.0), text=doing[0].upper() + doing[1:])

    try:
        what(space, show)
    except UserError as error:
        place.error(literal(error))
        return False
    place.empty()
    return True


def in_a_row(spaces: Sequence[Space]) -> Iterator[Space]:
    """Each latent space, its column of a new row open: rows are level however long their texts are."""
    for column, space in zip(st.columns(len(spaces), gap="large"), spaces, strict=True):
        with column:
            yield space
