"""More instruments, folded below the answers: what was measured, or a button that measures it."""

from collections.abc import Sequence
from itertools import zip_longest

import streamlit as st

from vaeexplorer.app import caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import figures
from vaeexplorer.app.tables import table
from vaeexplorer.app.views.report import measured
from vaeexplorer.app.views.report.parts import Later, in_a_row, later
from vaeexplorer.results.instruments import InstrumentsDocument
from vaeexplorer.spaces.space import Space


def show(spaces: Sequence[Space]) -> list[Later]:
    """Everything of one latent space, or of two, those of one kind beside each other; and what is to be measured."""
    with st.expander("More instruments"):
        found: dict[str, InstrumentsDocument] = {}
        asked: list[Later] = []
        for space in in_a_row(spaces):
            if (one := caches.instruments(space)) is not None:
                found[space.name] = one
            asked += offer_instruments(space) if one is None else offer_stability(space)
        there = [space for space in spaces if space.name in found]
        if not there:
            return asked
        drawn = [measured.exhibits(space, found[space.name], measured.stability(space)) for space in there]
        rows = zip_longest(*drawn)
        figures.show([each for row in rows for each in row], state.INSTRUMENTS, columns=2)
        for space in in_a_row(there):
            st.dataframe(
                table(measured.numbers(found[space.name], measured.stability(space))),
                hide_index=True,
                alt=f"Every number of the instruments, of {space.name}",
            )
    return asked


def offer_instruments(space: Space) -> list[Later]:
    """A button of what was not measured yet."""
    if is_public():
        st.caption(f"Of {space.name} nothing was stored, and here nothing is measured.")
    elif st.button("Measure (about 20 seconds)", key=f"{state.INSTRUMENTS}-{space.name}"):
        return [later(space, caches.measure_instruments)]
    return []


def offer_stability(space: Space) -> list[Later]:
    """A button where there are other seeds of the recipe, and else how to come by them; of a run in two dimensions."""
    if measured.stability(space) is not None or space.run is None or space.dimensions != 2:
        return []
    count = len(measured.seeds_of(space))
    if is_public():
        st.caption(f"Of {space.name} no distances over seeds were stored, and here none are measured.")
    elif count < 2:
        st.caption("Does a distance mean anything? `train --seeds 5`, then `stability` on the five runs, measures it.")
    elif st.button(
        f"Do distances mean anything? Measure them over {count} seeds (half a minute)",
        key=f"{state.INSTRUMENTS}-seeds-{space.name}",
    ):
        return [later(space, measured.measure_stability)]
    return []
