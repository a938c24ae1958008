"""The page AE vs VAE: two spaces, their table, and fields for what the planes ask."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import components, figures, opened
from vaeexplorer.app import caches
from vaeexplorer.app.caches import principal_space
from vaeexplorer.app.server import assets
from vaeexplorer.app.views.ae_vs_vae import comparison, pair
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.results.comparison import ComparisonError
from vaeexplorer.runs.folder import load_run
from vaeexplorer.spaces import own
from vaeexplorer.spaces.space import Space

PAGE = "views/ae_vs_vae/page.py"


@pytest.fixture
def page(app: AppTest) -> AppTest:
    app.run()
    app.switch_page(PAGE).run()
    return app


def told(app: AppTest) -> dict[str, Any]:
    (component,) = components(app)
    return component


def spaces(*names: str) -> list[Space]:
    cards = {card.name: card for card in caches.run_cards()[0]}
    return [caches.space(cards[name]) for name in names]


def test_the_pair_opens_at_once_with_its_shipped_table(page: AppTest) -> None:
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="other").value == "mnist-ae-2d"  # the partner, not the first of the list
    assert [space["name"] for space in told(page)["spaces"]] == ["mnist-vae-2d", "mnist-ae-2d"]
    assert [space["kind"] for space in told(page)["spaces"]] == ["VAE", "AE"]
    assert told(page)["fields"] is None
    start = told(page)["start"]
    assert start["pairs"][0] == {"pair": [4524, 7953], "worse": 1}
    assert [turn["worse"] for turn in start["pairs"]] == 3 * [1, 0, None]
    assert start["shares"][1] == pytest.approx(0.41, abs=0.005)
    frame = page.dataframe[0].value
    assert len(frame) == 15
    assert (frame[""] == "undecided").sum() == 10
    assert any("Neither is smoother in every respect" in text.value for text in page.markdown)
    assert any("one seed each" in text.value for text in page.markdown)
    drawn = [[title for trace in plot["data"] for title in trace["y"]] for plot in figures(page)]
    assert list(map(len, drawn)) == [4, 1, 9]  # the largest differences; folded, a smaller one and what is not decided
    assert "All figures" in [each.label for each in page.expander]
    assert not any(button.label.startswith("Measure") for button in page.button)


def test_every_shipped_run_has_its_partner_and_no_page_shows_nan(page: AppTest) -> None:
    for name, partner in (("mnist-ae-16d", "mnist-vae-16d"), ("mnist-vae-16d", "mnist-ae-16d")):
        page.selectbox(key="run").set_value(name).run()
        assert not page.exception
        assert page.selectbox(key="other").value == partner
        assert "nan" not in page.dataframe[0].value.to_csv().lower()
    names = page.dataframe[0].value.columns
    assert names[2:4].tolist() == ["mnist-vae-16d", "mnist-ae-16d"]


def test_a_copy_that_was_never_measured_does_not_hide_what_was_measured(app: AppTest, runs_folder: Path) -> None:
    """The copy has the same content, and so the same key, but no comparison under its name."""
    shutil.copytree(SHIPPED / "mnist-vae-16d", runs_folder / "copy")
    comparison._compared.clear()
    opened(app, PAGE, run="copy", other="mnist-ae-16d")
    assert not app.dataframe
    app.selectbox(key="run").set_value("mnist-vae-16d").run()
    assert app.selectbox(key="other").value == "mnist-ae-16d"
    assert len(app.dataframe[0].value) == 15


def test_a_pair_that_was_never_measured_offers_to_be(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page.selectbox(key="other").set_value("mnist-vae-2d-lecture").run()
    assert not page.exception
    assert not page.dataframe
    asked = []
    shipped = comparison.stored(*spaces("mnist-vae-2d", "mnist-ae-2d"))

    def measured(a: Space, b: Space, progress: object) -> object:
        asked.append((a.name, b.name))
        return shipped

    monkeypatch.setattr(comparison, "compare", measured)
    page.button(key="compare").click().run()
    assert asked == [("mnist-vae-2d", "mnist-vae-2d-lecture")]
    assert len(page.dataframe[0].value) == 15


@pytest.mark.parametrize(("error", "is_ours"), [(ComparisonError("No room."), True), (ValueError("(2,) (3,)"), False)])
def test_only_errors_of_ours_are_shown_as_sentences(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, error: Exception, is_ours: bool
) -> None:
    def fail(*_: object) -> None:
        raise error

    page.selectbox(key="other").set_value("mnist-vae-2d-lecture").run()
    monkeypatch.setattr(comparison, "compare", fail)
    page.button(key="compare").click().run()
    assert [each.value for each in page.error] == ([str(error)] if is_ours else [])
    assert len(page.exception) == (0 if is_ours else 1)


def test_a_run_of_other_images_is_told_to_be_none_to_compare_with(app: AppTest) -> None:
    opened(app, PAGE, other="fashion-mnist-ae-2d", at1="0,0,1")
    assert not app.exception
    assert "other=fashion-mnist-ae-2d" in app.warning[0].value.replace("\\", "")
    assert told(app)["link"] == {}


def test_a_link_opens_the_same_pair(app: AppTest) -> None:
    opened(app, PAGE, pair="7-1234", field="cycle", at2="0,0,1")
    assert told(app)["link"] == {"pair": "7-1234", "field": "cycle", "at2": "0,0,1"}


def window(dim: int, **change: object) -> dict[str, object]:
    axes = np.eye(dim)
    return {
        "origin": [0.0] * dim,
        "across": axes[0].tolist(),
        "up": axes[1].tolist(),
        "x": [-2, 2],
        "y": [-1, 1],
    } | change


@pytest.mark.parametrize("kind", ["nearest", "cycle", "magnification"])
def test_fields_answer_what_is_asked_on_one_scale(app: AppTest, kind: str) -> None:
    chosen = spaces("mnist-vae-2d", "mnist-ae-2d")
    asked = json.dumps({"kind": kind, "windows": [window(2), window(2, x=[0, 1])]})
    found = pair.answer(chosen, asked)
    assert found
    assert (found["asked"], found["kind"]) == (asked, kind)
    first, second = found["panes"]
    assert (first["rows"], first["columns"]) == (14, 28)
    assert (second["rows"], second["columns"]) == (28, 14)
    values = np.frombuffer(base64.b64decode(first["values"]), "<f4")
    assert values.shape == (14 * 28,)
    assert np.isfinite(values).all()
    assert found["low"] < found["high"]
    ellipses = np.frombuffer(base64.b64decode(first["ellipses"]), "<f4")
    assert len(ellipses) == (5 * 8 * 4 if kind == "magnification" else 0)
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "",
        "{",
        "[]",
        7,
        "9" * 30_000,
        json.dumps({"kind": "all", "windows": [window(2)]}),
        json.dumps({"kind": "cycle", "windows": []}),
        json.dumps({"kind": "cycle", "windows": [window(3)]}),
        json.dumps({"kind": "cycle", "windows": [window(2, x=[2, -2])]}),
        json.dumps({"kind": "cycle", "windows": [window(2, y=[float("nan"), 1])]}),
        json.dumps({"kind": "cycle", "windows": [window(2, origin=["a", "b"])]}),
    ],
)
def test_a_request_that_makes_no_sense_is_left_unanswered(app: AppTest, asked: object) -> None:
    assert pair.answer(spaces("mnist-vae-2d"), asked) is None


def test_the_way_between_two_images_is_measured_where_it_is_asked_for(app: AppTest) -> None:
    chosen = spaces("mnist-vae-2d", "mnist-ae-2d")
    found = pair.ways(chosen, json.dumps({"kind": "none", "windows": [], "pair": [4524, 7953]}))
    assert found
    assert found["pair"] == [4524, 7953]
    train = caches.training_images("mnist")
    for space, way in zip(chosen, found["of"], strict=True):
        images = space.decode(np.linspace(space.codes[4524], space.codes[7953], 15, dtype=np.float32))
        nearest = np.frombuffer(base64.b64decode(way["nearest"]), np.uint8).reshape(15, 28, 28)
        away = np.linalg.norm((images - nearest / 255).reshape(15, -1), axis=1)
        assert way["distances"] == pytest.approx(away, abs=0.01)
        every = np.linalg.norm((images[7] - train.images / 255).reshape(len(train), -1), axis=1)
        assert away[7] == pytest.approx(every.min(), abs=1e-4)
    assert max(found["of"][1]["distances"]) > max(found["of"][0]["distances"])
    for asked in ([0], [0, 10_000], [-1, 0], [0.5, 1], "0-1", None):
        assert pair.ways(chosen, json.dumps({"pair": asked})) is None
    assert pair.ways(chosen, "{") is None


def test_a_field_is_measured_once(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = spaces("mnist-vae-2d", "mnist-ae-2d")
    asked = json.dumps({"kind": "nearest", "windows": [window(2), window(2)]})
    first = pair.answer(chosen, asked)
    monkeypatch.setattr(pair, "measured", None)  # who measures again fails
    assert pair.answer(chosen, asked) == first


def test_the_windows_of_former_spaces_are_not_measured_in_others(page: AppTest) -> None:
    page.session_state["field-asked-of"] = ["another space", "and its partner"]
    page.run()
    assert told(page)["fields"] is None


def test_pca_is_a_third_plane_that_the_browser_decodes(page: AppTest) -> None:
    page.toggle(key="pca").set_value(True).run()
    assert not page.exception
    third = told(page)["spaces"][2]
    assert third["kind"] == "PCA"
    assert third["urls"]["network"].startswith("vx/pca-mnist-2d/decoder-")


def test_pca_is_the_optimum_of_the_full_training_set(app: AppTest) -> None:
    (space,) = spaces("mnist-vae-2d")
    opened = principal_space(space)
    per_pixel = opened.error.mean() / 784
    assert per_pixel == pytest.approx(0.05566949, rel=0.01)  # of all 60,000; clipping gains a little
    assert opened.dimensions == 2
    run = load_run("mnist-ae-2d")
    assert opened.error.mean() > run.error.mean()


def test_pca_of_images_of_ones_own_is_that_of_these_images(app: AppTest, rng: np.random.Generator) -> None:
    images = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8)
    data = ImageDataset("noise", "test", images, np.zeros(50, np.int64), ("noise",), "drawn")
    model = own.open_model(
        lambda images: images[:, 0, :2] / 255, lambda z: np.zeros((len(z), 28, 28)), data, "of-noise"
    )
    opened = principal_space(model)
    pixels = images.reshape(50, 784) / 255
    centred = pixels - pixels.mean(axis=0)
    largest = np.linalg.svd(centred)[1][:2]
    assert opened.codes.std(axis=0) == pytest.approx(largest / np.sqrt(50), rel=1e-4)


@pytest.fixture
def mine(mnist_test: ImageDataset) -> Iterator[str]:
    axes = np.random.default_rng(0).normal(size=(784, 2)) / 28
    model = own.open_model(
        lambda images: images.reshape(len(images), -1) / 255 @ axes,
        lambda z: np.clip(0.2 + z @ axes.T, 0, 1).reshape(-1, 28, 28),
        mnist_test,
        "mine",
    )
    caches.show_own(model)
    yield "mine"
    caches.forget_own()


def test_a_model_of_ones_own_can_be_compared_with_runs_of_its_images(app: AppTest, mine: str) -> None:
    app.run()
    assert app.selectbox(key="run").value == mine
    app.switch_page(PAGE).run()
    assert not app.exception
    assert not app.error
    assert "mnist-vae-2d" in app.selectbox(key="other").options
    assert told(app)["spaces"][0]["kind"] == "Your own"
    chosen = [caches.own_spaces()[mine], *spaces("mnist-ae-2d")]
    asked = json.dumps({"kind": "cycle", "windows": [window(2), window(2)]})
    assert pair.answer(chosen, asked)
    assert chosen[0].dataset == "mnist"


def test_a_model_that_is_only_called_mnist_is_not_taken_for_it(app: AppTest, rng: np.random.Generator) -> None:
    images = rng.integers(0, 256, (60, 28, 28), dtype=np.uint8)
    data = ImageDataset("mnist", "test", images, np.zeros(60, np.int64), ("noise",), "drawn")
    space = own.open_model(lambda x: x[:, 0, :2] / 255, lambda z: np.zeros((len(z), 28, 28)), data, "mnist")
    assert space.dataset is None
    assert comparison.training_images(space).content_hash == data.content_hash
    assert comparison.partners(space) == {}
    assert comparison.nearest(space).count == 60


def test_pca_is_of_the_images_and_not_of_a_name(app: AppTest, rng: np.random.Generator) -> None:
    """A second model of the same name with other images gets the PCA of its own."""
    opened = []
    for _ in range(2):
        images = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8)
        data = ImageDataset("x", "test", images, np.zeros(50, np.int64), ("noise",), "drawn")
        space = own.open_model(lambda x: x[:, 0, :2] / 255, lambda z: np.zeros((len(z), 28, 28)), data, "mine")
        opened.append(principal_space(space))
        np.testing.assert_array_equal(opened[-1].data.images, images)
    assert opened[0].key != opened[1].key
    assert assets.urls(opened[0])["codes"] != assets.urls(opened[1])["codes"]
    for space in opened:
        _, owner, file = assets.urls(space)["network"].split("/")
        assert assets.find(owner, file) is not None
