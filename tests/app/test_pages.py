import base64
import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import PAGES, components, figures, ordered
from vaeexplorer.app import caches, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.explore import regions as explore_regions
from vaeexplorer.config import ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.training import Training
from vaeexplorer.results import regions
from vaeexplorer.results.stored import stored
from vaeexplorer.runs.finish import save_run
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.runs.remarks import KL_RISES, NEGATIVE

EXPLORE, TRAINING, BETA, IMAGES = (f"views/{name}/page.py" for name in ("explore", "training", "beta", "images"))


def told(app: AppTest) -> dict[str, Any]:
    """What the one latent plane of the page was told."""
    (plane,) = components(app)
    return plane


def first_run(**wanted: object) -> str:
    for card in list_runs()[0]:
        if card.config.data.dataset == "mnist" and all(
            getattr(card.config.model, name) == value for name, value in wanted.items()
        ):
            return card.name
    pytest.skip("no such shipped run")


def test_home_opens_on_a_two_dimensional_vae(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Every point is an image"
    assert app.selectbox(key="run").value == "mnist-vae-2d"
    assert told(app)["space"]["name"] == "mnist-vae-2d"
    assert told(app)["link"] == {}


def test_a_plane_has_the_maps_of_a_classifier_and_many_dimensions_their_effects(app: AppTest) -> None:
    app.run()
    space = told(app)["space"]
    assert "effects" not in space  # two sliders need no order
    asset = assets.find(*space["regions"].split("/")[1:])
    assert asset is not None
    sent = json.loads(asset.data)
    label = np.frombuffer(base64.b64decode(sent["label"]), np.uint8)
    assert len(label) == sent["rows"] * sent["columns"] == 128 * 128
    assert set(label) == set(range(10))
    assert sent["low"] < sent["far"] < sent["high"]
    app.selectbox(key="run").set_value("mnist-vae-16d").run()
    assert not app.exception
    space = told(app)["space"]
    assert "regions" not in space
    assert len(space["effects"]) == 16
    assert max(space["effects"]) == space["effects"][13]  # z14


def test_the_classifier_is_put_to_a_plane_on_request_but_not_in_public(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = stored(load_run("mnist-ae-2d"), regions.Regions)
    shutil.copytree(SHIPPED / "mnist-ae-2d", runs_folder / "mine", ignore=shutil.ignore_patterns("regions.npz"))
    monkeypatch.setattr(regions, "measure", lambda *_: found)
    caches.run_cards.clear()
    explore_regions._packed.clear()
    app.query_params.update({"run": "mine", "behind": "classifier"})
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    app.run()
    assert told(app)["space"]["regions"] is None
    assert "No classifier was put to this plane" in " ".join(each.value for each in app.caption)
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    app.run()
    app.button(key=state.REGIONS).click().run()
    assert not app.exception
    assert told(app)["space"]["regions"].startswith("vx/figures/")
    assert stored(load_run("mine"), regions.Regions) is not None
    explore_regions._packed.clear()


KINDS = {"mnist-vae-2d", "fashion-mnist-ae-16d"}
"""runs that differ in data set, model and number of dimensions"""


CLASSES = {
    "mnist": list("0123456789"),
    "fashion-mnist": ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"],
}
"""as widgets show them"""


def named(given: object) -> Iterator[list[str]]:
    """The names of classes anywhere in what a widget is given."""
    if isinstance(given, dict):
        if "classes" in given:
            yield given["classes"]
        for part in given.values():
            yield from named(part)
    elif isinstance(given, list):
        for part in given:
            yield from named(part)


@pytest.mark.parametrize("page", PAGES)
def test_every_run_can_be_chosen_on_every_page(app: AppTest, page: str) -> None:
    """All of them where the page opens in a blink, and two that differ in all elsewhere."""
    app.run()
    app.switch_page(page).run()
    assert len(PAGES) == 9
    cards = list_runs()[0]
    chosen = {card.name for card in cards} if page == EXPLORE else KINDS
    assert chosen <= {card.name for card in cards}
    for card in cards:
        if card.name not in chosen:
            continue
        if app.selectbox(key="dataset").value != card.config.data.dataset:
            app.selectbox(key="dataset").set_value(card.config.data.dataset).run()
        if not app.selectbox(key="run").disabled:  # of whose runs the page is
            app.selectbox(key="run").set_value(card.name).run()
            assert app.selectbox(key="run").value == card.name
        assert not app.exception, card.name
        assert not app.error, card.name
        assert not app.warning, card.name
        assert len(app.title) == (page != TRAINING)  # whose title is the widget's
        words = list(named(components(app)))
        if page == TRAINING:  # which has all
            assert all(each in words for each in CLASSES.values())
        elif page not in (IMAGES, "views/report/page.py", "views/runs/page.py"):
            assert words, card.name
            assert all(each == CLASSES[card.config.data.dataset] for each in words), card.name
        if page in (EXPLORE, "views/from_x/page.py"):
            assert told(app)["space"]["name"] == card.name
            assert set(told(app)["space"]["urls"]) == {"network", "codes", "sprite"}


def test_all_runs_are_compared_by_their_likelihood_and_dataset(app: AppTest) -> None:
    app.run()
    app.switch_page(TRAINING).run()
    app.multiselect(key="runs").set_value(app.multiselect(key="runs").options).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == len(list_runs()[0])
    kinds = {(card.config.data.dataset, card.config.objective.likelihood) for card in list_runs()[0]}
    assert len(figures(app)) == 3 * len(kinds)
    assert len(app.info) == (len(kinds) > 1)


GONE = literal("There is no run doomed: `python -m vaeexplorer list` shows those there are.")


@pytest.mark.parametrize(("opened", "name"), [("before", "mnist-vae-2d"), ("never", "mnist-vae-16d")])
@pytest.mark.parametrize("page", PAGES)
def test_a_run_that_is_deleted_while_it_is_listed_gets_its_sentence(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch, *, page: str, opened: str, name: str
) -> None:
    """The listing is a few seconds old at most; here it stays as old as it is."""
    shutil.copytree(SHIPPED / name, runs_folder / "doomed")
    listing = list_runs()
    monkeypatch.setattr(caches, "run_cards", lambda: listing)
    app.query_params["run"] = "doomed"
    if opened == "before":
        app.run()
        assert not app.error
    shutil.rmtree(runs_folder / "doomed")
    app.switch_page(page).run()
    assert not app.exception
    if not app.selectbox(key="run").disabled:  # of whose runs the page is
        assert app.selectbox(key="run").value == "doomed"
    assert [error.value for error in app.error] in ([GONE], [])
    if opened == "never" and page not in (TRAINING, BETA, IMAGES):  # which need no more than is listed
        assert app.error


@pytest.mark.parametrize(("page", "key"), [("ae_vs_vae", "other"), ("report", "beside")])
def test_a_second_run_that_is_deleted_gets_its_sentence(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch, page: str, key: str
) -> None:
    shutil.copytree(SHIPPED / "mnist-ae-2d", runs_folder / "doomed")
    listing = list_runs()
    monkeypatch.setattr(caches, "run_cards", lambda: listing)
    app.run()
    app.switch_page(f"views/{page}/page.py").run()
    shutil.rmtree(runs_folder / "doomed")
    app.selectbox(key=key).set_value("doomed").run()
    assert not app.exception
    assert [error.value for error in app.error] == [GONE]


def test_a_link_opens_the_same_picture(app: AppTest) -> None:
    link = {"z": "0.5,-1.25", "color": "KL", "hidden": "3,7"}
    app.query_params.update(link)
    app.run()
    assert told(app)["link"] == link


@pytest.mark.parametrize("dataset", ["fashion-mnist", "Fashion-MNIST"])
def test_a_link_names_its_dataset_by_key_or_as_earlier_versions_did(app: AppTest, dataset: str) -> None:
    app.query_params["dataset"] = dataset
    app.run()
    assert app.selectbox(key="dataset").value == "fashion-mnist"
    if dataset != "fashion-mnist":
        assert ordered(app)["dataset"] == "fashion-mnist"
    app.selectbox(key="dataset").set_value("mnist").run()
    assert app.selectbox(key="run").value == "mnist-vae-2d"
    assert ordered(app)["dataset"] == ""


def test_another_run_keeps_the_colour_but_not_the_point(app: AppTest) -> None:
    app.query_params.update({"z": "0.5,-1.25", "color": "error"})
    app.run()
    app.selectbox(key="run").set_value(first_run(model="ae", latent_dim=2)).run()
    assert told(app)["link"] == {"color": "error"}
    assert ordered(app)["z"] == ""


def test_nonsense_in_the_address_is_ignored(app: AppTest) -> None:
    app.query_params.update({"z": "9," * 2000, "run": "../../etc", "dataset": "cats", "plane": "9"})
    app.run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="run").value == "mnist-vae-2d"
    assert told(app)["link"] == {}
    assert len(app.warning) == 3


def test_umap_is_sent_only_where_it_is_looked_at(app: AppTest) -> None:
    app.query_params["run"] = first_run(model="vae", latent_dim=16)
    app.run()
    assert told(app)["space"]["umap"] is None
    app.query_params["plane"] = "UMAP"
    del app.session_state[state.ADDRESS]  # as in a new session
    app.run()
    assert len(base64.b64decode(told(app)["space"]["umap"])) == 8 * 10_000


def test_a_broken_run_is_named_in_one_sentence(app: AppTest, runs_folder: Path) -> None:
    (runs_folder / "broken").mkdir()
    (runs_folder / "broken" / "run.json").write_text("{", encoding="utf-8")
    app.run()
    assert not app.exception
    assert [warning.value for warning in app.warning] == ["The run broken cannot be read: run.json: it is not JSON."]


def test_a_run_whose_weights_are_gone_is_named_in_one_sentence(app: AppTest, runs_folder: Path) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "headless")
    (runs_folder / "headless" / "weights.safetensors").unlink()
    app.query_params["run"] = "headless"
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "headless" in app.error[0].value


@pytest.mark.parametrize("dimensions", [1, 80])
def test_a_run_of_ones_own(
    app: AppTest,
    small_config: RunConfig,
    small_train: ImageDataset,
    mnist_test: ImageDataset,
    dimensions: int,
) -> None:
    config = dataclasses.replace(
        small_config,
        model=ModelConfig(latent_dim=dimensions, hidden=(32, 16)),
        train=TrainConfig(epochs=1, device="cpu", precision="float32"),
    )
    training = Training(config, train_set=small_train, test_set=mnist_test)
    list(training)
    save_run(training, "mine")
    app.query_params["run"] = "mine"
    app.run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="run").value == "mine"
    assert told(app)["space"]["name"] == "mine"


def test_codes_of_other_images_are_refused(
    app: AppTest, small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    config = dataclasses.replace(small_config, train=TrainConfig(epochs=1, device="cpu", precision="float32"))
    training = Training(config, train_set=small_train, test_set=small_test)
    list(training)
    save_run(training, "short")
    app.query_params["run"] = "short"
    app.run()
    assert not app.exception
    assert app.error[0].value.startswith("The run short has codes of 300 other images than the 10,000 test images")
    assert "it was made with a test, so set VAEEXPLORER" in app.error[0].value


def test_the_page_of_training_explains_what_looks_wrong(
    app: AppTest, small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    config = dataclasses.replace(small_config, objective=ObjectiveConfig("continuous-bernoulli"))
    training = Training(config, train_set=small_train, test_set=small_test)
    list(training)
    save_run(training, "dense")
    app.run().switch_page(TRAINING).run()
    for run, expected in (("dense", {NEGATIVE, KL_RISES}), ("mnist-vae-2d", {KL_RISES}), ("mnist-ae-2d", set())):
        app.multiselect[0].set_value([run]).run()
        assert not app.exception
        assert {NEGATIVE, KL_RISES} & {caption.value for caption in app.caption} == expected


def test_umap_is_computed_once_and_kept(app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHIPPED / first_run(model="vae", latent_dim=16), runs_folder / "mine")
    (runs_folder / "mine" / "umap.npz").unlink(missing_ok=True)

    def two_dimensions(codes: np.ndarray, *, on_progress: Callable[[float], None]) -> np.ndarray:
        on_progress(0.5)
        return codes[:, :2]

    monkeypatch.setattr("vaeexplorer.app.caches.umap_plane", two_dimensions)
    app.query_params.update({"run": "mine", "plane": "UMAP"})
    app.run()
    assert told(app)["space"]["umap"] is None
    app.button(key="umap").click().run()
    assert not app.exception
    assert (runs_folder / "mine" / "umap.npz").exists()
    assert told(app)["space"]["umap"]
