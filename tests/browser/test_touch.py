"""The latent plane under fingers, on a phone's screen."""

from typing import Any

import pytest

from tests.browser.driving import changed, follow, middle, opened, picture, pixels, rested

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


TURN_WHILE_THE_PAGE_MOVES = """stage => {
  document.querySelector("[data-testid=stMain]").dispatchEvent(new Event("scroll"));
  const turn = new WheelEvent("wheel", { deltaY: -60, cancelable: true, bubbles: true });
  stage.dispatchEvent(turn);
  return turn.defaultPrevented;
}"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


def view(page: Any) -> list[float]:
    """Centre and width of what the plane shows, as the address has them."""
    text: str = page.evaluate("new URL(location.href).searchParams.get('at')")
    return [float(part) for part in text.split(",")]


@pytest.mark.browser
@pytest.mark.slow  # gestures.test.js, event by event
def test_on_a_phone_two_fingers_move_the_view_one_drags_z_and_up_and_down_is_the_pages(
    server: str, chromium: Any
) -> None:
    page = chromium
    page.set_viewport_size({"width": 390, "height": 844})
    fingers = Fingers(page)
    stage = opened(page, f"{server}/?z=1,0.5&at=0,0,8")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stage.scroll_into_view_if_needed()
    before, (x, y) = pixels(page), middle(stage)
    unit = stage.bounding_box()["width"] / 8  # CSS pixels

    fingers.go(((x - 30, y), (x - 60, y)), ((x + 30, y), (x + 60, y)))  # twice as far apart
    page.wait_for_function("() => Math.abs(new URL(location.href).searchParams.get('at').split(',')[2] - 4) < 1")
    assert view(page) == pytest.approx([0, 0, 4], abs=0.05)
    fingers.go(((x - 30, y), (x - 30 + unit, y - unit)), ((x + 30, y), (x + 30 + unit, y - unit)))  # side by side
    page.wait_for_function("new URL(location.href).searchParams.get('at').startsWith('-0.')")
    assert view(page) == pytest.approx([-0.5, -0.5, 4], abs=0.05)
    assert pixels(page) == before
    assert page.evaluate("new URL(location.href).searchParams.get('z')") == "1,0.5"

    top = stage.bounding_box()["y"]
    fingers.go(((x, y), (x + 90, y + 110)))  # one finger drags z, and the page stays
    page.wait_for_url(lambda url: "z=1,0.5" not in url)
    before = changed(page, lambda: pixels(page), before)
    assert stage.bounding_box()["y"] == top

    page.set_viewport_size({"width": 740, "height": 360})  # on its side
    rested(page, stage.bounding_box)
    stage.scroll_into_view_if_needed()
    box = rested(page, stage.bounding_box)
    assert box["height"] < 0.8 * 360
    before, top = pixels(page), page.evaluate(SCROLLED)
    x, y = box["x"] + 40, box["y"] + box["height"] - 20
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
@pytest.mark.slow  # gestures.test.js, event by event; fingers in a page: above
def test_the_wheel_zooms_until_nothing_is_left_and_two_fingers_beside_another_plane_leave_the_pair(
    server: str, chromium: Any
) -> None:
    page = chromium
    page.set_viewport_size({"width": 1000, "height": 900})
    stage = opened(page, f"{server}/?run=mnist-vae-2d")
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

    rested(page, lambda: page.url)  # what the wheel did is told when it rests
    follow(page, "AE vs VAE")
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
