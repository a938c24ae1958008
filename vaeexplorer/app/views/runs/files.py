"""A run in and out as a file, renamed and deleted."""

from functools import partial

import streamlit as st

from vaeexplorer.app import caches, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.runs import words
from vaeexplorer.errors import UserError
from vaeexplorer.export.film import film_bytes, has_mp4
from vaeexplorer.runs.folder import RunCard, load_run
from vaeexplorer.runs.names import delete_run, is_own, rename_run
from vaeexplorer.runs.transfer import MOST_BYTES, export_run, import_run

_SAID = "runs-said"


def say() -> None:
    """What the last press of a button came to."""
    if said := st.session_state.pop(_SAID, None):
        kind, text = said
        (st.success if kind == "done" else st.error)(literal(text))


def bring() -> None:
    """A zip of a run, taken in."""
    if is_public():
        st.caption(words.READ_ONLY)
        return
    with st.popover("Import"), st.form("import-run", border=False, clear_on_submit=True):
        file = st.file_uploader(
            "A zip that Export or a training in the browser made", "zip", max_upload_size=MOST_BYTES // 1_000_000
        )
        name = st.text_input("Its name", placeholder="that of the folder in the zip")
        if st.form_submit_button("Import") and file is not None:
            try:
                run = import_run(file, name.strip() or None)
            except UserError as error:
                _done("trouble", str(error))
            else:
                st.session_state[state.COMPARED.name] = [run.name]
                _done("done", f"{run.name} is here, and chosen.")


def take_films(cards: list[RunCard]) -> None:
    """The films that are shown, as one file; they are drawn when a button is pressed."""
    if is_public():
        return
    kinds = [".gif", ".mp4"] if has_mp4() else [".gif"]
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind in kinds:
            st.download_button(
                f"The film as {kind[1:].upper()}",
                partial(_film, cards, kind),
                f"{'-and-'.join(card.name for card in cards)}{kind}",
                {".gif": "image/gif", ".mp4": "video/mp4"}[kind],
                key=f"film{kind}",
                on_click="ignore",
            )
        if len(kinds) == 1:
            st.caption('MP4 needs the package imageio-ffmpeg: `pip install "vaeexplorer[film]"`.')


def _film(cards: list[RunCard], kind: str) -> bytes:
    return film_bytes([load_run(card.path) for card in cards], kind)


def manage(card: RunCard) -> None:
    """What can be done with one run."""
    name, out, change, drop = st.columns([4, 1, 1, 1], vertical_alignment="center")
    name.markdown(f"**{literal(card.name)}**")
    out.download_button(
        "Export",
        lambda: export_run(card),
        f"{card.name}.zip",
        "application/zip",
        key=f"export-{card.key}-{card.name}",
        on_click="ignore",
        width="stretch",
    )
    if is_public() or not is_own(card):
        return
    with change.popover("Rename"), st.form(f"rename-{card.name}", border=False):
        text = st.text_input("Another name", card.name)
        if st.form_submit_button("Rename"):
            _act(card, f"{card.name} is called {text} now.", lambda: rename_run(card, text), text)
    with drop.popover("Delete"):
        st.markdown(f"{literal(card.name)} will be gone for good, with what was measured on it.")
        if st.button(f"Delete {card.name}", key=f"delete-{card.name}"):
            _act(card, f"{card.name} is deleted.", lambda: delete_run(card), None)


def _act(card: RunCard, sentence: str, act: object, then: str | None) -> None:
    """Do it, choose what is then in its place, and say what it came to."""
    assert callable(act)
    try:
        left = act()
    except UserError as error:
        _done("trouble", str(error))
    chosen = [then if name == card.name else name for name in st.session_state[state.COMPARED.name]]
    st.session_state[state.COMPARED.name] = [name for name in chosen if name]
    if isinstance(left, list) and left:
        sentence += f" In its folder stays what is no part of a run: {', '.join(left)}."
    _done("done", sentence)


def _done(kind: str, text: str) -> None:
    """Begin anew with what is there now, and say this."""
    st.session_state[_SAID] = (kind, text)
    caches.run_cards.clear()
    st.rerun()
