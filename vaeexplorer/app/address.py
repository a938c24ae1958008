"""How the address is read and written, by the rules below; `state.py` has the names in it.

Each name in the address has one writer. What Streamlit's controls choose (run, page, k, ...) is written by the app: a
change makes a history entry. What is done in a picture (z, walk, beta, pair, ...) is written in the browser by the
picture's own script, in place of the entry (`browser/interact/address.js`); it reports the same texts, so that another
page and the way back find them. Nothing is bound to the query by Streamlit, which would do both the other way round.

When the address is not what the page wrote last (a link, Back, Forward), the address counts. Streamlit passes it on
faithfully in just these cases and where a page link was followed; in a rerun it may name an older one.

What an address asks for and is not here is said, and nothing that belongs to it is applied to something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaeexplorer.app.state import ADDRESS, ADDRESS_WRITER, COMPARED, EVERYWHERE, NAMES, PAGES, Link
from vaeexplorer.app.text import literal
from vaeexplorer.browser import bundle
from vaeexplorer.browser.links import Key

T = TypeVar("T")
_EVERYWHERE = {key.name for key in EVERYWHERE}
_LONGEST = 2000  # characters of a text

_address = st.components.v2.component("address", js=bundle.script("entries/address.js"))


@dataclass
class _Address:
    """What a session knows of its address.

    Attributes:
        page: that is shown.
        known: what the address holds under our names.
        texts: what was chosen on each page, by name.
        of: the choices that the gestures on each page belong to, by name.
        chosen: what was chosen in this run, by name.
        is_news: whether the address counts in this run, and not what was chosen before.
        is_entry: whether the browser has made a history entry for this run already, or was opened.
        is_settled: whether the browser was told what the address is in this run.
        missing: what the address asks for and is not here: by name, a sentence.
        order: what the browser was told last.
        moves: how often Back or Forward was pressed.
    """

    page: str = ""
    known: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    of: dict[str, dict[str, str]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    is_news: bool = True
    is_entry: bool = True
    is_settled: bool = False
    missing: dict[str, str] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=lambda: {"session": uuid4().hex, "number": 0})
    moves: int = 0


def _state() -> _Address:
    if ADDRESS not in st.session_state:
        st.session_state[ADDRESS] = _Address()
    state: _Address = st.session_state[ADDRESS]
    return state


def begin(page: str) -> None:
    """A run of the script begins, on the page of this path."""
    state = _state()
    was_cut = not state.is_settled  # a first run, or one that came to nothing
    has_moved = bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
    state.moves += has_moved
    state.is_news = has_moved or (was_cut and state.is_news)
    state.is_entry = has_moved or page != state.page or (was_cut and state.is_entry)
    state.page, state.is_settled, state.chosen, state.missing = page, False, {}, {}
    if state.is_entry:
        every = {name: st.query_params.get_all(name) for name in st.query_params if name in NAMES}
        state.known = {name: ",".join(texts) if name == COMPARED.name else texts[-1] for name, texts in every.items()}
    if state.is_news:
        gestures = {key.name for key in PAGES[page].gestures}
        state.texts[page] = {
            name: text for name, text in state.known.items() if name in gestures and 0 < len(text) < _LONGEST
        }
        state.of.pop(page, None)


def choose(
    key: Key[T],
    options: Sequence[T] | None = None,
    *,
    default: T | None = None,
    implied: T | None = None,
    is_needed: bool = True,
) -> T:
    """A choice whose widget is drawn later in this run: the address's, where that counts, else the session's.

    The widget takes the key's name as its key, no value, and `persist_state="session"`.

    Args:
        key: of the choice.
        options: those there are now; None where the key says which there can be.
        default: what is left out of the address; by default the first option, or the key's default.
        implied: what the rest of the address means, which counts more.
        is_needed: whether there must be one; if not, the default is None.
    """
    state, name = _state(), key.name
    first: Any = None
    if is_needed:
        first = default if default is not None else options[0] if options else key.default
    chosen: Any = first if implied is None or not state.is_news else implied
    if text := asked(key):
        linked = _here(key, key.parse(text), options)
        if linked is None or _text(key, linked, None) != _text(key, key.parse(text), None):
            gone = [each for each in text.split(",") if each not in (linked or ())] if key.kind == "texts" else [text]
            state.missing[name] = f"The link asks for {name}={','.join(gone)} ({key.about}), which is not here."
        elif implied not in (None, linked):
            state.missing[name] = f"The link asks for {name}={text}, and for a run that is not of it: the run counts."
        chosen = linked if implied is None and linked is not None else chosen
    elif not state.is_news and name in st.session_state:
        before = st.session_state[name]
        chosen = None if before is None and not is_needed else _here(key, before, options)
        chosen = first if chosen is None and is_needed else chosen
    if name not in st.session_state or st.session_state[name] != chosen:
        st.session_state[name] = chosen
    state.chosen[name] = _text(key, chosen, first)
    return chosen  # type: ignore[no-any-return]


def _here(key: Key[Any], value: Any, options: Sequence[Any] | None) -> Any:
    """As much of a value as there is now; None where there is nothing of it."""
    if key.kind == "texts" and value is not None:
        return [each for each in value if options is None or each in options] if value else []
    if value is None or (options is None and key.parse(key.format(value)) is None):
        return None
    return value if options is None or value in options else None


def _text(key: Key[Any], value: Any, default: Any) -> str:
    """How the address holds a choice: not at all where it is the default."""
    return "" if value is None or value == default else key.format(value)


def asked(key: Key[Any]) -> str:
    """What the address asks for under a name; empty where what was chosen before counts."""
    return _state().known.get(key.name, "") if _state().is_news else ""


def settle(*, is_cut: bool = False) -> None:
    """Say what the address asks for in vain, and have the browser write what was chosen: once a run, and early.

    Args:
        is_cut: the page ended before it came to all of its choices.
    """
    state = _state()
    if state.is_settled:
        return
    state.is_settled = True
    page, texts = PAGES[state.page], state.texts.setdefault(state.page, {})
    of = {key.name: state.chosen[key.name] for key in page.of if key.name in state.chosen}
    before = state.of.get(state.page, of)
    is_lost = any(key.name in state.missing for key in page.of)
    is_other = any(before.get(name) != text for name, text in of.items())
    kept = {
        key.name: texts[key.name]
        for key in page.gestures
        if key.name in texts and not is_lost and (key.of_any_run or not is_other)
    }
    if is_lost and (lost := [f"{key.name}={texts[key.name]}" for key in page.gestures if key.name in texts]):
        state.missing[""] = f"What the link says of it is left out: {', '.join(lost)}."
    state.of[state.page] = before | of
    choices = {key.name for key in (*EVERYWHERE, *page.choices)}
    waiting = {name: state.known.get(name, "") for name in choices if is_cut}
    wanted = {name: text for name, text in (waiting | kept | state.chosen).items() if text}
    state.texts[state.page] = {name: text for name, text in wanted.items() if name not in _EVERYWHERE}
    changed = {name for name in NAMES if wanted.get(name, "") != state.known.get(name, "")}
    if changed:
        state.order = {
            "session": state.order["session"],
            "number": state.order["number"] + 1,
            "push": not state.is_entry and not choices.isdisjoint(changed),
            "texts": {name: wanted.get(name, "") for name in changed | choices},
        }
        state.known = wanted
    for sentence in state.missing.values():
        st.warning(literal(sentence))
    _address(data=[state.order], key=ADDRESS_WRITER)  # a list: see server/components.py


def query(page: str) -> dict[str, str]:
    """What a link to a page holds: what was chosen there, as far as it goes with the data set and run of now."""
    state, keys = _state(), PAGES[page]
    now = {key.name: state.chosen.get(key.name, "") for key in EVERYWHERE}
    before = state.of.get(page, {})
    is_other = any(before.get(key.name, "") != now[key.name] for key in EVERYWHERE if key in keys.of)
    dropped = {key.name for key in keys.gestures if is_other and not key.of_any_run}
    texts = now | state.texts.get(page, {})
    return {name: text for name, text in texts.items() if text and name not in dropped}


def _choices(texts: Mapping[str, str]) -> dict[str, str]:
    """What an address holds of the controls of this page."""
    names = [key.name for key in (*EVERYWHERE, *PAGES[_state().page].choices)]
    return {name: texts[name] for name in names if texts.get(name)}


def link(keys: Link) -> dict[str, str]:
    """What is chosen in a picture of this page, by name; it is settled."""
    texts = _state().texts.get(_state().page, {})
    return {key.name: texts[key.name] for key in keys if key.name in texts}


def moves() -> int:
    """How often Back or Forward was pressed: new data for a picture, which then looks at the address again.

    Without it a picture whose last gesture has not reached the app gets the data that it has, and is not called.
    """
    return _state().moves


def keep_link(keys: Link, widget: str) -> None:
    """Remember what the picture of this page has reported; its script has written it into the address.

    What was reported at an address with other choices came late, and is forgotten.
    """
    state, given = _state(), (st.session_state.get(widget) or {}).get("link")
    reported, at = (given.get("texts"), given.get("at")) if isinstance(given, Mapping) else (None, "")
    if not isinstance(reported, Mapping) or _choices(dict(parse_qsl(str(at).removeprefix("?")))) != _choices(
        state.known
    ):
        return  # of another entry of the history
    for key in keys:
        text = str(reported.get(key.name) or "")
        for texts in (state.texts.setdefault(state.page, {}), state.known):
            texts.pop(key.name, None)
            if 0 < len(text) < _LONGEST:
                texts[key.name] = text
