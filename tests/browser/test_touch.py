"""The latent plane under fingers, on a phone's screen."""

from typing import Any

import pytest

from tests.browser.driving import changed, middle, opened, picture, pixels, rested

Finger = tuple[float, float]


class Fingers:
    """Touches as the browser gets them from a screen."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def touch(self, kind: str, *fingers: Finger) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def go(self, *paths: tuple[Finger, Finger], steps: int = 8) -> None:
        """Each finger from the first of its points to the second, one finger touching down after the other."""
        for count in range(1, len(paths) + 1):
            self.touch("touchStart", *(start for start, _ in paths[:count]))
        for step in range(1, steps + 1):
            share = step / steps
            self.touch("touchMove", *((x + (u - x) * share, y + (v - y) * share) for (x, y), (u, v) in paths))
        self.touch("touchEnd")


@pytest.fixture
def phone(server: str, chromium: Any) -> Any:
    chromium.set_viewport_size({"width": 390, "height": 844})
    return chromium


TURN_WHILE_THE_PAGE_MOVES = """stage => {
  document.querySelector("[data-testid=stMain]").dispatchEvent(new Event("scroll"));
  const turn = new WheelEvent("wheel", { deltaY: -60, cancelable: true, bubbles: true });
  stage.dispatchEvent(turn);
  return turn.defaultPrevented;
}"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


@pytest.mark.browser
def test_a_phone_on_its_side_scrolls_over_the_plane(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 740, "height": 360})
    fingers = Fingers(page)
    stage = opened(page, f"{server}/?z=1,0.5")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box["height"] < 0.8 * 360
    before, top = pixels(page), page.evaluate(SCROLLED)
    x, y = box["x"] + 40, box["y"] + box["height"] - 20  # away from z
    fingers.go(((x, y), (x, y - 150)))
    assert changed(page, lambda: page.evaluate(SCROLLED), top) > top + 50
    rested(page, lambda: page.evaluate(SCROLLED))
    assert pixels(page) == before

    stage.scroll_into_view_if_needed()
    top = rested(page, lambda: page.evaluate(SCROLLED))
    box = stage.bounding_box()
    x, y = box["x"] + 40, box["y"] + box["height"] / 2
    fingers.go(((x, y), (x + 90, y + 10)))  # sideways
    changed(page, lambda: pixels(page), before)
    assert page.evaluate(SCROLLED) == top


@pytest.mark.browser
def test_the_wheel_zooms_until_nothing_is_left_and_a_page_that_moves_goes_on(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1000, "height": 900})
    stage = opened(page, f"{server}/")
    top = page.evaluate(SCROLLED)
    dots = stage.locator("canvas").nth(1)
    before = picture(dots)
    page.mouse.move(*middle(stage))
    page.mouse.wheel(0, 400)
    before = changed(page, lambda: picture(dots), before)
    assert page.evaluate(SCROLLED) == top
    page.mouse.wheel(0, 400)  # a quarter of its size: nothing is left to zoom
    before = changed(page, lambda: picture(dots), before)
    assert page.evaluate(SCROLLED) == top
    page.mouse.wheel(0, 100)
    changed(page, lambda: page.evaluate(SCROLLED), top)
    assert not stage.evaluate(TURN_WHILE_THE_PAGE_MOVES)
    assert picture(dots) == before


def view(page: Any) -> list[float]:
    """Centre and width of what the plane shows, as the address has them."""
    text: str = page.evaluate("new URL(location.href).searchParams.get('at')")
    return [float(part) for part in text.split(",")]


@pytest.mark.browser
def test_a_finger_drags_z_and_the_page_stays(server: str, phone: Any) -> None:
    fingers = Fingers(phone)
    stage = opened(phone, f"{server}/")
    stage.scroll_into_view_if_needed()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    before, top = pixels(phone), stage.bounding_box()["y"]
    x, y = middle(stage)
    fingers.go(((x, y), (x + 90, y + 110)))
    phone.wait_for_url("**/?z=*")
    assert pixels(phone) != before
    assert stage.bounding_box()["y"] == top


@pytest.mark.browser
def test_two_fingers_zoom_and_move_the_view_and_leave_z(server: str, phone: Any) -> None:
    fingers = Fingers(phone)
    stage = opened(phone, f"{server}/?z=1,0.5&at=0,0,8")
    stage.scroll_into_view_if_needed()
    before, (x, y) = pixels(phone), middle(stage)
    unit = stage.bounding_box()["width"] / 8  # CSS pixels

    fingers.go(((x - 30, y), (x - 60, y)), ((x + 30, y), (x + 60, y)))  # twice as far apart
    phone.wait_for_function("() => Math.abs(new URL(location.href).searchParams.get('at').split(',')[2] - 4) < 1")
    assert view(phone) == pytest.approx([0, 0, 4], abs=0.05)

    fingers.go(((x - 30, y), (x - 30 + unit, y - unit)), ((x + 30, y), (x + 30 + unit, y - unit)))  # side by side
    phone.wait_for_function("new URL(location.href).searchParams.get('at').startsWith('-0.')")
    assert view(phone) == pytest.approx([-0.5, -0.5, 4], abs=0.05)
    assert pixels(phone) == before
    assert phone.evaluate("new URL(location.href).searchParams.get('z')") == "1,0.5"


@pytest.mark.browser
def test_two_fingers_on_a_plane_beside_another_leave_the_pair(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/ae-vs-vae?run=mnist-vae-2d")
    named = page.get_by_text("0 · #7953", exact=True)
    named.wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    fingers = Fingers(page)
    stage = page.locator(".pair .stage").first
    stage.scroll_into_view_if_needed()
    dots = stage.locator("canvas").nth(1)
    before, box = rested(page, lambda: (picture(dots), stage.bounding_box()))
    assert box["width"] <= 390
    x, y = middle(stage)
    fingers.go(((x - 30, y), (x - 60, y)), ((x + 30, y), (x + 60, y)))
    changed(page, lambda: picture(dots), before)  # zoomed
    assert named.count() == 1
    assert "pair=" not in page.url
