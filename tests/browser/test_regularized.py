"""The page "Is it regularized?" in a browser."""

from typing import Any

import pytest

from tests.browser.driving import follow


@pytest.mark.browser
def test_verdicts_figures_and_a_second_run(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server}/regularized?run=mnist-vae-2d")
    page.get_by_text("z tells about 900 images apart.").wait_for()
    page.get_by_text("Partly: codes do not follow the prior.").wait_for()
    assert page.get_by_text("Do codes match the prior?").count() == 1
    page.locator(".card summary").nth(1).click()
    page.get_by_text("A classifier that never saw these images tells draws of q(z)").wait_for()
    strip = page.get_by_alt_text("Twelve decoded images, from the deepest hole")
    strip.wait_for()
    assert strip.evaluate("image => image.naturalWidth") == 12 * 30 - 2
    page.locator(".js-plotly-plot .heatmaplayer").first.wait_for(state="attached")
    page.get_by_label("Beside it").click()
    page.get_by_role("option", name="mnist-ae-2d", exact=True).click()
    page.get_by_text("No posterior.", exact=True).first.wait_for()
    page.wait_for_url("**beside=mnist-ae-2d**")
    for name in ("mnist-vae-2d", "mnist-ae-2d"):
        page.locator(".cards .model", has_text=name).wait_for()
    for part in (".line", ".bar", ".card > p"):  # of the cards in a row, whatever their texts
        tops = [box.bounding_box()["y"] for box in page.locator(f".cards {part}").all()]
        rows = tops[: len(tops) // 2] if part == ".bar" else tops[:3]
        assert max(rows) - min(rows) < 1, part
    last = page.locator(".card > p").last.bounding_box()
    assert last["y"] + last["height"] <= 720
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (CSV)").first.click()
    assert download.value.suggested_filename == "mnist-vae-2d-report.csv"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.slow  # that it fits: above; that a phone's pages are chosen in a drawer is Streamlit's own doing
def test_the_page_opens_on_a_phone(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/?run=mnist-vae-2d")
    page.get_by_role("heading", name="Every point is an image").wait_for()
    page.get_by_test_id("stExpandSidebarButton").click()
    follow(page, "Is it regularized?")
    page.get_by_alt_text("Twelve decoded images, from the densest spot").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
