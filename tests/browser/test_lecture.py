"""A lecture in the browser: scenes are drawn before they are asked for, a question is guessed and revealed, two windows
stay on one scene.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import LECTURE
from tests.browser.driving import wait_until
from vaeexplorer.app.lecture import strip
from vaeexplorer.lecture.grading import grade

pytestmark = pytest.mark.browser


def scene(page: Any) -> int:
    """The number of the scene, by the address."""
    return int(parse_qs(urlsplit(page.url).query).get("scene", ["0"])[0])


def front(page: Any) -> Any:
    """The page of the scene that is shown."""
    return page.frame_locator(".lecture iframe.front")


def turn(page: Any, key: str, number: int, shows: str) -> None:
    page.keyboard.press(key)
    wait_until(page, lambda: scene(page) == number, f"scene {number}")
    title = strip.read(LECTURE).scenes[number - 1].title
    page.locator(f'.lecture iframe.front[title="{title}"]').wait_for()
    front(page).locator(shows).first.wait_for()


def test_a_lecture_is_walked_and_a_guess_handed_in(
    chromium: Any, server: str, tmp_path: Path, troubles: list[str]
) -> None:
    page = chromium
    lecture = strip.read(LECTURE)
    page.goto(f"{server}/?lecture=1")
    say = page.locator(".lecture .say")
    say.wait_for()
    wait_until(page, lambda: scene(page) == 1, "the first scene")
    stage = front(page).locator(".latent-plane .stage")
    stage.wait_for()
    assert parse_qs(urlsplit(page.url).query)["z"] == ["0.5,-0.8"]
    assert say.inner_text() == lecture.scenes[0].say
    assert front(page).locator("[data-testid=stSidebar]").is_hidden()
    box = stage.bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    wait_until(page, lambda: parse_qs(urlsplit(page.url).query)["z"] != ["0.5,-0.8"], "the window's address follows")

    behind = page.locator(f'.lecture iframe:not(.front)[title="{lecture.scenes[1].title}"]')
    behind.wait_for(state="attached")
    behind.content_frame.locator(".beta-dial .facts dd").first.wait_for()  # before it is asked for
    drawn = behind.element_handle()
    turn(page, "ArrowRight", 2, ".beta-dial")  # with the focus in the page
    assert page.locator(".lecture iframe.front").evaluate("(frame, drawn) => frame === drawn", drawn)
    assert urlsplit(page.url).path == "/beta"
    page.go_back()
    wait_until(page, lambda: scene(page) == 1, "Back")
    assert say.inner_text() == lecture.scenes[0].say
    page.go_forward()
    wait_until(page, lambda: scene(page) == 2, "and forward")

    page.locator(".lecture .ask").wait_for()
    slider = page.locator(".lecture .guess input")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    wait_until(page, lambda: "guess=7" in page.url, "a guess in the address")
    assert scene(page) == 2  # the slider's arrows turn no scene
    page.get_by_role("button", name="Reveal").click()
    wait_until(page, lambda: "beta=4" in page.url, "what is revealed")
    page.locator(".lecture .then").wait_for()
    assert page.locator(".lecture .then").inner_text() == "6 are active. Your guess: 7."
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answer").click()
    download.value.save_as(tmp_path / "handed.json")
    saved = json.loads((tmp_path / "handed.json").read_text())
    (row,) = grade(tmp_path, lecture)
    assert (row.guess, row.number, row.remark) == (7, 6, "")
    assert saved["address"].startswith("beta?")

    page.keyboard.press("r")
    wait_until(page, lambda: "shown" not in page.url and "beta=1" in page.url, "the scene as it began")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Notes").click()
    notes = opened.value
    notes.locator(".lecture .notes h2").first.wait_for()
    assert lecture.scenes[1].notes in notes.locator(".notes").inner_text()
    notes.keyboard.press("PageDown")
    wait_until(page, lambda: scene(page) == 3, "the other window's scene")
    wait_until(page, lambda: say.inner_text() == lecture.scenes[2].say, "its line")
    notes.close()
    page.get_by_role("button", name="End").click()
    page.locator("[data-testid=stSidebar]").wait_for()
    assert "lecture" not in page.url
    # Streamlit looks for its server below the page's path first.
    assert all("404" in trouble for trouble in troubles), troubles
    troubles.clear()
