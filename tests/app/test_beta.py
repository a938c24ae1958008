from typing import Any, get_args

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import components, opened
from vaeexplorer.app import caches
from vaeexplorer.app.server import assets
from vaeexplorer.config import Dataset
from vaeexplorer.results.sweep import DIMENSIONS, SweepError

PAGE = "views/beta/page.py"


def told(app: AppTest) -> dict[str, Any]:
    (dial,) = components(app)
    return dial


def test_the_page_opens_on_beta_one_of_the_sidebars_dataset(app: AppTest) -> None:
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Turn β"
    assert told(app)["link"] == {}
    assert told(app)["url"].startswith("vx/mnist/sweep2d-")
    app.selectbox(key="dataset").set_value("fashion-mnist").run()
    assert told(app)["url"].startswith("vx/fashion-mnist/sweep2d-")
    assert told(app)["classes"][9] == "Boot"


def test_a_link_opens_its_beta(app: AppTest) -> None:
    opened(app, PAGE, beta="0.25", dims="16")
    assert not app.exception
    assert told(app)["link"] == {"beta": "0.25"}
    assert told(app)["url"].startswith("vx/mnist/sweep16d-")


def test_a_broken_sweep_is_named_in_one_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise SweepError("The point mnist-2d-beta0.npz of the sweep cannot be read: it is missing.")

    caches.sweep.clear()
    monkeypatch.setattr("vaeexplorer.app.caches.load_sweep", broken)
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "The point mnist-2d-beta0.npz of the sweep cannot be read: it is missing."
    ]


@pytest.mark.parametrize("dataset", get_args(Dataset))
@pytest.mark.parametrize("dimensions", DIMENSIONS)
def test_its_address_serves_the_models_and_nothing_else(dataset: Dataset, dimensions: int) -> None:
    url = assets.sweep_url(dataset, dimensions)
    owner, file = url.removeprefix("vx/").split("/")
    found = assets.find(owner, file)
    assert found is not None
    assert found.data[:4] == b"VAEX"
    assert len(found.data) < 2_500_000
    assert assets.find("nobody", file) is None
    assert assets.find(owner, file.replace("sweep", "sweep1")) is None
    assert assets.find(owner, f"sweep{dimensions}d-0123456789abcdef.bin") is None


def test_the_figures_can_be_downloaded(app: AppTest) -> None:
    app.run()
    app.switch_page(PAGE).run()
    assert [button.proto.label for button in app.get("download_button")] == ["Download the figures (CSV)"]
