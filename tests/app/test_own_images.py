"""A run of one's own images, in the app: explored, walked and compared like the others."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import PAGES, components, opened
from vaeexplorer.app import caches
from vaeexplorer.app.server.served import own_images
from vaeexplorer.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.own import library
from vaeexplorer.data.own.prepare import Gathered, Part, prepare
from vaeexplorer.data.tab_images import sixteenths
from vaeexplorer.errors import UserError
from vaeexplorer.network.training import Training
from vaeexplorer.results.report import report_run
from vaeexplorer.runs.finish import save_run
from vaeexplorer.runs.folder import load_run

NEEDS_SHIPPED = {"views/linear/page.py", "views/beta/page.py"}


@pytest.fixture
def own_run(app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the set of a run `mine`: 100 training and 20 test images of two classes."""
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    caches.test_images.clear()  # of an earlier test's set, which has the same name
    images = load_dataset("mnist", "test", download=False).images[:120]
    name = library.store(prepare(Gathered("**mine**", all=Part(images, ["left", "right"] * 60))))
    model = ModelConfig("vae", hidden=(8,))
    training = Training(RunConfig(DataConfig(name), model, train=TrainConfig(epochs=1, device="cpu")))
    list(training)
    save_run(training, "mine")
    return name


def sentence(app: AppTest) -> str:
    """What the page says instead of what it shows."""
    return " ".join(str(each.value) for each in (*app.error, *app.info, *app.warning))


def test_it_is_on_every_page(app: AppTest, own_run: str) -> None:
    for page in PAGES:
        opened(app, page, dataset=own_run, run="mine")
        assert not app.exception, page
        assert app.selectbox(key="dataset").value == own_run
        if page in NEEDS_SHIPPED:
            assert "choose MNIST or Fashion-MNIST at the left" in sentence(app)
            continue
        assert not app.error, page
        if page in ("views/explore/page.py", "views/from_x/page.py"):
            (given,) = components(app)
            assert given["space"]["classes"] == ["left", "right"]


def test_a_browser_trains_on_them(app: AppTest, own_run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(app, "views/training/page.py", dataset=own_run, set=own_run)
    (given,) = [data for data in components(app) if "sets" in data]
    assert list(given["sets"]) == ["mnist", "fashion-mnist", own_run]
    assert given["dataset"] == own_run
    about = given["sets"][own_run]
    assert (about["name"], about["classes"], about["counts"]) == ("**mine**", ["left", "right"], [100])
    assert next(key for key in given["keys"] if key["name"] == "set")["options"] == list(given["sets"])
    train, test, sheet = (own_images.find(*about[kind].split("/")[1:]) for kind in ("train", "test", "sprite"))
    assert train
    assert test
    assert sheet
    packed = gzip.decompress(train.data)
    pixels = np.frombuffer(packed, np.uint8)[-100 * 392 :].reshape(100, 14, 28)
    levels = np.stack([pixels >> 4, pixels & 15], axis=2).reshape(100, 28, 28)
    stored = sixteenths(load_dataset(own_run, "train").images)
    assert sorted(map(bytes, levels)) == sorted(map(bytes, stored))  # in another order
    assert sheet.media_type == "image/png"
    name = about["train"].split("/")[2]
    assert own_images.find("own-0123456789abcdef", name) is None
    assert own_images.find(own_run, name.replace("train", "test").replace(".bin", ".png")) is None
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    assert own_images.find(own_run, name) is None
    assert own_images.offered() == {}


def test_without_its_images_it_says_so(app: AppTest, own_run: str, tmp_path: Path) -> None:
    (tmp_path / "sets").rename(tmp_path / "elsewhere")
    opened(app, PAGES[0], dataset=own_run, run="mine")
    assert not app.exception
    assert "are not on this machine" in sentence(app)


def test_a_report_of_few_images_is_refused(own_run: str) -> None:
    with pytest.raises(UserError, match="at least 100 codes, not 20"):
        report_run(load_run("mine"))
