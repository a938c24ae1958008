"""A page for a projector, by its address and by its button."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import figures, opened, ordered
from vaeexplorer.app import state


def type_sizes(part: Any) -> Iterator[float]:
    """Pixels of all type that a figure sets itself; plotly's own font is the figure's."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name.endswith("font"):
                yield value["size"]
            elif name != "template":
                yield from type_sizes(value)
    elif isinstance(part, list):
        for each in part:
            yield from type_sizes(each)


def sizes(page: AppTest) -> list[list[float]]:
    """Of each figure on the page."""
    return [sorted(type_sizes(figure)) for figure in figures(page)]


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


def test_type_of_figures_is_12_pixels_at_least_and_grows_with_the_page(app: AppTest) -> None:
    opened(app, "views/report/page.py", run="mnist-vae-2d")
    usual = sizes(app)
    assert len(usual) == 12
    assert min(map(min, usual)) >= 12
    app.button(key=state.PRESENT_BUTTON).click().run()
    for now, before in zip(sizes(app), usual, strict=True):
        assert now == pytest.approx([1.6 * size for size in before])


def names(app: AppTest) -> set[str]:
    """Of the components on the page."""
    return {each.proto.component_name for each in app.get("bidi_component")}


def test_the_window_of_a_lecture_has_the_strip_and_no_page(app: AppTest) -> None:
    app.query_params["lecture"] = "1"
    app.run()
    assert "lecture" in names(app)
    assert "latent_plane" not in names(app)


def test_a_page_in_its_frame_has_no_strip_and_no_links(app: AppTest) -> None:
    app.query_params["frame"] = "1"
    app.run()
    assert "lecture" not in names(app)
    assert "latent_plane" in names(app)
    assert is_large(app)
    assert not app.get("page_link")
