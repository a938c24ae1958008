"""More instruments, folded below the answers: what was measured, or a button that measures it."""

from collections.abc import Sequence
from itertools import zip_longest

import streamlit as st

from vaeexplorer.app import caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import figures
from vaeexplorer.app.tables import table
from vaeexplorer.app.views.report import measured
from vaeexplorer.app.views.report.parts import in_a_row, work
from vaeexplorer.results.instruments import InstrumentsDocument
from vaeexplorer.spaces.space import Space


def show(spaces: Sequence[Space]) -> None:
    """Everything of one latent space, or of two, those of one kind beside each other."""
    with st.expander("More instruments"):
        found: dict[str, InstrumentsDocument] = {}
        for space in in_a_row(spaces):
            if (one := instruments_of(space)) is not None:
                found[space.name] = one
                offer_stability(space)
        there = [space for space in spaces if space.name in found]
        if not there:
            return
        drawn = [measured.exhibits(space, found[space.name], measured.stability(space)) for space in there]
        rows = zip_longest(*drawn)
        figures.show([each for row in rows for each in row], state.INSTRUMENTS, columns=2)
        for space in in_a_row(there):
            st.dataframe(
                table(measured.numbers(found[space.name], measured.stability(space))),
                hide_index=True,
                alt=f"Every number of the instruments, of {space.name}",
            )


def instruments_of(space: Space) -> InstrumentsDocument | None:
    """What was measured; else a button that measures it, and the progress."""
    found = caches.instruments(space)
    place = st.empty()
    if found is None and is_public():
        st.caption(f"Of {space.name} nothing was stored, and here nothing is measured.")
    elif found is None and place.button("Measure (about 20 seconds)", key=f"{state.INSTRUMENTS}-{space.name}"):
        work(space, caches.measure_instruments)
        found = caches.instruments(space)
        place.empty()
    return found


def offer_stability(space: Space) -> None:
    """A button where there are other seeds of the recipe, and else how to come by them; of a run in two dimensions."""
    if measured.stability(space) is not None or space.run is None or space.dimensions != 2:
        return
    count = len(measured.seeds_of(space))
    if is_public():
        st.caption(f"Of {space.name} no distances over seeds were stored, and here none are measured.")
    elif count < 2:
        st.caption("Does a distance mean anything? `train --seeds 5`, then `stability` on the five runs, measures it.")
    elif st.button(
        f"Do distances mean anything? Measure them over {count} seeds (half a minute)",
        key=f"{state.INSTRUMENTS}-seeds-{space.name}",
    ):
        work(space, measured.measure_stability)
        st.rerun()
