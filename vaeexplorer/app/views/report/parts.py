"""What the parts of the page share: a row of columns, and long work with its progress."""

from collections.abc import Callable, Iterator, Sequence

import streamlit as st

from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.app import state
from vaeexplorer.app.text import literal
from vaeexplorer.errors import UserError
from vaeexplorer.spaces.space import Space


def work(space: Space, what: Callable[[Space, Progress], None]) -> None:
    """Do it with a bar and a way to stop; pressing stop reruns the page, and the work ends at its next step."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text="Preparing")
        st.button("Stop", key=f"{state.REPORT}-stop-{space.name}")

    def show(share: float, doing: str) -> None:
        bar.progress(min(share, 1.0), text=doing[0].upper() + doing[1:])

    try:
        what(space, show)
    except UserError as error:
        st.error(literal(error))
    place.empty()


def in_a_row(spaces: Sequence[Space]) -> Iterator[Space]:
    """Each latent space, its column of a new row open: rows are level however long their texts are."""
    for column, space in zip(st.columns(len(spaces), gap="large"), spaces, strict=True):
        with column:
            yield space
