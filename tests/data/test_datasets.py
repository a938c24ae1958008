"""Where images are looked for, and what is said of bad files."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.tiny import TEST_IMAGES, TEST_LABELS, TRAIN_LABELS, idx, refuse, write_set
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.data.images import DataError, ImageDataset

# Most tests here write tiny sets; tests/field/test_data.py is about what is said of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are not the published ones:vaeexplorer.data.images.DataWarning")

Corrupt = Callable[[bytes], bytes]


# Where a set is looked for


def test_the_chosen_folder_comes_before_the_cache(chosen: Path, cache: Path) -> None:
    write_set(chosen, value=1)
    write_set(cache, value=2)
    data = load_dataset("mnist", "train")
    assert data.images.shape == (5, 28, 28)
    assert np.all(data.images == 1)
    assert data.labels.tolist() == [0, 1, 2, 3, 4]
    assert data.source == "VAEEXPLORER_DATA: 5 training images, not the published MNIST"
    assert not data.is_sample
    assert len(load_dataset("mnist")) == 3  # the split is "test" where none is asked for


def test_the_cache_comes_before_the_network(cache: Path, torchvision: Any) -> None:
    torchvision(refuse)
    write_set(cache, "FashionMNIST", value=2)
    data = load_dataset("fashion-mnist")
    assert np.all(data.images == 2)
    assert (data.source, data.is_sample) == ("user cache: 3 test images, not the published Fashion-MNIST", False)


def test_the_sample_comes_before_the_network_where_downloads_are_unwanted(cache: Path, torchvision: Any) -> None:
    torchvision(refuse)
    data = load_dataset("mnist", "train", download=False)  # a warning would be an error
    assert data.source.startswith("shipped sample")
    assert data.source == "shipped sample: first 10,000 of 60,000 training images"
    assert not cache.exists()


def test_an_empty_variable_counts_as_unset(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_DATA", "")
    assert load_dataset("mnist", download=False).source.startswith("shipped sample")


def test_the_home_folder_may_be_a_tilde(chosen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(chosen))
    monkeypatch.setenv("VAEEXPLORER_DATA", "~/images")
    write_set(chosen / "images", value=4)
    assert np.all(load_dataset("mnist").images == 4)


def test_gzipped_files_are_read_alike(chosen: Path) -> None:
    raw = write_set(chosen, value=9)
    for path in list(raw.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    data = load_dataset("mnist")
    assert np.all(data.images == 9)
    assert data.labels.tolist() == [0, 1, 2]


def test_rows_and_columns_keep_their_order(chosen: Path) -> None:
    raw = write_set(chosen)
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    (raw / TEST_IMAGES).write_bytes(idx(images))
    np.testing.assert_array_equal(load_dataset("mnist").images, images)


# What is said of bad input


@pytest.mark.parametrize("download", [True, False])
def test_a_chosen_folder_that_does_not_exist(
    chosen: Path, torchvision: Any, monkeypatch: pytest.MonkeyPatch, download: bool
) -> None:
    torchvision(refuse)
    monkeypatch.setenv("VAEEXPLORER_DATA", str(chosen / "nowhere"))
    with pytest.raises(
        DataError, match=r"VAEEXPLORER_DATA is .*nowhere, which is not a folder: correct it or unset it"
    ):
        load_dataset("mnist", download=download)


def test_a_chosen_folder_without_the_set(chosen: Path, cache: Path, torchvision: Any) -> None:
    torchvision(refuse)
    write_set(chosen, "MNIST")
    write_set(cache, "FashionMNIST")
    with pytest.raises(DataError, match=r"lacks FashionMNIST/raw/t10k-images-idx3-ubyte and .*put them there or unset"):
        load_dataset("fashion-mnist")


def test_a_chosen_folder_without_the_labels(chosen: Path) -> None:
    (write_set(chosen) / TRAIN_LABELS).unlink()
    with pytest.raises(DataError, match=r"lacks .*train-labels-idx1-ubyte"):
        load_dataset("mnist", "train")


BAD_FILES: dict[str, tuple[str, Corrupt, str]] = {
    "cut short": (TEST_IMAGES, lambda good: good[:-1], r"images-idx3-ubyte is cut short: 2,351 of 2,352 bytes"),
    "too long": (TEST_IMAGES, lambda good: good + b"\x00", r"images-idx3-ubyte goes on after the 2,352 bytes"),
    "cut in the header": (TEST_IMAGES, lambda good: good[:10], r"images-idx3-ubyte does not start like"),
    "empty": (TEST_LABELS, lambda _: b"", r"labels-idx1-ubyte does not start like"),
    "wrong magic": (TEST_IMAGES, lambda good: b"\x00\x00\x0d" + good[3:], r"images-idx3-ubyte does not start like"),
    "labels for images": (TEST_IMAGES, lambda _: idx(np.zeros(3, np.uint8)), r"images-idx3-ubyte does not start like"),
    "other size": (TEST_IMAGES, lambda _: idx(np.zeros((3, 28, 27), np.uint8)), r"shape \[28, 27\] where \[28, 28\]"),
    "a label too few": (TEST_LABELS, lambda _: idx(np.zeros(2, np.uint8)), r"ubyte has 3 images but .* has 2 labels"),
    "a label too large": (TEST_LABELS, lambda _: idx(np.full(3, 10, np.uint8)), "labels must be 0 to 9, not 10"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_damaged_file(chosen: Path, case: str) -> None:
    file, corrupt, message = BAD_FILES[case]
    path = write_set(chosen) / file
    path.write_bytes(corrupt(path.read_bytes()))
    with pytest.raises(DataError, match=rf"mnist in .*raw is damaged: .*{message}.*; replace it by an intact copy$"):
        load_dataset("mnist")
    assert len(load_dataset("mnist", "train")) == 5  # the other split is as good as before


def test_a_set_of_no_images(chosen: Path) -> None:
    write_set(chosen, test=0)
    with pytest.raises(DataError, match="there are no images"):
        load_dataset("mnist")


def flip(packed: bytes) -> bytes:
    """Zlib's own check notices: the first byte after gzip's 10-byte header names a block type that does not exist."""
    return packed[:10] + b"\xff" + packed[11:]


@pytest.mark.parametrize("corrupt", [lambda packed: packed[:-9], lambda _: b"not gzip", lambda _: b"\x1f\x8b", flip])
def test_a_damaged_gzip_file(chosen: Path, corrupt: Corrupt) -> None:
    path = write_set(chosen) / TEST_IMAGES
    path.with_name(f"{TEST_IMAGES}.gz").write_bytes(corrupt(gzip.compress(path.read_bytes())))
    path.unlink()
    with pytest.raises(DataError, match=r"damaged: t10k-images-idx3-ubyte\.gz cannot be read .*; replace it"):
        load_dataset("mnist")


@pytest.mark.parametrize("download", [True, False])
def test_a_damaged_file_in_the_cache(cache: Path, torchvision: Any, download: bool) -> None:
    torchvision(refuse)
    (write_set(cache) / TEST_IMAGES).write_bytes(b"")
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte .*; delete it to download it again$"):
        load_dataset("mnist", download=download)


def test_unknown_names(cache: Path) -> None:
    name: Any = "cifar10"
    with pytest.raises(DataError, match="no dataset 'cifar10': choose one of mnist, fashion-mnist"):
        load_dataset(name)
    split: Any = "validation"
    with pytest.raises(DataError, match="no split 'validation': choose one of train, test"):
        load_dataset("mnist", split)


# The dataset itself


def test_a_dataset_is_read_only_and_leaves_its_makers_arrays_alone() -> None:
    images, labels = np.zeros((2, 28, 28), np.uint8), np.array([0, 1])
    data = ImageDataset("mine", "test", images, labels, ("a", "b"), "made here")
    with pytest.raises(ValueError, match="read-only"):
        data.images[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.labels[0] = 1
    with pytest.raises(FrozenInstanceError):
        data.name = "other"  # type: ignore[misc]
    images[0, 0, 0] = 1
    labels[0] = 1
    assert not data.is_sample


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 28, 28)), np.zeros(2, int), "images must be uint8"),
        (np.zeros((2, 784), np.uint8), np.zeros(2, int), r"not uint8 \[2, 784\]"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, int), r"labels must be whole numbers \[2\], not int64 \[3\]"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(2), "labels must be whole numbers"),
        (np.zeros((2, 28, 28), np.uint8), np.array([0, -1]), "labels must be 0 to 1, not -1"),
    ],
)
def test_a_dataset_of_other_shapes_is_refused(images: Any, labels: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ImageDataset("mine", "test", images, labels, ("a", "b"), "made here")


def test_loading_imports_neither_torch_nor_torchvision() -> None:
    code = (
        "import sys; from vaeexplorer.data.datasets import load_dataset; load_dataset('mnist', download=False);"
        "print({'torch', 'torchvision'} & set(sys.modules))"
    )
    root = SAMPLE.root.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")
