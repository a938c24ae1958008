"""A page for a projector, by its address and by its button."""

from streamlit.testing.v1 import AppTest

from tests.app.conftest import ordered
from vaeexplorer.app import state


def is_large(page: AppTest) -> bool:
    return any("--scale: 1.6" in each.proto.body for each in page.get("html"))


def test_the_button_begins_and_ends_it_and_the_address_says_so(app: AppTest) -> None:
    app.run()
    assert not is_large(app)
    app.button(key=state.PRESENT_BUTTON).click().run()
    assert is_large(app)
    assert ordered(app)["present"] == "1"
    app.button(key=state.PRESENT_BUTTON).click().run()
    assert not is_large(app)
    assert ordered(app)["present"] == ""


def test_an_address_opens_it_and_pages_link_to_pages_that_are_presented_too(app: AppTest) -> None:
    app.query_params["present"] = "1"
    app.run()
    assert is_large(app)
    assert all("present=1" in each.proto.query_string for each in app.get("page_link"))
