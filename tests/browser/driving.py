"""How tests drive the latent plane in a browser."""

from typing import Any


def opened(page: Any, url: str) -> Any:
    """The plane, once it shows something and Streamlit has come to rest."""
    page.goto(url)
    stage = page.locator(".stage")
    stage.wait_for()
    page.locator(".facts dd").first.wait_for()
    page.wait_for_timeout(500)
    return stage


def pixels(page: Any) -> str:
    text: str = page.locator("canvas.decoded").first.evaluate("canvas => canvas.toDataURL()")
    return text


def middle(stage: Any) -> tuple[float, float]:
    box = stage.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
