"""Is it regularized? Three answers on a latent space, each with its number, and the evidence for them."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import get_args

import streamlit as st
from markupsafe import Markup

from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.verdicts import QUESTIONS
from vaeexplorer.app import address, caches, sidebar, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import figures
from vaeexplorer.app.tables import table
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.report import more, reports, words
from vaeexplorer.app.views.report.parts import Later, in_a_row, later, work
from vaeexplorer.app.words import heading, notes
from vaeexplorer.errors import UserError
from vaeexplorer.export import cards, paper
from vaeexplorer.export import report as report_page
from vaeexplorer.figures.report import Kind
from vaeexplorer.spaces.space import Space


def second_space(first: Space) -> Space | None:
    """The run that was chosen to stand beside the first."""
    others = {card.name: card for card in sidebar.cards() if card.name != first.name}
    name = address.choose(state.BESIDE, list(others), is_needed=False)
    st.selectbox(
        "Beside it",
        list(others),
        index=None,
        key=state.BESIDE.name,
        persist_state="session",
        placeholder="another run",
        label_visibility="collapsed",
    )
    address.settle()
    return caches.space(others[name]) if name else None


def report_of(space: Space) -> Report | None:
    """The report, or a button that makes it, and its progress while it is made."""
    found = reports.kept(space)
    place = st.empty()
    if found is None and is_public():
        st.caption("No report of this latent space was stored, and here none is made.")
    elif found is None and place.button("Make the report (about half a minute)", key=f"{state.REPORT}-{space.name}"):
        work(space, reports.make)
        found = reports.kept(space)
        place.empty()
    elif found is None:
        st.caption("A report of this latent space was not made yet. It is kept with the run.")
    return found


def show(spaces: Sequence[Space]) -> list[Later]:
    """Everything there is on one latent space, or on two, row by row; and what is to be measured."""
    found: dict[str, Report] = {}
    for space in spaces:
        if (report := report_of(space)) is not None:
            found[space.name] = report
    there = [space for space in spaces if space.name in found]
    if not there:
        return []
    st.html(Markup('<p class="vx-summary">{}</p>').format(in_a_line(found)))
    st.html(f"<style>{cards.STYLE}</style>{cards.cards(found)}")
    asked = more.show(there)
    show_evidence(there, found)
    show_unasked(found)
    show_strips(there)
    for space in in_a_row(there):
        asked += offer_nll_gap(space, found[space.name])
    for part in (show_numbers, downloads):
        for space in in_a_row(there):
            part(space, found[space.name])
    if any(reports.seeds(space) for space in there):
        for space in in_a_row(there):
            show_seeds(space)
    return asked


def show_unasked(found: Mapping[str, Report]) -> None:
    """How the fourth question is asked, where no report here has its answer."""
    if any(verdict.question == "encoder" for report in found.values() for verdict in report.verdicts):
        return
    vaes = [name for name, report in found.items() if report.kl is not None]
    if vaes:
        st.caption(f"{QUESTIONS['encoder']} `python -m vaeexplorer evaluate {vaes[0]} --gaps` measures it.")


def in_a_line(found: Mapping[str, Report]) -> str:
    """The answers of each report, in words."""
    if len(found) == 1:
        return next(iter(found.values())).summary
    answers = (re.split(r"[:,.]", report.summary)[0].lower() for report in found.values())  # the cards have the rest
    return " ".join(f"{name}: {answer}." for name, answer in zip(found, answers, strict=True))


def show_seeds(space: Space) -> None:
    """How far the numbers of the same recipe lie apart from seed to seed, folded."""
    if (found := reports.seeds(space)) is not None:
        line, rows = found
        with st.expander(line):
            st.dataframe(table(rows), hide_index=True, alt=f"Every number over seeds of {space.name}")


def show_strips(spaces: Sequence[Space]) -> None:
    """What the decoder draws at points that matter: a row a kind, a column a latent space."""
    st.header("What the decoder draws", anchor=False)
    figure = Markup(
        '<figure><figcaption>{}</figcaption><img class="vx-strip" src="{}" alt="Twelve decoded images, {}"></figure>'
    )
    drawn = [reports.strips(space) for space in spaces]
    names = dict.fromkeys(name for each in drawn for name in each)
    cells = [
        figure.format(name[0].upper() + name[1:], each[name], name) if name in each else Markup("<div></div>")
        for name in names
        for each in drawn
    ]
    st.html(Markup('<div class="vx-strips" style="--columns: {}">{}</div>').format(len(spaces), Markup().join(cells)))


def show_evidence(spaces: Sequence[Space], found: dict[str, Report]) -> None:
    """The figures, two in a row: of two latent spaces those of one kind."""
    drawn = [reports.exhibits(space, found[space.name]) for space in spaces]
    kinds = [kind for kind in get_args(Kind) if any(kind in each for each in drawn)]
    figures.show([each.get(kind) for kind in kinds for each in drawn], state.EVIDENCE, columns=2)


def offer_nll_gap(space: Space, found: Report) -> list[Later]:
    """A button, where the gap is not known yet."""
    if (
        reports.can_measure_nll(space, found)
        and not is_public()
        and st.button("Measure the NLL gap (about a minute)", key=f"{state.REPORT}-nll-{space.name}")
    ):
        return [later(space, reports.measure_nll_gap)]
    return []


def show_numbers(space: Space, found: Report) -> None:
    """Every diagnostic, folded."""
    with st.expander("Every number"):
        st.dataframe(table(report_page.table(found)), hide_index=True, alt=f"Every diagnostic of {space.name}")


def downloads(space: Space, found: Report) -> None:
    """The report as a document, as a page and as a table."""
    name = f"{space.name}-report"
    with st.container(horizontal=True):
        for kind, media, make in (
            ("JSON", "application/json", lambda: json.dumps(paper.document(space.name, found), indent=2)),
            ("HTML", "text/html", lambda: report_page.html(space.name, space.posterior, space.decode, found)),
            ("CSV", "text/csv", lambda: report_page.table_csv(found)),
        ):
            st.download_button(
                f"Download ({kind})", make, f"{name}.{kind.lower()}", media, key=f"{name}-{kind}", on_click="ignore"
            )


left, right = st.columns([3, 1], vertical_alignment="bottom")
with left:
    heading(words.PAGE)
space = sidebar.chosen_space()
with right:
    try:
        second = second_space(space)
    except UserError as error:
        st.error(literal(error))
        second = None
asked = show([space] if second is None else [space, second])
notes(words.PAGE)
sidebar.data_source(space)
for each in asked:
    each()
