"""The page Your images: what is brought is shown as it would be learned, stored on request, or refused."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.app.conftest import opened
from vaeexplorer.app.views.images import words
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.own import library

IMAGES = "views/images/page.py"


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    return tmp_path / "sets"


def test_images_are_seen_turned_and_stored(app: AppTest, sets: Path) -> None:
    images = load_dataset("mnist", "test", download=False).images[:120]
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, images=255 - images, labels=np.arange(120) % 2)
    opened(app, IMAGES)
    assert not app.exception
    app.file_uploader[0].upload("paper.npz", packed.getvalue(), "application/octet-stream")
    app.run()
    assert not app.exception
    assert any("100 training and 20 test images of 2 classes" in each.value for each in app.markdown)
    assert any("The ground is light" in each.value for each in app.markdown)
    assert not sets.exists()  # before the button is pressed
    (store,) = (button for button in app.button if button.label == "Store this set")
    store.click().run()
    (stored,) = library.list_sets()[0]
    assert (stored.title, stored.counts) == ("paper.npz", {"train": 100, "test": 20})
    assert stored.name in app.success[0].value
    assert (load_dataset(stored.name, "train").images[0].tobytes()) in {image.tobytes() for image in images}
    app.segmented_control[0].set_value("light ink").run()
    (store,) = (button for button in app.button if button.label == "Store this set")
    store.click().run()
    assert len(library.list_sets()[0]) == 2
    assert {str(name) for name in app.dataframe[-1].value["name"]} == {each.name for each in library.list_sets()[0]}


def picture() -> bytes:
    packed = io.BytesIO()
    Image.new("L", (40, 40)).save(packed, "PNG")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", picture(), "a.png is one picture: name the folder that it is in."),
        ("a.zip", b"no zip", "a.zip is no zip, or it is cut short or damaged (File is not a zip file)."),
        ("a.npy", b"", "a.npy is no array file."),
        ("a.csv", b"1,2\n", "a.csv has 2 columns: a label and the pixels of a square image were expected."),
        ("a.pdf", b"%PDF", "a.pdf is neither a folder of pictures nor .npz, .npy, .csv, .zip or an IDX file."),
        ("a.csv", b"0," * 16 + b"1", "There is only one image in a.csv, and a set needs 100."),
    ],
    ids=["one picture", "no zip", "no array", "few columns", "a PDF", "one image"],
)
def test_what_is_no_set_is_refused_in_a_sentence(
    app: AppTest, sets: Path, name: str, content: bytes, sentence: str
) -> None:
    opened(app, IMAGES)
    app.file_uploader[0].upload(name, content, "application/octet-stream")
    app.run()
    assert not app.exception
    assert [error.value.replace("\\", "") for error in app.error] == [sentence]
    assert "Store this set" not in [button.label for button in app.button]
    assert not sets.exists()


def test_a_public_app_takes_no_images(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    opened(app, IMAGES)
    assert not app.exception
    assert not app.get("file_uploader")
    assert [info.value for info in app.info] == [words.READ_ONLY]
