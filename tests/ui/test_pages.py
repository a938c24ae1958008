import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data import ImageDataset
from vaeexplorer.runs import SHIPPED, list_runs, save_run
from vaeexplorer.training import Training

TRAINING = "views/training.py"


def z_of(app: AppTest) -> tuple[float, ...]:
    return tuple(app.session_state["z"][1])


def first_run(**wanted: object) -> str:
    for card in list_runs()[0]:
        if all(getattr(card.config.model, name) == value for name, value in wanted.items()):
            return card.name
    pytest.skip("no such shipped run")


def test_home_opens_on_a_two_dimensional_vae(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Every point is an image"
    assert app.selectbox(key="run").value == "mnist-vae-2d"
    assert len(app.slider) == 2
    assert len(app.get("plotly_chart")) == 2  # the plane and the manifold


def test_every_run_can_be_chosen_on_every_page(app: AppTest) -> None:
    app.run()
    for dataset in sorted({card.config.data.dataset for card in list_runs()[0]}):
        app.selectbox(key="dataset").set_value(dataset).run()
        for name in app.selectbox(key="run").options:
            app.selectbox(key="run").set_value(name).run()
            assert not app.exception, name
            assert not app.error, name
            assert app.session_state["z"][0] == name
    app.switch_page(TRAINING).run()
    assert not app.exception
    app.multiselect(key="runs").set_value(app.multiselect(key="runs").options).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == len(list_runs()[0])
    kinds = {(card.config.data.dataset, card.config.objective.likelihood) for card in list_runs()[0]}
    assert len(app.get("plotly_chart")) == 3 * len(kinds)
    assert len(app.info) == (len(kinds) > 1)


def test_a_slider_moves_z_and_the_address(app: AppTest) -> None:
    app.run()
    app.slider(key="slider-1").set_value(1.25).run()
    assert z_of(app)[1] == 1.25
    assert "".join(app.query_params["z"]).endswith(",1.25")


def test_presets_move_z_and_the_sliders(app: AppTest) -> None:
    app.run()
    before = z_of(app)
    app.number_input(key="image").set_value(7).run()
    at_seven = z_of(app)
    assert at_seven != before
    assert app.slider(key="slider-0").value == pytest.approx(at_seven[0], abs=0.006)
    sample = next(button for button in app.button if button.label == "Sample prior")
    sample.click().run()
    assert z_of(app) != at_seven
    assert not app.exception


def test_a_link_opens_the_same_picture(app: AppTest) -> None:
    app.query_params.update({"z": "0.5,-1.25", "color": "KL"})
    app.run()
    assert z_of(app) == (0.5, -1.25)
    assert app.slider(key="slider-1").value == -1.25
    assert app.session_state["color"] == "KL"


@pytest.mark.parametrize("z", ["", "nan,1", "1", "1,2,3", "a,b", "inf,0", "1e99,0", "<script>"])
def test_nonsense_in_the_address_is_ignored(app: AppTest, z: str) -> None:
    app.query_params.update({"z": z, "run": "../../etc", "dataset": "cats", "color": "smell", "plane": "9"})
    app.run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="run").value == "mnist-vae-2d"
    assert len(z_of(app)) == 2


def test_an_autoencoder_has_no_prior(app: AppTest) -> None:
    name = first_run(model="ae", latent_dim=2)
    app.query_params["run"] = name
    app.run()
    assert app.selectbox(key="run").value == name
    assert "Sample Gaussian" in [button.label for button in app.button]
    color = next(group for group in app.get("button_group") if group.key == "color")
    assert [option.content for option in color.proto.options] == ["class", "error"]


def test_a_colour_that_the_next_run_lacks_is_dropped(app: AppTest) -> None:
    app.query_params.update({"color": "KL", "run": first_run(model="ae", latent_dim=2)})
    app.run()
    assert not app.exception
    assert app.session_state["color"] == "class"


def test_many_dimensions(app: AppTest) -> None:
    app.query_params["run"] = first_run(model="vae", latent_dim=16)
    app.run()
    assert len(app.slider) == 16
    labels = [slider.label for slider in app.slider]
    assert "KL" in labels[0]
    for plane in ("PCA", "UMAP"):
        app.session_state["plane"] = plane
        app.run()
        assert not app.exception


def test_a_broken_run_is_named_in_one_sentence(app: AppTest, runs_folder: Path) -> None:
    (runs_folder / "broken").mkdir()
    (runs_folder / "broken" / "run.json").write_text("{", encoding="utf-8")
    app.run()
    assert not app.exception
    assert [warning.value for warning in app.warning] == ["The run broken cannot be read: run.json is not JSON."]


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
    assert len(app.slider) == min(dimensions, 64)
    app.slider(key="slider-0").set_value(1.0).run()
    assert z_of(app)[0] == 1.0


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
    assert app.error[0].value == "The run short has codes of 300 images, not of the 10,000 test images."


def test_umap_is_computed_once_and_kept(app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHIPPED / first_run(model="vae", latent_dim=16), runs_folder / "mine")
    (runs_folder / "mine" / "umap.npz").unlink(missing_ok=True)

    def two_dimensions(codes: np.ndarray, *, on_progress: Callable[[float], None]) -> np.ndarray:
        on_progress(0.5)
        return codes[:, :2]

    monkeypatch.setattr("vaeexplorer.ui.loading.umap_plane", two_dimensions)
    app.query_params.update({"run": "mine", "plane": "UMAP"})
    app.run()
    assert not app.get("plotly_chart")
    app.button(key="umap").click().run()
    assert not app.exception
    assert (runs_folder / "mine" / "umap.npz").exists()
    assert len(app.get("plotly_chart")) == 1
