"""Training on the server, as visitors see it: begun, steered, watched by two, kept; killed, resumed, branched.

The server that it began on is killed, which the latent plane outlives as well.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import serving
from tests.browser.driving import changed, middle, opened, picture, pixels, wait_until
from tests.processes import posix
from vaeexplorer.runs.folder import load_run
from vaeexplorer.trainings import folder
from vaeexplorer.trainings.listing import LIVING, list_trainings, read_training

NAME = "mnist-vae-2d-bernoulli"


@pytest.fixture
def home(at_home: Path) -> Iterator[Path]:
    """The folder of the server, whose trainings end with the test."""
    yield at_home
    for card in list_trainings():
        if card.state in LIVING and card.status:
            with suppress(ProcessLookupError):
                os.kill(card.status.pid, signal.SIGKILL)


def stands(page: Any, state: str) -> None:
    page.locator(f".served[data-state={state}]").wait_for()


def the_plane_outlives(url: str, process: "subprocess.Popen[bytes]", page: Any) -> None:
    """Kill a server under a drag."""
    stage = opened(page, f"{url}/")
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    process.kill()
    process.wait(20)
    for step in range(4):
        before = pixels(page)
        page.mouse.move(x + 60 + 30 * step, y + 20)
        changed(page, lambda: pixels(page), before)
    seen = pixels(page)
    page.mouse.up()
    page.get_by_role("dialog", name="The server does not answer").get_by_text("goes on working").wait_for()
    assert page.get_by_text("internet").count() == 0  # Streamlit's own words, which mean another trouble
    page.keyboard.press("Escape")
    assert page.get_by_role("combobox", name="Run").is_disabled()
    assert pixels(page) == seen
    page.wait_for_url("**/?z=*")  # whoever is away: a reload shows it
    page.get_by_role("button", name="Sample prior").click()
    changed(page, lambda: pixels(page), seen)


def begin(page: Any, url: str) -> None:
    """A training that does not end by itself, and whose picture moves without a run of the script."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{url}/training?where=server")
    page.get_by_role("textbox", name="hidden").fill("64")
    page.get_by_role("spinbutton", name="epochs").fill("9000")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start", exact=True).click()
    stands(page, "running")
    dots = page.locator(".served .stage canvas").nth(1)
    changed(page, lambda: picture(dots), picture(dots))


def drag_and_steer(page: Any) -> None:
    """While it learns."""
    decoded = page.locator(".served canvas.out")
    x, y = middle(page.locator(".served .stage"))
    before = picture(decoded)
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    changed(page, lambda: picture(decoded), before)
    page.locator(".served").get_by_label("β, the weight of the KL term").focus()
    page.keyboard.press("End")
    is_marked(page)


def is_marked(page: Any) -> None:
    wait_until(page, lambda: "β 16" in page.locator(".served .marks").inner_text(), "the mark of what was turned")


def pause_as_another(browser: Any, page: Any, url: str) -> None:
    """Another visitor sees the same, and pauses it for both."""
    other = browser.new_page()
    try:
        other.goto(f"{url}/training?where=server")
        stands(other, "running")
        other.locator(".served .start").click()
        stands(page, "paused")
        is_marked(other)
    finally:
        other.close()


def stop(page: Any) -> None:
    """After an epoch; it is a run then."""
    wait_until(page, lambda: read_training(folder.path_of(NAME)).epoch > 0, "an epoch")
    page.locator(".served button", has_text="Stop").click()
    stands(page, "stopped")
    run = load_run(NAME)
    assert run.config.objective.beta == 16
    assert len(run.history) < 9000


@posix
@pytest.mark.browser
@pytest.mark.slow  # its buttons: remote.test.js; routes and processes: app/server/test_trainings.py, tests/trainings
def test_a_training_on_the_server_is_steered_and_kept(server: str, home: Path, chromium: Any) -> None:
    begin(chromium, server)
    drag_and_steer(chromium)
    stop(chromium)
    chromium.goto("about:blank")


@posix
@pytest.mark.browser
@pytest.mark.slow  # shared: remote.test.js, app/server/test_trainings.py; killed, found again, branched:
# trainings/test_processes.py; a plane alone: test_own.py
def test_a_training_and_the_plane_outlive_the_server(
    server: str, home: Path, chromium: Any, browser: Any, troubles: list[str]
) -> None:
    page = chromium
    with serving(home) as (url, process):
        begin(page, url)
        drag_and_steer(page)
        pause_as_another(browser, page, url)
        the_plane_outlives(url, process, page)
    page.goto("about:blank")
    assert troubles
    assert all("server" in trouble or "ERR_CONNECTION_REFUSED" in trouble for trouble in troubles), troubles
    troubles.clear()

    # Another server finds it.
    page.goto(f"{server}/training?where=server&served={NAME}")
    stands(page, "paused")
    assert read_training(folder.path_of(NAME)).events[-1].value == 16
    page.locator(".served .start").click()
    wait_until(page, lambda: read_training(folder.path_of(NAME)).epoch > 0, "an epoch")
    status = read_training(folder.path_of(NAME)).status
    assert status
    os.kill(status.pid, signal.SIGKILL)
    stands(page, "interrupted")
    assert "resume" in page.locator(".served .message").inner_text()
    page.locator(".served .start").click()
    stands(page, "running")
    stop(page)

    page.get_by_test_id("stPopoverButton").filter(has_text="Branch").click()
    page.get_by_role("textbox", name="Its name").fill("branched")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Branch", exact=True).last.click()
    wait_until(page, lambda: page.locator(".served h1").inner_text() == "branched", "the branch")
    stands(page, "running")
    page.locator(".served button", has_text="Kill").click()
    stands(page, "interrupted")
    assert "killed from the page" in page.locator(".served .message").inner_text()
    page.goto("about:blank")
