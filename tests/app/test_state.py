from collections import Counter
from typing import Any

import pytest
import streamlit as st

from vaeexplorer.app import state
from vaeexplorer.app.state import current_link, keep_link
from vaeexplorer.app.views.linear.conditions import CONDITIONS
from vaeexplorer.browser.links import FIELD, LINEAR_BETA, PLANE, STEP, VARIANCE, WALK, Key


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", {})


def test_what_is_chosen_is_in_the_session_and_in_the_address() -> None:
    keep_link(PLANE, "a", {"z": "1,2", "color": "KL", "something": "else"})
    assert current_link(PLANE, "a") == {"z": "1,2", "color": "KL"} == dict(st.query_params)


def test_what_is_no_longer_chosen_leaves_the_address() -> None:
    keep_link(PLANE, "a", {"z": "1,2", "color": "KL"})
    keep_link(PLANE, "a", {"z": "1,3"})
    assert dict(st.query_params) == {"z": "1,3"}


def test_a_new_session_takes_what_the_address_says() -> None:
    st.query_params.update({"z": "0.5,1", "run": "a", "plane": ""})
    assert current_link(PLANE, "a") == {"z": "0.5,1"}


def test_another_run_keeps_what_holds_for_any() -> None:
    keep_link(PLANE, "a", {"z": "1,2", "plane": "PCA", "hidden": "3"})
    assert current_link(PLANE, "b") == {"plane": "PCA"}


def test_the_walk_is_of_any_run() -> None:
    keep_link(WALK, "a", {"image": "7", "eps": "0.5,1", "something": "else"})
    assert current_link(WALK, "b") == {"image": "7", "eps": "0.5,1"} == dict(st.query_params)
    keep_link(WALK, "b", {"drawing": ".784.", "eps": "0,0"})
    assert current_link(WALK, "b") == {"drawing": ".784.", "eps": "0,0"} == dict(st.query_params)


def test_a_link_opens_the_walk_of_its_sender() -> None:
    st.query_params.update({"image": "3", "eps": "", "drawing": "A" * 5000, "other": "1"})
    assert current_link(WALK, "a") == {"image": "3"}


NUMBERS: Any = (STEP, VARIANCE, LINEAR_BETA)


@pytest.mark.parametrize("key", [*NUMBERS, FIELD, state.BETA])
@pytest.mark.parametrize("text", ["", "z", "nan", "inf", "-inf", "1e7", "-1", "0x10", "none "])
def test_what_makes_no_sense_is_the_default(key: Key[object], text: str) -> None:
    st.query_params[key.name] = text
    assert state.current(key) == key.default


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers_within_their_limits_come_back(key: Key[float]) -> None:
    for value in (*key.limits, sum(key.limits) / 2):
        state.keep(key, value)
        assert state.current(key) == value
    for value in (key.limits[0] - 1, 2 * key.limits[1], key.default):
        state.keep(key, value)
        assert dict(st.query_params) == {}


def test_every_beta_of_the_sweep_comes_back() -> None:
    for beta in state.BETA.options:
        state.keep(state.BETA, beta)
        assert state.current(state.BETA) == beta


def test_a_choice_that_is_none_is_not_kept() -> None:
    state.keep(FIELD, "cycle")
    state.keep(FIELD, "everything")
    assert dict(st.query_params) == {}


@pytest.mark.parametrize(("key", "option"), [(key, o) for key in state.URL if key.aliases for o in key.options])
def test_a_choice_is_read_as_it_is_written(key: Key[str], option: str) -> None:
    assert key.parse(key.format(option)) == option
    assert key.parse(option.upper() + "?") is None


def test_links_of_earlier_versions_keep_their_meaning() -> None:
    """They held labels; here are those of then, whatever the labels are by now."""
    assert state.DATASET.parse("Fashion-MNIST") == "fashion-mnist"
    assert state.DATASET.parse("MNIST") == "mnist"
    assert state.METHOD.parse("alternating least squares") == "als"
    then = [
        *("all hold", "not centred, no bias", "not centred, decoder bias", "weight decay", "tied weights"),
        *("sigmoid output", "cross-entropy", "a hidden layer", "too few steps", "start at a saddle"),
    ]
    assert [state.BROKEN.parse(label) for label in then] == list(CONDITIONS)


def test_no_name_stands_twice_in_the_url() -> None:
    """But for beta, which two pages have: their widgets are never on one page."""
    counts = Counter(key.name for key in state.URL)
    assert {name for name, count in counts.items() if count > 1} == {"beta"}
