import pytest
import streamlit as st

from vaeexplorer.app.state import current_link, current_walk, keep_link, keep_walk


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", {})


def test_what_is_chosen_is_in_the_session_and_in_the_address() -> None:
    keep_link("a", {"z": "1,2", "color": "KL", "something": "else"})
    assert current_link("a") == {"z": "1,2", "color": "KL"} == dict(st.query_params)


def test_what_is_no_longer_chosen_leaves_the_address() -> None:
    keep_link("a", {"z": "1,2", "color": "KL"})
    keep_link("a", {"z": "1,3"})
    assert dict(st.query_params) == {"z": "1,3"}


def test_a_new_session_takes_what_the_address_says() -> None:
    st.query_params.update({"z": "0.5,1", "run": "a", "plane": ""})
    assert current_link("a") == {"z": "0.5,1"}


def test_another_run_keeps_what_holds_for_any() -> None:
    keep_link("a", {"z": "1,2", "plane": "PCA", "hidden": "3"})
    assert current_link("b") == {"plane": "PCA"}


def test_the_walk_is_kept_and_put_in_the_url() -> None:
    keep_walk({"image": "7", "eps": "0.5,1", "something": "else"})
    assert current_walk() == {"image": "7", "eps": "0.5,1"} == dict(st.query_params)
    keep_walk({"drawing": ".784.", "eps": "0,0"})
    assert current_walk() == {"drawing": ".784.", "eps": "0,0"} == dict(st.query_params)


def test_a_link_opens_the_walk_of_its_sender() -> None:
    st.query_params.update({"image": "3", "eps": "", "drawing": "A" * 5000, "other": "1"})
    assert current_walk() == {"image": "3"}
