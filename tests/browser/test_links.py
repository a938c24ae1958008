"""Addresses in the browser: they hold keys and no labels, survive a change of page, and lead back."""

from typing import Any

import pytest

CHOSEN = "button[aria-checked=true]"
pytestmark = pytest.mark.browser


def shown(page: Any, dataset: str, *pills: str) -> None:
    """Wait until the sidebar and the pills show this."""
    page.locator(f"[data-testid=stSidebar] input[value='{dataset}']").wait_for()
    for pill in pills:
        page.locator(CHOSEN).get_by_text(pill, exact=True).wait_for()


def forget_404(troubles: list[str]) -> None:
    """Streamlit, opened on a page other than the first, looks for its server below that page, then above."""
    assert all("404" in trouble for trouble in troubles), troubles
    troubles.clear()


@pytest.mark.parametrize(
    "query", ["break=weight%20decay&by=L-BFGS&dataset=Fashion-MNIST", "break=decay&by=lbfgs&dataset=fashion-mnist"]
)
def test_links_of_any_version_open_the_same_page(server: str, chromium: Any, troubles: list[str], query: str) -> None:
    page = chromium
    page.goto(f"{server}/linear?{query}")
    shown(page, "Fashion-MNIST", "weight decay", "L-BFGS")
    page.wait_for_url(lambda url: all(part in url for part in ("break=decay", "by=lbfgs", "dataset=fashion-mnist")))
    forget_404(troubles)


def test_a_choice_is_kept_through_pages_and_back_again(server: str, chromium: Any, troubles: list[str]) -> None:
    page = chromium
    page.goto(f"{server}/linear?dataset=fashion-mnist")
    shown(page, "Fashion-MNIST", "all hold")
    page.get_by_text("tied weights", exact=True).click()
    page.wait_for_url("**/linear?**break=tied**")
    page.get_by_role("link", name="Training").click()
    page.wait_for_url("**/training?dataset=fashion-mnist")
    page.get_by_role("link", name="Linear AE vs PCA").click()
    page.wait_for_url("**/linear?**break=tied**")
    shown(page, "Fashion-MNIST", "tied weights")
    page.get_by_text("too few steps", exact=True).click()
    page.wait_for_url("**/linear?**break=few**")
    shown(page, "Fashion-MNIST", "too few steps")
    page.go_back()
    page.wait_for_url("**/linear?**break=tied**")
    shown(page, "Fashion-MNIST", "tied weights")
    forget_404(troubles)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_page_finds_nothing_that_another_test_left(server: str, chromium: Any, turn: str) -> None:
    chromium.goto(f"{server}/_stcore/health")
    assert chromium.evaluate("[localStorage.length, document.cookie.includes('left')]") == [0, False]
    chromium.evaluate(f"() => {{ localStorage.setItem('{turn}', ''); document.cookie = 'left={turn}'; }}")


def test_the_address_of_a_run_alone_means_its_dataset(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/?run=fashion-mnist-ae-2d")
    shown(page, "Fashion-MNIST")
    page.wait_for_url("**run=fashion-mnist-ae-2d**")
    page.get_by_role("link", name="Training").click()
    page.wait_for_url("**/training?**run=fashion-mnist-ae-2d**")
    shown(page, "Fashion-MNIST")
    page.locator("[data-testid=stSidebar] input[value='fashion-mnist-ae-2d']").wait_for()
