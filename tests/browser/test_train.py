"""Train one now: a network learns in Chromium, is steered, looked back at, branched, raced, repeated and taken home."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from PIL import Image

from tests.browser.accessible import examine
from tests.browser.driving import changed, follow, middle, picture, wait_until
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.export.places import Inside
from vaeexplorer.export.training import page as exported
from vaeexplorer.runs.folder import load_run
from vaeexplorer.spaces.space import open_run

SMALL = "images=1000&width=64&epochs=3"  # it is trained in seconds, on a machine that does much else


def number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text))


def step(page: Any) -> int:
    """How far the training has come, by the scrubber."""
    text: str = page.get_by_label("Step of the training").get_attribute("aria-valuetext") or "0"
    return int(text.rpartition(" ")[2])


def started(page: Any) -> str:
    text: str = page.locator(".train .start").inner_text()
    return text


def unfold(page: Any, name: str, choice: str) -> None:
    page.locator(".train summary", has_text=name).click()
    page.locator(".train .choice", has_text=choice).click()


@pytest.mark.browser
def test_a_training_is_steered_looked_back_at_branched_and_taken_home(
    server: str, chromium: Any, tmp_path: Path, runs_folder: Path, mnist_test: ImageDataset
) -> None:
    page = chromium
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/training?{SMALL}&size=21")
    page.locator(".train .start:enabled").wait_for()
    examine(page)
    size = page.get_by_label("Size of images in place of dots")
    assert size.input_value() == "21"
    size.press("Home")
    page.wait_for_url(lambda url: "size=" not in url)
    decoded, samples = page.locator(".train canvas.out"), page.locator(".train canvas.samples")
    before = picture(samples)

    # One batch, and then a few more; the picture moves; beta is turned while it learns.
    page.get_by_role("button", name="One batch").click()
    wait_until(page, lambda: step(page) == 1, "one batch")
    changed(page, lambda: picture(samples), before)
    assert started(page) == "Start"
    page.get_by_role("button", name="One epoch").click()
    wait_until(page, lambda: step(page) == 8 and started(page) == "Start", "an epoch")
    page.get_by_label("β, the weight of the KL term").focus()
    page.keyboard.press("End")
    wait_until(page, lambda: "events=8b16" in page.url, "the change in the address")
    wait_until(page, lambda: "β 16" in page.locator(".train .marks").inner_text(), "its mark")
    page.locator(".train .stage").focus()
    page.keyboard.press("Space")
    wait_until(page, lambda: started(page) == "Again", "the end")
    assert step(page) == 24
    assert number(page.locator(".train .value output").first.inner_text()) > 100

    # The plane is dragged; the scrubber looks back.
    now = picture(decoded)
    x, y = middle(page.locator(".train .stage"))
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    changed(page, lambda: picture(decoded), now)
    at_the_end = picture(samples)
    page.get_by_label("Step of the training").focus()
    page.keyboard.press("Home")
    changed(page, lambda: picture(samples), at_the_end)
    page.keyboard.press("End")

    # What is taken home is read by Python.
    page.locator(".train summary", has_text="Take home").click()
    with page.expect_download() as taken:
        page.locator(".train .choice", has_text="Run folder").click()
    taken.value.save_as(tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as file:
        file.extractall(runs_folder)
    run = load_run("mnist-vae-2d-tab")
    assert len(run.history) == 3
    assert run.config.objective.beta == 16
    assert run.provenance["events"] == "beta 16 at step 8"
    space = open_run(run, mnist_test)
    codes = run.model.encode(mnist_test.images[:300])
    assert abs(codes.mean - run.codes.mean[:300]).max() < 1e-3
    squared = ((mnist_test.images[:300] / 255 - run.model.decode(codes.mean)) ** 2).sum((1, 2))
    assert abs(squared - run.error[:300]).max() < 0.2  # from pixels in 255 steps
    assert space.dimensions == 2

    # A branch is a race from the same step; its end leaves the first. Leaving and coming back finds the training.
    assert page.get_by_label("β of the branch").input_value() == "1"  # β is 16
    page.get_by_label("β of the branch").select_option(label="1/4")
    page.get_by_role("button", name="Branch here").click()
    page.locator(".train .race").wait_for()
    assert page.locator(".train .race h3").all_inner_texts()[1].startswith("VAE, β 1/4")
    page.get_by_role("button", name="End race").click()
    page.locator(".train .single").wait_for()
    follow(page, "Explore")
    page.locator(".train").wait_for(state="detached")
    follow(page, "Training")
    page.locator(".train .start:enabled").wait_for()
    wait_until(page, lambda: step(page) == 24, "where it was left")
    page.get_by_label("Step of the training").focus()
    at_the_end = picture(samples)
    page.keyboard.press("Home")  # its film is there again too
    changed(page, lambda: picture(samples), at_the_end)
    assert not [url for url in asked if "/vx/" in url and not re.search(r"/vx/[\w-]+/[\w-]+-[0-9a-f]{16}", url)]


@pytest.mark.browser
@pytest.mark.slow  # record.test.js: lanes, dimensions, clinic; a race in a page: above
def test_two_trainings_race_on_one_clock_and_seven_show_how_many_dimensions_are_needed(
    server: str, chromium: Any
) -> None:
    page = chromium
    page.goto(f"{server}/training?{SMALL.replace('epochs=3', 'epochs=1')}")
    page.locator(".train .start:enabled").wait_for()
    unfold(page, "Race", "AE vs VAE")
    page.locator(".train .race").wait_for()
    wait_until(page, lambda: started(page) == "Again", "the end of the race")
    assert page.locator(".train .race h3").all_inner_texts() == ["AE", "VAE, β 1"]
    reconstructions = page.locator(".train .race header span:first-of-type output").all_inner_texts()
    assert [number(text) > 50 for text in reconstructions] == [True, True]
    page.get_by_role("button", name="End race").click()

    unfold(page, "More", "Repeat over D")
    page.get_by_label("Epochs each").select_option("1")
    page.locator(".repeat button", has_text="Start").click()
    verdict = page.locator(".repeat .verdict")
    wait_until(page, lambda: "comes within a nat" in verdict.inner_text(), "seven trainings")
    page.locator(".repeat button", has_text="Close").click()

    unfold(page, "More", "Loss clinic")
    page.get_by_label("reconstruction, over 784 pixels").select_option("mean")
    assert "β is 784, not 1.00" in page.locator(".clinic .verdict").inner_text()
    page.get_by_role("button", name="Train it").click()
    wait_until(page, lambda: "reduce=mean-sum-mean" in page.url, "the reduction in the address")
    kl = page.locator(".train .value output").nth(1)  # a dash until the new training has said its first
    wait_until(page, lambda: kl.inner_text() != "–" and number(kl.inner_text()) < 0.2, "nothing is left of KL")
    wait_until(page, lambda: started(page) == "Again", "its end")


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.browser
@pytest.mark.slow  # session.test.js: an infinite loss; export/test_gallery.py: the exported page; test_plane.py: a film
def test_in_a_frame_a_training_diverges_rests_while_hidden_and_leaves_a_film(chromium: Any, tmp_path: Path) -> None:
    """The page of the gallery inside another one, as a course's site may have it, in forced colours and by keys."""
    chromium.emulate_media(reduced_motion="reduce", forced_colors="active")
    inner = escape(exported(Inside(), []))
    html = f'<!doctype html><link rel="icon" href="data:,"><iframe width="1200" height="700" srcdoc="{inner}"></iframe>'
    (tmp_path / "course.html").write_text(html, encoding="utf-8")
    chromium.goto((tmp_path / "course.html").as_uri())
    frame = chromium.frames[1]
    start = frame.locator(".train .start:enabled")
    start.wait_for()

    # A rate that nobody can choose: one sentence, and the last good network stays.
    frame.evaluate(f"location.hash = '{SMALL}&events=12r1e30'")
    wait_until(chromium, lambda: frame.get_by_label("Step of the training").get_attribute("max") == "24", "it is small")
    start.focus()
    chromium.keyboard.press("Enter")
    message = frame.locator(".train .message")
    wait_until(chromium, lambda: "The loss became infinite at step" in message.inner_text(), "the sentence")
    wait_until(chromium, lambda: step(frame) == 11, "the last step whose state was kept")
    assert message.inner_text().endswith("The model is back at step 11.")
    figures = frame.locator(".train .value output")
    wait_until(chromium, lambda: bool(re.search(r"\d{3}", figures.first.inner_text())), "its loss")
    chromium.keyboard.press("Enter")
    wait_until(chromium, lambda: started(frame) == "Again", "the end, at the rate of before")
    assert message.inner_text() == ""

    # Nothing is trained while the tab is hidden.
    frame.evaluate(f"location.hash = '{SMALL.replace('epochs=3', 'epochs=1000')}'")
    wait_until(
        chromium, lambda: frame.get_by_label("Step of the training").get_attribute("max") == "8000", "it is long"
    )
    chromium.keyboard.press("Enter")
    wait_until(chromium, lambda: step(frame) > 30, "it learns")
    frame.evaluate(HIDE, True)
    wait_until(chromium, lambda: started(frame) == "Start", "a pause")
    paused = step(frame)
    frame.evaluate(HIDE, False)
    wait_until(chromium, lambda: step(frame) > paused, "it goes on by itself")
    chromium.keyboard.press("Enter")
    wait_until(chromium, lambda: started(frame) == "Start", "a pause by hand")
    frame.evaluate(HIDE, True)
    frame.evaluate(HIDE, False)
    assert started(frame) == "Start"  # what was paused by hand stays so

    # The film plays, and is a file.
    played = frame.get_by_role("button", name="Play the training again")
    played.focus()
    chromium.keyboard.press("Enter")
    wait_until(chromium, lambda: step(frame) < paused, "the film begins")
    chromium.keyboard.press("Enter")
    frame.locator(".train summary", has_text="Take home").focus()
    chromium.keyboard.press("Enter")
    with chromium.expect_download() as taken:
        frame.locator(".train .choice", has_text="Film").press("Enter")
    taken.value.save_as(tmp_path / "film.gif")
    film = Image.open(io.BytesIO((tmp_path / "film.gif").read_bytes()))
    assert getattr(film, "n_frames", 1) > 8
