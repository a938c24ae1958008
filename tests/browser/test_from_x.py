"""From x to x': the terms of the loss in JavaScript against torch, drawings made into images, and the page itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch

from tests.browser import forced_colors
from tests.browser.accessible import examine
from tests.browser.driving import changed, picture, wait_until
from vaeexplorer.config import Likelihood, ObjectiveConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network import objectives
from vaeexplorer.runs.folder import load_run

Evaluate = Callable[[str, str, object], Any]


@pytest.fixture
def evaluate(node: Callable[..., str], modules: Path) -> Evaluate:
    """What an expression over `given` comes to in JavaScript, with all that a module exports at hand as `m`."""

    def run(module: str, expression: str, given: object) -> Any:
        code = f"import * as m from './{module}'; const given = {json.dumps(given)};"
        (modules / "evaluate.js").write_text(f"{code} console.log(JSON.stringify({expression}));")
        return json.loads(node("evaluate.js"))

    return run


@pytest.mark.parametrize("likelihood", get_args(Likelihood))
def test_reconstruction_is_that_of_the_objectives(
    evaluate: Evaluate, likelihood: Likelihood, rng: np.random.Generator
) -> None:
    x, variance = rng.random(784), 0.3
    parameter = rng.normal(0, 4, 784)
    parameter[:4] = 0, 0.05, -40, 40
    expected = objectives.reconstruction(
        torch.tensor(x),
        torch.tensor(parameter),
        ObjectiveConfig(likelihood, pixel_variance=variance),
        torch.tensor(variance, dtype=torch.float64).log(),
    ).item()
    network = {"likelihood": likelihood, "pixelVariance": variance}
    expression = "m.reconstruction(given[0], given[1], given[2])"
    found = evaluate("engine/losses.js", expression, [list(x), list(parameter), network])
    assert found == pytest.approx(expected, rel=1e-6)


def test_kl_is_that_of_the_objectives(evaluate: Evaluate, rng: np.random.Generator) -> None:
    mean, logvar = rng.normal(size=(2, 5))
    expected = objectives.gaussian_kl(torch.tensor(mean), torch.tensor(logvar)).tolist()
    found = evaluate("engine/losses.js", "m.gaussianKl(...given)", [list(mean), list(logvar)])
    assert found == pytest.approx(expected)


def centred(evaluate: Evaluate, *inks: np.ndarray) -> np.ndarray:
    """What becomes of drawings of one size, [N, 28, 28]."""
    expression = f"given.map((ink) => Array.from(m.centred(ink, {len(inks[0])})))"
    found = evaluate("interact/drawing.js", expression, [ink.ravel().tolist() for ink in inks])
    return np.array(found).reshape(-1, 28, 28)


def mass_centre(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(image.shape) + 0.5
    return float((rows * image).sum() / image.sum()), float((columns * image).sum() / image.sum())


def test_a_drawing_is_fitted_into_20_pixels_and_centred(evaluate: Evaluate) -> None:
    boxes = [(10, 150, 120, 60), (40, 40, 20, 200), (0, 0, 140, 140)]
    inks = np.zeros((3, 280, 280))
    for ink, (top, left, height, width) in zip(inks, boxes, strict=True):
        ink[top : top + height, left : left + width] = 1
    for image, (*_, height, width) in zip(centred(evaluate, *inks), boxes, strict=True):
        assert mass_centre(image) == pytest.approx((14.5, 14.5), abs=0.15)
        box = np.ptp(np.argwhere(image > 0.5), axis=0) + 1
        scale = 20 / max(height, width)
        assert box == pytest.approx((height * scale, width * scale), abs=1)
        assert image.min() >= 0
        assert image.max() <= 1


def test_images_of_mnist_are_left_nearly_as_they_are(evaluate: Evaluate, mnist_test: ImageDataset) -> None:
    """They were made this way; whole-pixel centring leaves half a pixel of freedom."""
    images = mnist_test.images[:12] / 255
    for image, found in zip(images, centred(evaluate, *images), strict=True):
        assert np.corrcoef(found.ravel(), image.ravel())[0, 1] > 0.8
    offsets = [mass_centre(image) for image in images]
    assert np.mean(offsets, axis=0) == pytest.approx((14.5, 14.5), abs=0.15)


def test_nothing_drawn_is_no_image(evaluate: Evaluate) -> None:
    assert evaluate("interact/drawing.js", "m.centred(given, 28)", [0] * 784) is None


def test_a_picture_on_white_is_turned_round(evaluate: Evaluate, mnist_test: ImageDataset) -> None:
    image = (mnist_test.images[0] / 255).ravel()
    for given in (image, 1 - image):
        assert evaluate("interact/drawing.js", "Array.from(m.onBlack(given))", list(given)) == pytest.approx(
            image, abs=1e-6
        )


@pytest.mark.browser
def test_the_page_goes_from_x_to_x_prime(server: str, chromium: Any, mnist_test: ImageDataset) -> None:
    page = chromium
    page.goto(f"{server}/from-x?run=mnist-vae-2d")
    page.locator(".from-x .loss .key-number").first.wait_for()
    examine(page)
    forced_colors.look_at(page, "From x to x′")

    def terms() -> list[float]:
        """Reconstruction, KL and loss; beta is 1."""
        texts = page.locator(".from-x .loss .term .key-number").all_inner_texts()
        return [float(text.replace("−", "-")) for text in (texts[0], *texts[2:])]

    page.get_by_text("4 · test #1465", exact=True).wait_for()  # of a wide posterior
    number = page.get_by_label("Number of a test image")
    number.fill("17")
    number.press("Enter")
    page.get_by_text("7 · test #17", exact=True).wait_for()
    page.wait_for_url("**image=17**")
    slider = page.get_by_label("ε₁")
    page.get_by_role("button", name="ε = 0").click()
    wait_until(page, lambda: bool(slider.input_value() == "0"), "no noise")
    reconstruction, kl, loss = terms()
    run = load_run("mnist-vae-2d")
    x = torch.tensor(mnist_test.images[17].reshape(1, 784)).float() / 255
    mean, logvar = run.model.network.encode(x)
    assert logvar is not None
    assert kl == pytest.approx(objectives.gaussian_kl(mean, logvar).sum().item(), abs=0.01)
    expected = objectives.bernoulli_nll(x, run.model.network.decode(mean)).item()
    assert reconstruction == pytest.approx(expected, abs=0.02)
    assert loss == pytest.approx(reconstruction + kl, abs=0.02)

    decoded = page.locator(".from-x section .decoded").nth(1)
    before = picture(decoded)
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    changed(page, lambda: picture(decoded), before)
    assert terms()[1] == kl  # the posterior does not depend on the noise

    number.fill("99999")
    number.press("Enter")
    page.get_by_text("numbered 0 to 9999").wait_for()

    box = page.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 130, steps=8)
    page.mouse.up()
    page.get_by_text("your image", exact=True).wait_for()
    page.get_by_text("of the autoencoder mnist-ae-2d").wait_for()
    page.wait_for_url("**drawing=**")
    assert "image=" not in page.url

    page.get_by_role("button", name="Resample").click()
    page.wait_for_url("**seed=**")
    shown = terms(), picture(page.locator(".from-x .decoded").first)
    page.goto(f"{page.url}&present=1")  # on a projector
    page.get_by_text("your image", exact=True).wait_for()
    # The walk opens on a test image until the drawing is read.
    wait_until(page, lambda: (terms(), picture(page.locator(".from-x .decoded").first)) == shown, f"{shown[0]}")
    examine(page)
