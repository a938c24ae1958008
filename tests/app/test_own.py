"""A model of one's own on every page, among the shipped runs."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import PAGES, components, figures
from vaeexplorer.analysis.report.classifier import held_out
from vaeexplorer.analysis.report.classifier.networks import Recipe
from vaeexplorer.app import caches, sidebar
from vaeexplorer.app.views.report import reports
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.results.report import report_codes
from vaeexplorer.runs.folder import RunError
from vaeexplorer.spaces.own import open_model
from vaeexplorer.spaces.space import Space


def encode(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ink in the upper and in the lower half."""
    mean = images.reshape(-1, 2, 392).mean(axis=2) / 25.5 - 1
    return mean, np.full_like(mean, -2)


def decode(z: np.ndarray) -> np.ndarray:
    return np.repeat(np.clip((z[:, :, None] + 1) / 10, 0, 1), 392, axis=2).reshape(-1, 28, 28)


@pytest.fixture
def own(small_test: ImageDataset) -> Iterator[Space]:
    space = open_model(encode, decode, small_test, "halves")
    caches.show_own(space)
    yield space
    caches.forget_own()


def test_a_space_asks_a_run_and_functions_alike(own: Space, mnist_test: ImageDataset) -> None:
    run = caches.space(next(card for card in caches.run_cards()[0] if card.name == "mnist-vae-2d"))
    for space in (own, run):
        codes = space.encode(mnist_test.images[:5])
        assert codes.mean.shape == (5, space.dimensions) == (5, 2)
        np.testing.assert_allclose(codes.mean, space.codes[:5], atol=5e-3)
        images = space.decode(codes.mean)
        assert images.shape == (5, 28, 28)
        assert images.dtype == np.float32
        squared = ((mnist_test.images[:5] / 255 - images) ** 2).sum((1, 2))
        np.testing.assert_allclose(space.error[:5], squared, rtol=0.02)
        assert space.has_prior
        assert space.kl is not None
    assert own.kl_by_dimension is not None
    expected = 0.5 * (own.codes**2 + np.exp(-2) - 1 + 2)
    np.testing.assert_allclose(own.kl_by_dimension, expected, rtol=1e-5)
    assert sidebar.needed_run(run).name == "mnist-vae-2d"
    with pytest.raises(RunError, match="halves is a model of your own, and this needs a run"):
        sidebar.needed_run(own)


def told(app: AppTest) -> dict[str, Any]:
    (component,) = components(app)
    data: dict[str, Any] = component["space"]
    return data


def test_pages_show_it_or_say_in_one_sentence_why_not(app: AppTest, own: Space) -> None:
    app.run()
    assert (app.selectbox(key="dataset").value, app.selectbox(key="run").value) == ("own", "halves")
    for page in ("views/explore/page.py", "views/from_x/page.py"):
        app.switch_page(page).run()
        assert not app.exception
        assert told(app)["urls"]["remote"] == "vx/halves/"
        assert "network" not in told(app)["urls"]
        assert "on the server" in app.caption[0].value
    app.selectbox(key="dataset").set_value("mnist").run()
    assert not app.info


def test_pages_say_that_a_full_covariance_is_drawn_by_its_diagonal(app: AppTest, small_test: ImageDataset) -> None:
    def correlated(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return encode(images)[0], np.broadcast_to([[1.0, 0.5], [0.5, 1.0]], (len(images), 2, 2))

    caches.show_own(open_model(correlated, decode, small_test, "halves"))
    try:
        app.run()
        for page in ("views/explore/page.py", "views/from_x/page.py"):
            app.switch_page(page).run()
            assert not app.exception
            assert ["of its diagonal" in info.value for info in app.info] == [True]
    finally:
        caches.forget_own()


def test_a_code_of_a_huge_variance_breaks_no_page_and_leaves_a_report(
    app: AppTest, small_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out, "SHORT", Recipe(20, 1e-3, 0.3))
    monkeypatch.setattr(held_out, "LONG", Recipe(20, 1e-3, 0.3))

    def wide(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, logvar = encode(images)
        logvar[(images == small_test.images[7]).all(axis=(1, 2))] = 20
        return mean, logvar

    space = open_model(wide, decode, small_test, "halves")
    caches.show_own(space)
    try:
        app.run()
        for page in ("views/explore/page.py", "views/from_x/page.py"):
            app.switch_page(page).run()
            assert not app.exception
        app.switch_page("views/report/page.py").run()
        found = report_codes(space.name, space.posterior, space.model, space.data)
        json.dumps(found.to_json(), allow_nan=False)
        reports._report(space.key, space)[:] = [found]
        app.run()
        assert not app.exception
        assert not app.error
        assert len(figures(app)) == 8
    finally:
        caches.forget_own()
        reports.forget()


SAID = {
    "views/ae_vs_vae/page.py": "There is no second run of these images to compare with. "
    "Train one: `python -m vaeexplorer train`",
    "views/beta/page.py": "Turn β shows models that are shipped: choose MNIST or Fashion-MNIST at the left.",
    "views/linear/page.py": "halves is a model of your own, and this needs a run: choose one at the left.",
    "views/training/page.py": "halves is a model of your own, and this needs a run: choose one at the left.",
}
BUTTONS = {"views/report/page.py": ["Make the report (about half a minute)"], "views/runs/page.py": ["Import"]}
DOWNLOADS = {
    "views/explore/page.py": ["Download the codes (CSV)"],
    "views/runs/page.py": ["The film as GIF", "The film as MP4", "Export", "Export"],
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_it_or_says_in_one_sentence_what_it_needs(app: AppTest, own: Space, page: str) -> None:
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    assert not app.error
    assert [info.value for info in app.info] == ([SAID[page]] if page in SAID else [])
    assert [button.proto.label for button in app.get("download_button")] == DOWNLOADS.get(page, [])
    assert bool(components(app)) == (
        page in ("views/explore/page.py", "views/from_x/page.py", "views/training/page.py", "views/runs/page.py")
    )
    assert [button.label for button in app.main.button] == BUTTONS.get(page, [])


def test_without_one_the_app_is_as_ever(app: AppTest) -> None:
    app.query_params["dataset"] = "own"
    app.run()
    assert not app.exception
    assert app.selectbox(key="dataset").options == ["MNIST", "Fashion-MNIST"]


@pytest.mark.parametrize(
    ("run", "dataset"), [("halves", "mnist"), ("halves", None), ("fashion-mnist-ae-2d", "own"), ("halves", "cats")]
)
def test_an_address_that_names_a_run_or_a_model_opens_it(
    app: AppTest, own: Space, run: str, dataset: str | None
) -> None:
    app.query_params["run"] = run
    if dataset:
        app.query_params["dataset"] = dataset
    app.run()
    assert app.selectbox(key="run").value == run
    assert told(app)["name"] == run
