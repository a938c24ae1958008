"""The app on a model of one's own in headless Chromium: the server decodes, nothing else changes."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import ROOT
from tests.browser.driving import changed, grey, middle, next_frame, opened, pixels, rgb, wait_until
from tests.browser.own_app import decode, encode
from tests.processes import started
from tests.spaces import colored
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.data.images import ImageDataset


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which a script opened from another folder."""
    if os.name == "nt":
        pytest.skip("Windows has no pipe that can be waited for, and another Ctrl-C")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"VAEEXPLORER_DATA": str(SAMPLE.root), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.browser.own_app", str(port)]
    folder = tmp_path_factory.mktemp("elsewhere")
    with started(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as process:
        url = f"http://127.0.0.1:{port}"
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 60)[0], "the script says nothing"
        said = process.stdout.readline().strip()
        assert said.startswith(f"linear is open at {url}/?run=linear&token=")
        yield said.removeprefix("linear is open at ")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0  # Ctrl-C ends the app, and the script goes on to its end


def wait_for_image(page: Any, selector: str, expected: np.ndarray, tolerance: float) -> None:
    """Until a canvas shows these grey levels, as far as they are known."""
    wait_until(
        page,
        lambda: bool(np.abs(grey(page.locator(selector).first) - expected).max() <= tolerance),
        "the server's image",
    )


def shown_z(page: Any) -> np.ndarray:
    return np.array([[float(value) for value in page.locator(".z").inner_text().replace("−", "-")[1:-1].split(",")]])


def drag(page: Any, stage: Any, *, answered: bool = True) -> None:
    """Across the plane, in bursts of moves that each bring another picture where they are answered."""
    x, y = middle(stage)
    page.mouse.move(x - 40, y + 30)
    page.mouse.down()
    for burst in range(3):
        before = pixels(page)
        for step in range(1, 4):
            page.mouse.move(x - 40 + 10 * (3 * burst + step), y + 30)
            next_frame(page)
        if answered:
            changed(page, lambda: pixels(page), before)
    page.mouse.up()


@pytest.mark.browser
@pytest.mark.slow  # background.test.js and app/server/test_remote.py; a server that is gone: test_trouble.py
def test_a_drag_asks_the_server_and_outlives_it(own: str, chromium: Any) -> None:
    page = chromium
    fetched: list[str] = []
    under_way = [0, 0]  # now, at most: requests for the one image at z

    def is_image(request: Any) -> bool:
        return request.url.endswith("/decode") and len(request.post_data_buffer or b"") == 8

    def begin(request: Any) -> None:
        fetched.append(request.url.rsplit("/", 1)[1].split("-")[0])
        if is_image(request):
            under_way[0] += 1
            under_way[1] = max(under_way)

    def end(request: Any) -> None:
        under_way[0] -= is_image(request)

    page.on("request", lambda request: begin(request) if "/vx/" in request.url else None)
    page.on("requestfinished", end)
    stage = opened(page, own)
    assert page.get_by_text("its functions run on the server").is_visible()
    drag(page, stage)
    page.wait_for_url("**z=*")
    expected = np.rint(255 * decode(shown_z(page))[0])
    assert expected.std() > 20
    wait_for_image(page, "canvas.decoded", expected, 3)  # z is shown to two digits
    assert set(fetched) == {"plane", "codes", "sprite", "decode"}
    wait_until(page, lambda: under_way[0] == 0, "the last answer")
    assert under_way == [0, 1]
    assert grey(page.locator("section.strips canvas").first).any()  # a traversal, decoded there too

    page.evaluate("() => { window.asked = window.fetch; window.fetch = () => Promise.reject(new TypeError('gone')); }")
    before = grey(page.locator("canvas.decoded").first)
    drag(page, stage, answered=False)
    page.get_by_text("The server cannot be reached; the last picture stays. Try again").wait_for()
    np.testing.assert_array_equal(grey(page.locator("canvas.decoded").first), before)
    page.evaluate("() => { window.fetch = window.asked; }")
    drag(page, stage)
    page.locator(".message").wait_for(state="hidden")


@pytest.mark.browser
@pytest.mark.slow  # background.test.js: the server's code and images; its answers: tests/app/server/test_remote.py
def test_the_walk_from_x_is_the_servers(own: str, chromium: Any, mnist_test: ImageDataset) -> None:
    page = chromium
    page.goto(own.replace("/?", "/from-x?"))
    page.locator(".from-x .loss .term").first.wait_for()
    page.get_by_label("Number of a test image").fill("3")
    page.get_by_label("Number of a test image").press("Enter")
    page.get_by_text("0 · test #3", exact=True).wait_for()
    assert page.get_by_role("button", name="Clear").is_visible()
    page.wait_for_url("**image=3**")
    page.get_by_role("button", name="ε = 0").click()
    mean, logvar = encode(mnist_test.images[3:4])
    expected, out = decode(mean), "canvas[aria-label^='x′, the image']"
    wait_for_image(page, out, 255 * expected[0], 1)
    terms = [float(text) for text in page.locator(".loss .term b").all_inner_texts()]
    squared = ((mnist_test.images[3] / 255 - expected) ** 2).sum()
    kl = 0.5 * (mean**2 + np.exp(logvar) - 1 - logvar).sum()
    np.testing.assert_allclose(terms, [squared, kl], rtol=0.01)
    page.get_by_role("button", name="Resample").click()
    wait_until(page, lambda: bool(np.abs(grey(page.locator(out).first) - 255 * expected[0]).max() > 5), "another draw")


@pytest.mark.browser
@pytest.mark.slow  # notebook/test_widgets.py: colours; app/server/test_remote.py: answers of any size
def test_images_in_colour_are_shown_and_asked_for_at_their_size(own: str, chromium: Any) -> None:
    page, address = chromium, own.replace("run=linear", "run=colored")
    data = colored.colored()
    opened(page, address)
    drag(page, page.locator(".stage").first)
    page.wait_for_url("**z=*")

    def shows(selector: str, expected: np.ndarray, tolerance: float) -> None:
        canvas = page.locator(selector).first
        wait_until(
            page, lambda: bool(np.abs(rgb(canvas) - 255 * expected).max() <= tolerance), f"{selector} as expected"
        )

    shows("canvas.decoded", colored.decode(shown_z(page))[0], 5)  # z is shown to two digits
    assert rgb(page.locator("section.strips canvas").first).shape == (64, 13 * 66 - 2, 3)
    page.goto(address.replace("/?", "/from-x?"))
    page.locator(".from-x .loss .term").first.wait_for()
    page.get_by_label("Number of a test image").fill("3")
    page.get_by_label("Number of a test image").press("Enter")
    page.get_by_text("test #3").wait_for()
    page.get_by_role("button", name="ε = 0").click()
    shows("canvas[aria-label^='x, the image']", data.images[3] / 255, 0)
    shows("canvas[aria-label^='x′, the image']", colored.decode(colored.encode(data.images[3:4])[0])[0], 1)
    assert page.locator("canvas.pad").is_hidden()  # what is drawn becomes a digit
    assert page.locator("button.clear").is_hidden()
