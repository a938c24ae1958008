"""Sets of one's own are known by their content, and trained on, listed and opened like the others."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vaeexplorer.__main__ import main
from vaeexplorer.data.datasets import load_dataset, title
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import library
from vaeexplorer.data.own.prepare import prepare
from vaeexplorer.data.own.preview import sheet
from vaeexplorer.data.own.reading import read
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.spaces.space import open_run

Images = NDArray[np.uint8]


def test_a_set_is_known_by_its_content(sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    images, labels = digits
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    np.savez_compressed(tmp_path / "b.npz", images=images / 255, labels=labels)
    name = library.store(prepare(read(tmp_path / "a.npz")))
    assert library.store(prepare(read(tmp_path / "b.npz"))) == name
    assert [path.name for path in sets.iterdir()] == [name]
    np.savez(tmp_path / "c.npz", images=images, labels=(labels + 1) % 10)
    assert library.store(prepare(read(tmp_path / "c.npz"))) != name
    data = load_dataset(name, "test")
    assert data.name == name
    assert data.source == "a.npz: 20 test images"
    assert title(name) == "a.npz"


def test_a_changed_set_is_refused(sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "a.npz", images=digits[0], labels=digits[1])
    name = library.store(prepare(read(tmp_path / "a.npz")))
    about = sets / name / "set.json"
    about.write_text(about.read_text().replace('"0"', '"O"'))
    with pytest.raises(DataError, match="was changed since it was stored"):
        load_dataset(name, "test")
    (sets / name / "train-images.gz").write_bytes(b"x")
    with pytest.raises(DataError, match=r"is damaged: .*; delete it and give its images again"):
        load_dataset(name, "train")
    with pytest.raises(DataError, match="are not on this machine"):
        load_dataset("own-0123456789abcdef", "train")
    assert title("own-0123456789abcdef") == "own-0123456789abcdef"


def test_the_preview_shows_a_row_a_class(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "a.npz", images=digits[0], labels=digits[1])
    prepared = prepare(read(tmp_path / "a.npz"))
    shown = np.asarray(sheet(prepared, 10, 5))
    assert shown.shape == (280, 140)
    third = prepared.images["train"][prepared.labels["train"] == 3][0]
    assert (shown[84:112, :28] == third).all()


def test_trained_listed_and_opened_like_the_others(
    sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]], capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "mine.npz", images=255 - digits[0], labels=digits[1])
    assert main(["images", str(tmp_path / "mine.npz"), "--json", "--preview", str(tmp_path / "seen.png")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["images"] == {"train": 100, "test": 20}
    with Image.open(tmp_path / "seen.png") as seen:
        assert seen.size == (560, 280)
    options = ["--model", "ae", "--hidden", "8", "--epochs", "1", "--batch-size", "32", "--name", "mine"]
    assert main(["train", "--dataset", str(tmp_path / "mine.npz"), *options]) == 0
    printed = capsys.readouterr()
    assert "light and dark change places" in printed.err
    run = load_run("mine")
    assert run.config.data.dataset == document["name"]
    assert "mine" in [card.name for card in list_runs()[0]]
    space = open_run(run, load_dataset(run.config.data.dataset, "test"))
    assert space.dataset is None
    assert space.image_set == document["name"]
    assert space.data.class_names == tuple("0123456789")
    assert main(["export", "mine", "--html", str(tmp_path / "mine.html")]) == 0
    assert "Images: mine.npz." in (tmp_path / "mine.html").read_text()


def test_a_path_that_is_nothing_is_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--dataset", "nothing/here.npz"]) == 2
    assert capsys.readouterr().err == "vaeexplorer: there is no file or folder here.npz\n"
    assert main(["train", "--dataset", "cifar"]) == 2
    assert "kmnist" in capsys.readouterr().err


def test_emnist_is_turned_upright_and_its_letters_begin_at_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: tuple[Images, NDArray[np.int64]]
) -> None:
    """EMNIST's files hold each image transposed, and in the split of letters A is 1 (Cohen et al. 2017)."""
    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    images = digits[0][:26]
    (raw / "emnist-letters-test-images-idx3-ubyte.gz").write_bytes(
        gzip.compress(to_idx(np.ascontiguousarray(images.swapaxes(1, 2))))
    )
    (raw / "emnist-letters-test-labels-idx1-ubyte").write_bytes(to_idx(np.arange(1, 27, dtype=np.uint8)))
    monkeypatch.setenv("VAEEXPLORER_DATA", str(tmp_path))
    data = load_dataset("emnist-letters", "test")
    assert (data.images == images).all()
    assert [data.class_names[label] for label in data.labels[:2]] == ["A", "B"]
    with pytest.raises(DataError, match="lacks KMNIST/raw/t10k-images-idx3-ubyte"):
        load_dataset("kmnist", "test")
