"""Runs: all there are, their films on one slider, their curves and where their configurations differ."""

import streamlit as st

from vaeexplorer.app import address, caches, sidebar, state, tables
from vaeexplorer.app.server.components import component
from vaeexplorer.app.shown import curves
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.runs import files, films, listing, words
from vaeexplorer.app.words import heading, notes
from vaeexplorer.browser import links
from vaeexplorer.errors import UserError
from vaeexplorer.runs.folder import RunCard, RunError
from vaeexplorer.runs.partners import partner

FILMS = 2  # side by side
MANAGED = 12  # runs whose buttons and differences are shown
HEIGHT = 185  # pixels of the table
_films = component("run_films", "film", "style/legend.css", "film/film.css")


@st.fragment
def show_films(cards: list[RunCard]) -> None:
    """Only this reruns when a film was stopped."""
    shown = []
    for card in cards:
        try:
            shown.append(films.described(card))
        except UserError as error:
            st.error(literal(error))
    if not shown:
        return
    _films(
        data={
            "films": shown,
            "of": ",".join(card.key for card in cards),
            "keys": links.table(links.RUN_FILM),
            "link": address.link(links.RUN_FILM),
            "moves": address.moves(),
        },
        key=state.RUN_FILMS,
        on_link_change=lambda: address.keep_link(links.RUN_FILM, state.RUN_FILMS),
    )


def default(every: dict[str, RunCard]) -> list[str]:
    """The run that was chosen on other pages, or the first that can be seen whole, and its partner."""
    chosen = every.get(sidebar.chosen_name() or "") or sidebar.first_choice(list(every.values()))
    if chosen is None:
        return []
    beside = partner(chosen, list(every.values()))
    return [chosen.name, *([beside.name] if beside else [])]


def choose_in_table(names: list[str], found: list[str], rows: list[dict[str, object]]) -> None:
    """The table, whose chosen rows are the chosen runs; where others were chosen elsewhere, it is another table."""
    reported, number, before = st.session_state.get(state.RUNS_TABLE, (names, 0, found))
    if reported != names or before != found:
        number += 1
    st.session_state[state.RUNS_TABLE] = (names, number, found)
    key = f"{state.RUNS_TABLE}-{number}"

    def choose() -> None:
        picked = [found[row] for row in st.session_state[key].selection.rows]
        kept = [name for name in names if name in picked or name not in found]
        now = kept + [name for name in picked if name not in kept]
        st.session_state[state.COMPARED.name] = now
        st.session_state[state.RUNS_TABLE] = (now, number, found)

    st.dataframe(
        tables.table(rows),
        height=HEIGHT,
        hide_index=True,
        placeholder="–",
        key=key,
        on_select=choose,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [found.index(name) for name in names if name in found]}},
        column_config={name: st.column_config.NumberColumn(format="%.2f") for name in ("loss", "reconstruction", "KL")},
        alt="All runs, a row each, with their final figures in nats per image on the test images",
    )


def say_what_is_no_run(errors: list[RunError]) -> None:
    """Folders that look like runs and are none, each with its reason."""
    if errors:
        with st.expander(f"{len(errors):,} folders that are no runs, and why"):
            for error in errors:
                st.markdown(f"- {literal(error)}")


cards, errors = caches.run_cards()
every = {card.name: card for card in cards}
names = [*address.choose(state.COMPARED, list(every), default=default(every))]
find = address.choose(state.FIND)
address.settle()
heading(words.PAGE)
files.say()
chosen = [every[name] for name in names]
rows = listing.found(listing.rows(cards, st.session_state.get(state.DATASET.name) or "mnist"), find or "")
has_more = len(chosen) > FILMS  # the films have the loss of theirs
with st.container(key="runs-chosen" if chosen else "runs-choice"):  # once chosen, it is not for a projector
    table, *beside = st.columns([3, 2]) if has_more else [st.container()]
with table:
    words_column, import_column = st.columns([3, 1], vertical_alignment="bottom")
    words_column.text_input(
        "Find",
        key=state.FIND.name,
        persist_state="session",
        placeholder="words: vae 16, beta=4, fashion",
        label_visibility="collapsed",
    )
    with import_column:
        files.bring()
    choose_in_table(names, [str(row["run"]) for row in rows], rows)
for place in beside:
    with place:
        curves.show_loss(chosen[:MANAGED], HEIGHT + 20)
about_table = f"{len(rows):,} of {len(cards):,} runs; nats per image on the test images, one sample of z each."
if not chosen:
    st.caption(about_table)
    say_what_is_no_run(errors)
    st.info("Choose a run in the table.")
    st.stop()
show_films(chosen[:FILMS])
files.take_films(chosen[:FILMS])
if len(chosen) > FILMS:
    st.caption(f"Films are of the first {FILMS} that were chosen; curves and differences are of all.")
st.caption(about_table)
say_what_is_no_run(errors)
notes(words.PAGE)
st.header("Where their configurations differ", anchor=False)
differing = listing.differences(chosen[:MANAGED])
if len(chosen) < 2:
    st.caption("Choose a second run in the table.")
elif not differing:
    st.caption("Nowhere: these runs were asked for with the same options.")
else:
    st.html(listing.as_html([card.name for card in chosen[:MANAGED]], differing))
    st.caption("All other options are the same. Marked is what is other than in the first run.")
st.header("Learning curves", anchor=False)
curves.show(chosen)
st.header("As files", anchor=False)
for card in chosen[:MANAGED]:
    files.manage(card)
