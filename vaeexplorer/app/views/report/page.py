"""Is it regularized? Three answers on a latent space, each with its number, and the evidence for them."""

import json
from html import escape

import streamlit as st

from vaeexplorer.analysis.report.report import Report
from vaeexplorer.app import caches, sidebar, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.report import reports, words
from vaeexplorer.app.words import heading, notes
from vaeexplorer.errors import UserError
from vaeexplorer.export import report as report_page
from vaeexplorer.figures.report import Exhibit
from vaeexplorer.spaces.space import Space


def second_space(first: Space) -> Space | None:
    """The run that was chosen to stand beside the first."""
    others = {card.name: card for card in sidebar.cards() if card.name != first.name}
    if st.session_state.get(state.BESIDE.name) not in others:
        st.session_state.pop(state.BESIDE.name, None)
    name = st.selectbox(
        "Beside it",
        list(others),
        index=None,
        key=state.BESIDE.name,
        bind="query-params",
        placeholder="another run",
        width=360,
    )
    return caches.space(others[name]) if name else None


def report_of(space: Space) -> Report | None:
    """The report, or a button that makes it, and its progress while it is made."""
    found = reports.kept(space)
    place = st.empty()
    if found is None and is_public():
        st.caption("No report of this latent space was stored, and here none is made.")
    elif found is None and place.button("Make the report (about half a minute)", key=f"{state.REPORT}-{space.name}"):
        _work(space, reports.make)
        found = reports.kept(space)
        place.empty()
    elif found is None:
        st.caption("A report of this latent space was not made yet. It is kept with the run.")
    return found


def _work(space: Space, what: object) -> None:
    """Do it with a bar and a way to stop; pressing stop reruns the page, and the work ends at its next step."""
    assert callable(what)
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text="Preparing")
        st.button("Stop", key=f"{state.REPORT}-stop-{space.name}")
    try:
        what(space, lambda share, doing: bar.progress(share, text=doing[0].upper() + doing[1:]))
    except UserError as error:
        st.error(literal(error))
    place.empty()


def show_answers(found: Report) -> None:
    """The line that sums up, and the three cards."""
    st.markdown(f"**{found.summary}**")
    st.html(f"<style>{report_page.CARDS_STYLE}</style>{report_page.cards(found)}")


def show_exhibit(exhibit: Exhibit, key: str) -> None:
    """A figure and its one line."""
    st.plotly_chart(exhibit.figure, key=key, config={"displaylogo": False}, alt=exhibit.alt)
    st.caption(exhibit.reading)


def show_strips(space: Space) -> None:
    """What the decoder draws at points that matter."""
    for name, address in reports.strips(space).items():
        st.caption(name[0].upper() + name[1:])
        st.html(f'<img class="vx-strip" src="{address}" alt="Twelve decoded images, {escape(name)}">')


def show(space: Space, *, wide: bool) -> None:
    """Everything there is on one latent space."""
    found = report_of(space)
    if found is None:
        return
    show_answers(found)
    st.subheader("What the decoder draws", anchor=False)
    show_strips(space)
    st.subheader("The evidence", anchor=False)
    shown = reports.exhibits(space, found)
    show_exhibit(shown[0], f"{space.name}-0")
    in_a_row = 2 if wide else 1
    for start in range(1, len(shown), in_a_row):
        for column, number in zip(st.columns(in_a_row, gap="large"), range(start, len(shown)), strict=False):
            with column:
                show_exhibit(shown[number], f"{space.name}-{number}")
    if (
        reports.can_measure_nll(space, found)
        and not is_public()
        and st.button("Measure the NLL gap (about a minute)", key=f"{state.REPORT}-nll-{space.name}")
    ):
        _work(space, reports.measure_nll_gap)
        st.rerun()
    with st.expander("Every number"):
        st.dataframe(report_page.table(found), hide_index=True, alt=f"Every diagnostic of {space.name}")
    downloads(space, found)


def downloads(space: Space, found: Report) -> None:
    """The report as a document, as a page and as a table."""
    name = f"{space.name}-report"
    with st.container(horizontal=True):
        for kind, media, make in (
            ("JSON", "application/json", lambda: json.dumps(found.to_json(), indent=2)),
            ("HTML", "text/html", lambda: report_page.html(space.name, space.posterior, space.decode, found)),
            ("CSV", "text/csv", lambda: report_page.table_csv(found)),
        ):
            st.download_button(
                f"Download ({kind})", make, f"{name}.{kind.lower()}", media, key=f"{name}-{kind}", on_click="ignore"
            )


heading(words.PAGE)
space = sidebar.chosen_space()
try:
    second = second_space(space)
except UserError as error:
    st.error(literal(error))
    second = None
if second is None:
    show(space, wide=True)
else:
    for column, each in zip(st.columns(2, gap="large"), (space, second), strict=True):
        with column:
            st.subheader(each.name, anchor=False)
            show(each, wide=False)
notes(words.PAGE)
sidebar.data_source(space)
