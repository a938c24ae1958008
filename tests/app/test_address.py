"""What the address holds, and who writes it: the rules, without a page."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import streamlit as st

import vaeexplorer.app
from vaeexplorer.app import address, state
from vaeexplorer.app.views.linear.conditions import CONDITIONS
from vaeexplorer.browser.links import LINEAR_VAE, PLANE, WALK, Key

RUNS = ["a", "b", "c"]
DOCS = Path(__file__).parents[2] / "docs" / "links.md"


class Address(dict[str, str]):
    """Stands in for the query of the address."""

    def get_all(self, name: str) -> list[str]:
        return self[name].split("&") if name in self else []


class Session:
    """A visitor's session and browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.address, self.pushes, self.warnings, self.number = Address(), 0, [""], 0
        self.is_history_navigation = False
        monkeypatch.setattr(st, "session_state", {})
        monkeypatch.setattr(st, "query_params", self.address)
        monkeypatch.setattr(st, "warning", self.warnings.append)
        monkeypatch.setattr(address, "_address", self._write)
        monkeypatch.setattr(address, "get_script_run_ctx", lambda: self)

    def _write(self, data: list[dict[str, Any]], key: str) -> None:
        (order,) = data
        if order["number"] > self.number:
            self.number = order["number"]
            self.pushes += order["push"]
            self.address.update(order["texts"])
            for name in [name for name, text in self.address.items() if not text]:
                del self.address[name]

    def run(self, page: str = "", *choices: Callable[[], object], back_to: dict[str, str] | None = None) -> None:
        """A run of the script: the sidebar's choices, and those of the page."""
        self.warnings.clear()
        self.is_history_navigation = back_to is not None
        if back_to is not None:
            self.address.clear()
            self.address.update(back_to)
        address.begin(page)
        address.choose(state.DATASET, ["mnist", "fashion-mnist"])
        address.choose(state.RUN, RUNS)
        for choice in choices:
            choice()
        address.settle()

    def report(self, keys: tuple[Key[Any], ...], **texts: str) -> None:
        """A gesture: the widget writes the address, and reports."""
        at = urlencode(self.address)
        for key in keys:
            self.address.pop(key.name, None)
        self.address.update(texts)
        st.session_state["widget"] = {"link": {"texts": texts, "at": f"?{at}"}}
        address.keep_link(keys, "widget")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(monkeypatch)


def test_a_new_session_takes_what_the_address_says(session: Session) -> None:
    session.address.update({"z": "0.5,1", "run": "b", "plane": "", "color": "A" * 5000})
    session.run()
    assert st.session_state["run"] == "b"
    assert address.link(PLANE) == {"z": "0.5,1"}
    assert session.address == {"z": "0.5,1", "run": "b"}
    assert session.pushes == 0


def test_a_choice_makes_an_entry_and_a_gesture_none(session: Session) -> None:
    session.run()
    session.report(PLANE, z="1,2")
    session.run()
    assert session.address == {"z": "1,2"}
    assert session.pushes == 0
    st.session_state["run"] = "b"
    session.run()
    assert session.pushes == 1
    session.run()
    assert session.pushes == 1


def test_another_run_keeps_what_holds_for_any(session: Session) -> None:
    session.run()
    session.report(PLANE, z="1,2", plane="PCA", hidden="3")
    st.session_state["run"] = "b"
    session.run()
    assert address.link(PLANE) == {"plane": "PCA"}
    assert session.address == {"run": "b", "plane": "PCA"}


def test_the_way_back_counts_for_choices_and_gestures(session: Session) -> None:
    session.run()
    session.report(PLANE, z="1,2")
    before = dict(session.address)
    st.session_state["run"] = "b"
    session.run()
    session.report(PLANE, z="3,4")
    after = dict(session.address)
    session.run(back_to=before)
    assert (st.session_state["run"], address.link(PLANE)) == ("a", {"z": "1,2"})
    session.run(back_to=after)
    assert (st.session_state["run"], address.link(PLANE)) == ("b", {"z": "3,4"})
    assert session.pushes == 1
    assert session.address == after


def test_a_report_that_comes_after_the_way_back_is_forgotten(session: Session) -> None:
    session.run()
    session.report(PLANE, z="1,2")
    before = dict(session.address)
    st.session_state["run"] = "b"
    session.run()
    session.report(PLANE, z="3,4")
    session.run(back_to=before)
    address.keep_link(PLANE, "widget")
    assert (st.session_state["run"], address.link(PLANE)) == ("a", {"z": "1,2"})


def test_another_page_makes_no_second_entry_and_keeps_what_was_chosen_there(session: Session) -> None:
    session.run()
    session.report(PLANE, z="1,2")
    session.run()
    for page, link in (("training", {}), ("", {"z": "1,2"})):
        assert address.query(page) == link
        session.address.clear()
        session.address.update(address.query(page))  # as the link to the page holds it
        session.run(page)
        assert session.address == link
    assert session.pushes == 0
    assert address.link(PLANE) == {"z": "1,2"}
    session.run("training")
    st.session_state["run"] = "b"
    session.run("training")
    assert address.query("") == {"run": "b"}
    session.run("from-x")
    session.report(WALK, image="7")
    st.session_state["run"] = "c"
    session.run("from-x")
    assert address.query("from-x") == {"run": "c", "image": "7"}


@pytest.mark.parametrize("asked", [{"run": "mine"}, {"dataset": "cats"}, {"run": "../../etc"}])
def test_what_is_not_here_is_said_and_nothing_of_it_is_applied(session: Session, asked: dict[str, str]) -> None:
    session.address.update(asked | {"z": "1.5,-0.5", "color": "error"})
    session.run()
    ((name, text),) = asked.items()
    assert session.warnings[0].startswith(f"The link asks for {name}={text}".replace("../", "../"))
    assert "z=1.5,-0.5" in session.warnings[1]
    assert st.session_state["run"] == "a"
    assert address.link(PLANE) == {}
    assert session.address == {}
    session.run()
    assert session.warnings == []


def test_choices_of_a_page_that_are_not_here_are_said(session: Session) -> None:
    session.address.update({"k": "99", "break": "x", "log": "perhaps", "step": "12"})
    session.run("linear", lambda: address.choose(state.K), lambda: address.choose(state.BROKEN, list(CONDITIONS)))
    assert [text.split(" ", 5)[4] for text in session.warnings] == ["k=99", "break=x", "of"]
    assert st.session_state["k"] == state.K.default
    assert session.address == {}


def test_of_several_names_those_that_are_gone_are_said(session: Session) -> None:
    session.address.update({"runs": "a,mine&b"})
    session.run("training", lambda: address.choose(state.COMPARED, RUNS, default=["a"]))
    assert st.session_state["runs"] == ["a", "b"]
    assert session.address == {"runs": "a,b"}
    assert session.warnings == ["The link asks for runs=mine (the runs that are shown), which is not here."]
    st.session_state["runs"] = []
    session.run("training", lambda: address.choose(state.COMPARED, RUNS, default=["a"]))
    assert st.session_state["runs"] == []
    assert session.address == {}


def test_a_choice_whose_control_is_gone_leaves_the_address(session: Session) -> None:
    session.address.update({"break": "decay", "decay": "0.2"})
    broken, decay = (lambda: address.choose(state.BROKEN, list(CONDITIONS))), (lambda: address.choose(state.DECAY))
    session.run("linear", broken, decay)
    assert session.address == {"break": "decay", "decay": "0.2"}
    st.session_state["break"] = "none"
    session.run("linear", broken)
    assert session.address == {}
    st.session_state["break"] = "decay"
    session.run("linear", broken, decay)
    assert session.address == {"break": "decay", "decay": "0.2"}


def test_a_page_that_ends_early_keeps_what_it_did_not_come_to(session: Session) -> None:
    session.address.update({"run": "b", "k": "3", "z": "1"})
    address.begin("linear")
    address.choose(state.DATASET, ["mnist"])
    address.choose(state.RUN, RUNS)
    address.settle(is_cut=True)
    assert session.address == {"run": "b", "k": "3"}


def test_a_run_that_is_cut_short_is_begun_anew(session: Session) -> None:
    session.address.update({"run": "b", "dataset": "MNIST", "z": "1,2"})
    address.begin("")
    address.choose(state.DATASET, ["mnist"])
    session.run()
    assert (st.session_state["run"], address.link(PLANE)) == ("b", {"z": "1,2"})
    assert session.address == {"run": "b", "z": "1,2"}
    assert session.pushes == 0


def test_names_of_others_are_left_alone(session: Session) -> None:
    session.address.update({"utm_source": "mail", "k": "3", "embed": "true"})
    session.run()
    assert session.address == {"utm_source": "mail", "embed": "true"}


def test_the_run_counts_more_than_the_data_set(session: Session) -> None:
    session.address.update({"run": "b", "dataset": "fashion-mnist"})
    address.begin("")
    assert address.choose(state.DATASET, ["mnist", "fashion-mnist"], implied="mnist") == "mnist"
    address.choose(state.RUN, RUNS)
    address.settle()
    assert session.address == {"run": "b"}
    assert "the run counts" in session.warnings[1]


@pytest.mark.parametrize("key", [state.K, state.DECAY, *LINEAR_VAE])
@pytest.mark.parametrize("text", ["", "z", "nan", "inf", "-inf", "1e7", "-1", "0x10", "none "])
def test_what_makes_no_sense_is_no_number(key: Key[object], text: str) -> None:
    assert key.parse(text) is None


@pytest.mark.parametrize("key", [state.K, state.DECAY, *LINEAR_VAE])
def test_numbers_within_their_limits_come_back(key: Key[Any]) -> None:
    for value in (*key.limits, sum(key.limits) // 2 if key.kind == "whole" else sum(key.limits) / 2):
        assert key.parse(key.format(value)) == value
    for value in (key.limits[0] - 1, 2 * key.limits[1]):
        assert key.parse(key.format(value)) is None


EVERY = {id(key): key for page in state.PAGES.values() for key in (*state.EVERYWHERE, *page.choices, *page.gestures)}


@pytest.mark.parametrize(("key", "option"), [(key, o) for key in EVERY.values() for o in key.options])
def test_a_choice_is_read_as_it_is_written(key: Key[Any], option: object) -> None:
    assert key.parse(key.format(option)) == option
    assert key.parse(key.format(option).upper() + "?") is None


def test_links_of_earlier_versions_keep_their_meaning() -> None:
    """They held labels; here are those of then, whatever the labels are by now."""
    assert state.DATASET.parse("Fashion-MNIST") == "fashion-mnist"
    assert state.DATASET.parse("MNIST") == "mnist"
    assert state.METHOD.parse("alternating least squares") == "als"
    assert state.LOG.parse("true") is True
    then = [
        *("all hold", "not centred, no bias", "not centred, decoder bias", "weight decay", "tied weights"),
        *("sigmoid output", "cross-entropy", "a hidden layer", "too few steps", "start at a saddle"),
    ]
    assert [state.BROKEN.parse(label) for label in then] == list(CONDITIONS)


@pytest.mark.parametrize("page", state.PAGES)
def test_no_name_stands_twice_on_a_page(page: str) -> None:
    names = [key.name for key in (*state.EVERYWHERE, *state.PAGES[page].choices, *state.PAGES[page].gestures)]
    assert len(names) == len(set(names))


def test_nothing_but_its_own_module_writes_the_address() -> None:
    """Streamlit would make an entry of every gesture, and none of a choice."""
    for path in Path(vaeexplorer.app.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "bind=" not in text, path
        assert path.name == "address.py" or not re.search(r"\bst\.query_params", text), path
        assert "query_params[name] =" not in text, path


def _table() -> str:
    """What a link holds, page by page."""
    lines = ["| page | name | what it is | as | by itself | history |", "|---|---|---|---|---|---|"]
    pages = {"every page": state.Page(state.EVERYWHERE)} | {f"`/{path}`": page for path, page in state.PAGES.items()}
    for name, page in pages.items():
        for keys, entry in ((page.choices, "a new entry"), (page.gestures, "in place")):
            lines += [
                f"| {name} | `{key.name}` | {key.about} | {_form(key)} | {_default(key)} | {entry} |" for key in keys
            ]
    return "\n".join(lines)


def _form(key: Key[Any]) -> str:
    """How a value of a key is written, in words."""
    forms = {
        "choice": ", ".join(f"`{key.format(option)}`" for option in key.options),
        "number": "a number from {:g} to {:g}".format(*key.limits),
        "whole": "a whole number from {:g} to {:g}".format(*key.limits),
        "pair": "two whole numbers, `3-14`",
        "numbers": f"{key.count or 'as many'} numbers, `0.5,-1.25`",
        "axis": "a dimension, `z3`",
        "flag": "`1` or `0`",
        "indices": "a whole number" if key.count == 1 else "whole numbers, `3,7`",
        "image": "64 grey levels",
        "polygon": "points, `0,1;2,0.5;-1,-1`",
        "changes": "β, rate or settling by step, `234b8;390r0.001`",
        "text": "a name",
        "texts": "names, `a,b`",
    }
    return forms[key.kind]


def _default(key: Key[Any]) -> str:
    written = key.format(key.default)
    return f"`{written}`" if key.default not in (None, "", ()) else ""


def test_the_table_of_what_a_link_holds_is_the_codes() -> None:
    wanted = _table()
    assert wanted in DOCS.read_text(encoding="utf-8"), f"put this into {DOCS.name}:\n\n{wanted}"


def test_the_tables_are_plain_values() -> None:
    for key in EVERY.values():
        json.dumps(key.to_json())
