"""Folders of images and paths: what public reports about other libraries complain of, tried here."""

import gzip
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.config import Dataset, RunConfig
from vaeexplorer.data import datasets
from vaeexplorer.data.datasets import SAMPLE, load_dataset, recognise
from vaeexplorer.data.folders import file_names
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import DataError, DataWarning, ImageDataset, Split
from vaeexplorer.data.published import is_published
from vaeexplorer.network.training import train
from vaeexplorer.runs.finish import save_run
from vaeexplorer.runs.folder import load_run, runs_folder

Change = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that VAEEXPLORER_DATA names, empty."""
    root = tmp_path / "images"
    root.mkdir()
    monkeypatch.setenv("VAEEXPLORER_DATA", str(root))
    return root


def write(folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for name, array in zip(file_names("test"), (images, labels.astype(np.uint8)), strict=True):
        (folder / name).write_bytes(to_idx(array))


CHANGES: dict[str, Change] = {
    # pytorch/vision#599, pytorch/vision#406: Fashion-MNIST in the place of MNIST
    "another set's files": lambda _, __: fashion(),
    "permuted labels": lambda x, y: (x, np.roll(y, 1)),
    "all zeros": lambda x, y: (np.zeros_like(x), y),
    "transposed": lambda x, y: (x.transpose(0, 2, 1).copy(), y),
    "five of them": lambda x, y: (x[:5], y[:5]),
    "inverted": lambda x, y: (255 - x, y),
}


def fashion() -> tuple[np.ndarray, np.ndarray]:
    data = SAMPLE.read("fashion-mnist", "test")
    assert data is not None
    return data.images, data.labels


@pytest.mark.parametrize("case", CHANGES)
def test_a_folder_that_is_not_mnist_is_not_taken_for_it(case: str, root: Path, mnist_test: ImageDataset) -> None:
    write(root / "MNIST" / "raw", *CHANGES[case](mnist_test.images, mnist_test.labels))
    with pytest.warns(DataWarning, match=r"images or labels of mnist are not the published ones \(VAEEXPLORER_DATA: "):
        data = load_dataset("mnist")
    assert data.source.endswith(" test images, not the published MNIST")


def test_the_published_images_are_known(root: Path, mnist_test: ImageDataset, full_data: None) -> None:
    for name, split in product(get_args(Dataset), get_args(Split)):
        assert is_published(load_dataset(name, split))


def test_the_shipped_images_are_known() -> None:
    for name, split in product(get_args(Dataset), get_args(Split)):
        data = SAMPLE.read(name, split)
        assert data is not None
        assert is_published(data)
        assert "not the published" not in data.source


def test_a_model_of_ones_own_is_not_of_mnist_because_a_folder_is_called_so(
    root: Path, mnist_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = 255 - mnist_test.images
    for split in get_args(Split):
        (root / "MNIST" / "raw").mkdir(parents=True, exist_ok=True)
        for name, array in zip(file_names(split), (odd, mnist_test.labels.astype(np.uint8)), strict=True):
            (root / "MNIST" / "raw" / name).write_bytes(to_idx(array))
    shutil.copytree(SAMPLE.root / "FashionMNIST", root / "FashionMNIST")
    datasets._known.cache_clear()
    try:
        assert recognise(odd[:9]) is None
        assert recognise(mnist_test.images[:9]) == "mnist"
    finally:
        datasets._known.cache_clear()


# JackyTung/tensorgraph#1, pytorch/pytorch#20423: the files are there, in another place or by another name
@pytest.mark.parametrize(
    ("place", "dotted", "words"),
    [
        ("MNIST/raw", True, "t10k-images.idx3-ubyte: rename it to t10k-images-idx3-ubyte"),
        (".", False, "t10k-images-idx3-ubyte: move it to .*images/MNIST/raw"),
        ("raw", False, "raw/t10k-images-idx3-ubyte.gz: move it to .*images/MNIST/raw"),
        ("MNIST", False, "MNIST/t10k-images-idx3-ubyte: move it to .*images/MNIST/raw"),
        ("data/MNIST/raw", False, "they are in .*images/data/MNIST/raw: name .*images/data$"),
        (".", True, "t10k-images.idx3-ubyte: rename it"),
    ],
)
def test_files_that_are_nearly_right_are_pointed_at(
    place: str, dotted: bool, words: str, root: Path, mnist_test: ImageDataset
) -> None:
    folder = root / place
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in zip(file_names("test"), (mnist_test.images[:3], np.zeros(3, np.uint8)), strict=True):
        path = folder / (name.replace("-idx", ".idx") if dotted else name)
        if place == "raw":
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(to_idx(array)))
        else:
            path.write_bytes(to_idx(array))
    with pytest.raises(DataError, match=words):
        load_dataset("mnist")


@pytest.mark.parametrize("levels", ["MNIST/raw", "MNIST"])
def test_a_folder_named_too_deep_is_pointed_at(
    levels: str, root: Path, mnist_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "MNIST" / "raw", mnist_test.images[:3], mnist_test.labels[:3])
    monkeypatch.setenv("VAEEXPLORER_DATA", str(root / levels))
    with pytest.raises(DataError, match=r"they are in .*images/MNIST/raw: name .*images$"):
        load_dataset("mnist")


def test_the_other_sets_files_are_not_pointed_at(
    root: Path, mnist_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "FashionMNIST" / "raw", mnist_test.images[:3], mnist_test.labels[:3])
    for folder in (root, root / "FashionMNIST", root / "FashionMNIST" / "raw"):
        monkeypatch.setenv("VAEEXPLORER_DATA", str(folder))
        with pytest.raises(DataError, match="put them there or unset it"):
            load_dataset("mnist")


# huggingface/datasets#5757, pubs/pubs#249: the tilde is expanded in some places and taken for a folder in others
@pytest.mark.usefixtures("quick_evidence")
def test_a_tilde_is_the_home_folder_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_config: RunConfig, mnist_test: ImageDataset
) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLE.root, tmp_path / "images")
    monkeypatch.setenv("VAEEXPLORER_DATA", "~/images")
    monkeypatch.setenv("VAEEXPLORER_RUNS", "~/mine")
    assert runs_folder() == tmp_path / "mine"
    assert len(load_dataset("mnist")) == 10_000
    few = ImageDataset("mnist", "test", mnist_test.images[:300], mnist_test.labels[:300], mnist_test.class_names, "few")
    training = train(small_config, checkpoint=Path("~/going/on"), train_set=few, test_set=few)
    next(iter(training))
    assert (tmp_path / "going" / "on").exists()
    save_run(training, "here", root=Path("~/kept"))
    assert load_run("~/kept/here").name == "here"
    assert load_run(Path("~/kept/here")).name == "here"
    monkeypatch.setattr("vaeexplorer.export.explorer.page", lambda run: run.name)  # which takes seconds to pack
    assert main(["export", "mnist-ae-2d", "--html", "~/page.html"]) == 0
    assert main(["report", "mnist-ae-2d", "--html", "~/report.html"]) == 0
    assert {each.name for each in tmp_path.iterdir()} >= {"page.html", "report.html", "kept", "going"}
    assert not (tmp_path / "~").exists()
