"""What goes wrong is said in words, and the last good picture stays."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.driving import LAST_PIXEL, changed, middle, opened, pixels, wait_until

NAN = np.float16("nan").tobytes()


def fetched(route: Any, url: str | None = None) -> Any:
    """What the server says; asked again where it closed the idle connection that this one would have taken."""
    return route.fetch(url=url, max_retries=3)


def answer(change: Callable[[bytes], bytes]) -> Callable[[Any], None]:
    """Answers a request with what the server says, changed."""
    return lambda route: route.fulfill(body=change(fetched(route).body()))


def other_hash(route: Any) -> None:
    """Passes the request on with a hash that no file has."""
    head, _, tail = route.request.url.rpartition("-")
    route.fulfill(response=fetched(route, f"{head}-{'0' * 16}{tail[16:]}"))


def first_code_nan(data: bytes) -> bytes:
    start = 8 + int.from_bytes(data[4:8], "little")
    return data[:start] + NAN + data[start + 2 :]


def last_weight_changed(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


Broken = list[tuple[Callable[[Any], None], str]]
NETWORKS: Broken = [
    (answer(lambda data: data[:100_000]), "The network weights are cut short."),
    (answer(last_weight_changed), "What came is not what was asked for"),
    (other_hash, "The server answered 404."),
]
CODES: Broken = [
    (answer(first_code_nan), "The codes are not all finite numbers."),
    (lambda route: route.abort(), "The server cannot be reached."),
]


def is_drawn(canvas: Any) -> bool:
    return bool(canvas.evaluate(LAST_PIXEL) == 255)


class Line:
    """What connects a page with its server, which can be cut."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.sockets: list[Any] = []
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, socket: Any) -> None:
        socket.connect_to_server()
        self.sockets.append(socket)

    def cut(self) -> None:
        self.page.route("**/_stcore/**", lambda route: route.abort())
        for socket in self.sockets:
            socket.close()


@pytest.mark.browser
def test_what_cannot_be_loaded_is_said_and_the_last_picture_stays(
    server: str, chromium: Any, troubles: list[str]
) -> None:
    page, line = chromium, Line(chromium)
    stage = opened(page, f"{server}/")
    picture, message = pixels(page), page.locator(".message")
    cases: list[tuple[str, str, Broken]] = [
        ("decoder", "mnist-ae-2d", NETWORKS),
        ("codes", "mnist-vae-2d-lecture", CODES),
    ]
    for kind, run, broken in cases:
        for number, (handle, sentence) in enumerate(broken):
            page.unroute_all()
            page.route(f"**/{kind}-*.bin", handle)
            if number == 0:
                page.get_by_role("combobox", name="Run").click()
                page.get_by_role("option", name=run, exact=True).click()
            else:
                message.get_by_role("button", name="Try again").click()
            message.get_by_text(sentence).wait_for()
            assert message.inner_text().startswith(f"The network of {run} could not be loaded.")
            assert pixels(page) == picture
    x, y = middle(stage)
    page.mouse.click(x + 60, y + 90)
    picture = changed(page, lambda: pixels(page), picture)  # the run before is still there to be dragged

    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    message.wait_for(state="hidden")
    changed(page, lambda: pixels(page), picture)
    assert all("Failed to load resource" in trouble for trouble in troubles), troubles
    assert len(troubles) == 2
    troubles.clear()

    # A server that is gone: the plane does without it.
    line.cut()
    lost = page.get_by_role("dialog", name="The server does not answer")
    lost.get_by_text("goes on working").wait_for()
    assert page.get_by_text("internet").count() == 0  # Streamlit's own words, which mean another trouble
    page.keyboard.press("Escape")
    lost.wait_for(state="detached")
    picture = pixels(page)
    page.mouse.click(x - 60, y - 90)
    changed(page, lambda: pixels(page), picture)
    assert troubles
    assert all("_stcore" in trouble or "connect" in trouble for trouble in troubles), troubles
    troubles.clear()


@pytest.mark.browser
@pytest.mark.slow  # widgets.test.js: controls are off until there is something to control; planes.test.js: test images
def test_what_comes_slowly_or_not_at_all_is_said_and_nothing_can_be_pressed_before_it_works(
    server: str, chromium: Any
) -> None:
    page = chromium
    held: list[Any] | None = []  # requests that wait; None: none does

    def hold(route: Any) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    def release() -> None:
        nonlocal held
        waiting, held = held or [], None
        for route in waiting:
            route.continue_()

    def busy(widget: str) -> None:
        page.locator(f"{widget}[aria-busy=true]").wait_for()
        page.locator(f"{widget} .loading").first.get_by_text("Loading ").wait_for()

    page.route("**/vx/**/*.bin", hold)
    page.route("**/sprite-*.png", answer(lambda data: data[:1000]))
    page.goto(f"{server}/?run=mnist-vae-2d")
    busy(".latent-plane")
    for name in ("manifold", "Sample prior", "Walk"):
        assert page.get_by_role("button", name=name).is_disabled()
    release()
    page.locator(".latent-plane[aria-busy=false] .facts dd").first.wait_for()
    assert page.get_by_role("button", name="Sample prior").is_enabled()

    # Without the test images the plane still decodes.
    page.locator(".message").get_by_text("The test images could not be loaded.").wait_for()
    picture, (x, y) = pixels(page), middle(page.locator(".stage"))
    page.mouse.click(x + 60, y + 90)
    changed(page, lambda: pixels(page), picture)
    page.unroute("**/sprite-*.png")

    for link, widget, control in (("From x to x′", ".from-x", "button"), ("Turn β", ".beta-dial", "input")):
        held = []
        page.get_by_role("link", name=link).click()
        busy(widget)
        assert page.locator(f"{widget} {control}").first.is_disabled()
        release()
        page.locator(f"{widget}[aria-busy=false]").wait_for()
        assert page.locator(f"{widget} {control}").first.is_enabled()


POLICY = """document.addEventListener("DOMContentLoaded", () => {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "worker-src 'self'";
  document.head.append(policy);
})"""


@pytest.mark.browser
@pytest.mark.slow  # background.test.js: without a worker the page decodes
def test_where_workers_are_refused_the_page_decodes_and_says_so(
    server: str, chromium: Any, troubles: list[str]
) -> None:
    page = chromium

    page.add_init_script(POLICY)
    opened(page, f"{server}/?run=mnist-vae-2d")  # with decoded strips
    page.locator(".message").get_by_text("There is no worker for this page").wait_for()
    page.get_by_role("link", name="AE vs VAE").click()
    ways = page.locator(".pair .rows .strip > canvas")
    ways.nth(1).wait_for()
    for way in (0, 1):
        wait_until(page, functools.partial(is_drawn, ways.nth(way)), "a decoded way")
    assert troubles
    assert all("worker-src" in trouble for trouble in troubles), troubles
    troubles.clear()


@pytest.mark.browser
@pytest.mark.slow  # walk.test.js; a plane that cannot be loaded, in a page: above
def test_the_walk_says_what_it_lacks_and_goes_on_with_what_it_has(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/from-x")
    page.locator(".from-x .term b").first.wait_for()
    picture = pixels(page)
    page.route("**/network-*.bin", answer(lambda data: data[:100_000]))
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option", name="mnist-vae-16d").click()
    message = page.locator(".from-x .message")
    message.get_by_text(
        "The network of mnist-vae-16d could not be opened. The network weights are cut short."
    ).wait_for()
    assert pixels(page) == picture
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/network-" in request.url else None)
    page.get_by_role("button", name="Random").click()
    changed(page, lambda: pixels(page), picture)
    wait_until(page, lambda: bool(asked), "another try, as what was chosen is told")
    page.unroute_all(behavior="wait")
    assert "could not be opened" in message.inner_text()
    message.get_by_role("button", name="Try again").click()
    message.get_by_text("could not be opened").wait_for(state="detached")
    assert page.locator(".from-x .sliders .slider").count() == 8
