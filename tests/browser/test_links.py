"""Addresses in the browser: they hold keys and no labels, survive a change of page, and lead back."""

import re
from typing import Any

import pytest

from tests.browser.driving import at_rest, changed, follow, middle, opened, picture, pixels, rested, wait_until

AN_END = re.compile(r"· #14$")
CHOSEN = "button[aria-checked=true]"
pytestmark = pytest.mark.browser


def shown(page: Any, dataset: str, *pills: str) -> None:
    """Wait until the sidebar and the pills show this."""
    page.locator(f"[data-testid=stSidebar] input[value='{dataset}']").wait_for()
    for pill in pills:
        page.locator(CHOSEN).get_by_text(pill, exact=True).wait_for()


@pytest.mark.slow  # tests/app/test_address.py: earlier links, and what was chosen on a page; an address in place: below
def test_a_link_of_an_earlier_version_opens_the_same_page_and_choices_are_kept_through_pages(
    server: str, chromium: Any
) -> None:
    page = chromium
    page.goto(f"{server}/linear?break=weight%20decay&by=L-BFGS&dataset=Fashion-MNIST")
    shown(page, "Fashion-MNIST", "weight decay", "L-BFGS")
    page.wait_for_url(lambda url: all(part in url for part in ("break=decay", "by=lbfgs", "dataset=fashion-mnist")))
    page.get_by_text("tied weights", exact=True).click()
    page.wait_for_url("**/linear?**break=tied**")
    follow(page, "Training")
    page.wait_for_url("**/training?dataset=fashion-mnist")
    follow(page, "Linear AE vs PCA")
    page.wait_for_url("**/linear?**break=tied**")
    shown(page, "Fashion-MNIST", "tied weights")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_page_finds_nothing_that_another_test_left(server: str, chromium: Any, turn: str) -> None:
    chromium.goto(f"{server}/_stcore/health")
    assert chromium.evaluate("[localStorage.length, document.cookie.includes('left')]") == [0, False]
    chromium.evaluate(f"() => {{ localStorage.setItem('{turn}', ''); document.cookie = 'left={turn}'; }}")


@pytest.mark.slow  # tests/app/test_address.py: the run counts more than the data set
def test_the_address_of_a_run_alone_means_its_dataset(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/?run=fashion-mnist-ae-2d")
    shown(page, "Fashion-MNIST")
    page.wait_for_url("**run=fashion-mnist-ae-2d**")
    follow(page, "Training")
    page.wait_for_url("**/training?**run=fashion-mnist-ae-2d**")
    shown(page, "Fashion-MNIST")
    page.locator("[data-testid=stSidebar] input[value='fashion-mnist-ae-2d']").wait_for()


def entries(page: Any) -> int:
    """In the history of the tab."""
    count: int = page.evaluate("history.length")
    return count


def drag(page: Any, dx: int) -> str:
    """Move z, and return it as the page shows it, once the address has it."""
    x, y = middle(page.locator(".stage"))
    before = page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + 20, steps=3)
    page.mouse.up()
    page.wait_for_url(lambda url: url != before)
    return z(page)


def z(page: Any) -> str:
    return str(rested(page, lambda: page.locator(".z").inner_text()))


def choose(page: Any, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_back_undoes_one_choice_and_shows_what_the_address_says(server: str, chromium: Any) -> None:
    page = chromium
    opened(page, f"{server}/")
    began = entries(page)
    drag(page, 40)
    last = drag(page, -40)
    assert entries(page) == began
    choose(page, "Run", "mnist-vae-2d-lecture")
    page.wait_for_url("**/?run=mnist-vae-2d-lecture")
    wait_until(page, lambda: z(page) != last, "the new run's point")
    other = drag(page, 60)
    assert entries(page) == began + 1
    page.go_back()
    wait_until(page, lambda: z(page) == last, "the point of the entry")
    assert "run=" not in page.url
    assert page.title() == "Explore · mnist-vae-2d · vaeexplorer"
    page.go_forward()
    wait_until(page, lambda: z(page) == other, "the point of the entry")
    follow(page, "From x to x′")
    page.wait_for_url("**/from-x?run=mnist-vae-2d-lecture")
    page.wait_for_function("document.title === 'From x to x′ · mnist-vae-2d-lecture · vaeexplorer'")
    page.go_back()
    page.locator(".facts dd").first.wait_for()
    wait_until(page, lambda: z(page) == other, "the point of the entry")
    assert entries(page) == began + 2


@pytest.mark.slow  # entries.test.js: what a link holds is shown; z outlives a reload: test_plane.py
def test_what_is_chosen_on_the_plane_outlives_a_reload(server: str, chromium: Any) -> None:
    page = chromium
    stage = opened(page, f"{server}/")
    page.get_by_label("Number of a test image").fill("7")
    page.keyboard.press("Enter")
    page.wait_for_url("**test=7**")
    page.get_by_role("button", name="Resample").click()
    page.wait_for_url("**test=7**z=**")
    page.get_by_role("button", name="A → B").click()
    page.wait_for_url("**path=0**")
    page.get_by_role("button", name="lasso").click()
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((80, 0), (80, 60), (0, 60)):
        page.mouse.move(x + dx, y + dy, steps=10)
    page.mouse.up()
    page.wait_for_url("**lasso=**")

    def shown() -> tuple[str, ...]:
        parts = (".z", ".facts", ".selection h2", ".buttons [aria-pressed=true], .segments [aria-pressed=true]")
        return tuple("|".join(page.locator(part).all_inner_texts()) for part in parts)

    before, address = rested(page, shown), page.url
    opened(page, address)
    page.locator(".selection h2").wait_for()
    assert rested(page, shown) == before
    assert page.url == address


@pytest.mark.slow  # tests/app/test_address.py and entries.test.js, each for the choices that it reads
def test_what_a_link_asks_for_in_vain_is_said_and_leaves_the_address(server: str, chromium: Any) -> None:
    page = chromium
    opened(page, f"{server}/?run=mine&z=1.5,-0.5&utm=x")
    page.get_by_text("The link asks for run=mine").wait_for()
    page.wait_for_url(f"{server}/?utm=x")
    first = z(page)
    assert first != "(1.50, −0.50)"
    picture = pixels(page)
    opened(page, f"{server}/?z=1,2,3&at=a,b,c&hidden=x&color=error&a=1&b=,&manifold=2&plane=UMAP")
    page.get_by_text("The link asks for z=1,2,3").wait_for()
    page.wait_for_url(lambda url: "color=error" in url and "z=" not in url)
    assert (z(page), pixels(page)) == (first, picture)  # the page as it opens


@pytest.mark.slow  # widgets.test.js: an order is an entry or takes its place; entries.test.js; Back in a page: above
def test_on_pages_of_pictures_a_choice_makes_an_entry_and_a_gesture_none(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/beta")
    beta = page.locator("output.beta")
    beta.get_by_text("1", exact=True).wait_for()
    began = entries(page)
    for text in ("2", "4"):
        page.get_by_role("button", name=f"β = {text}", exact=True).click()
        page.wait_for_url(f"**/beta?beta={text}")
    page.get_by_role("radio", name="16", exact=True).click(force=True)
    page.wait_for_url("**/beta?beta=4&dims=16")
    page.get_by_role("button", name="β = 8", exact=True).click()
    page.wait_for_url("**/beta?beta=8&dims=16")
    assert entries(page) == began + 1
    page.go_back()
    page.wait_for_url("**/beta?beta=4")
    beta.get_by_text("4", exact=True).wait_for()

    page.goto(f"{server}/ae-vs-vae?pair=3-14")
    page.get_by_text(AN_END).first.wait_for()
    at_rest(page)
    began = entries(page)
    page.get_by_role("radio", name="within a class").click(force=True)
    page.wait_for_url("**pairs=within**")
    page.get_by_role("button", name="Another pair").click()
    page.wait_for_url(lambda url: "pair=3-14" not in url)
    x, y = middle(page.locator(".stage").nth(1))
    page.mouse.move(x, y)
    page.keyboard.down("Control")  # a pinch: the wheel alone would scroll the page, which has just moved
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_url("**at2=**")
    assert entries(page) == began + 1
    address = page.url
    page.go_back()
    page.get_by_text(AN_END).first.wait_for()
    page.wait_for_url("**/ae-vs-vae?pair=3-14")
    page.go_forward()
    page.wait_for_url(address)
    page.get_by_text(AN_END).first.wait_for(state="detached")


@pytest.mark.slow  # walk_link.test.js; that a page loaded anew is the same: test_from_x.py
def test_the_noise_of_the_walk_outlives_a_reload(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/from-x")
    page.locator(".from-x .term b").first.wait_for()
    cloud = page.locator("canvas.cloud")
    before = picture(cloud)
    page.get_by_role("button", name="Resample").click()
    drawn = changed(page, lambda: picture(cloud), before)
    page.wait_for_url("**seed=**")
    page.reload()
    page.locator(".from-x .term b").first.wait_for()
    assert rested(page, lambda: picture(cloud)) == drawn
