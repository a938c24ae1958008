"""The shipped sample is what it claims to be."""

import hashlib
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.data.tiny import files_in, write_set
from vaeexplorer.config import Dataset
from vaeexplorer.data import datasets, folders
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.data.folders import Place
from vaeexplorer.data.images import DataError, Split
from vaeexplorer.recipes import sample
from vaeexplorer.recipes.sample import write_sample

# Most tests here write tiny sets; tests/field/test_data.py is about what is said of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are not the published ones:vaeexplorer.data.images.DataWarning")

SAMPLE_FACTS: dict[tuple[Dataset, Split], tuple[float, list[int], float]] = {
    # (set, split): mean of x in [0, 1]; images of each class; floor of binary cross-entropy in nats per image
    ("mnist", "train"): (0.13113, [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978], 45.728),
    ("mnist", "test"): (0.13251, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], 45.534),
    ("fashion-mnist", "train"): (0.28631, [942, 1027, 1016, 1019, 974, 989, 1021, 1022, 990, 1000], 187.075),
    ("fashion-mnist", "test"): (0.28685, [1000] * 10, 189.858),
}


def pixel_entropy(images: NDArray[np.uint8]) -> float:
    """Sum over pixels of -[x ln x + (1-x) ln(1-x)], mean over images: nats per image."""
    x = np.arange(256) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.nan_to_num(-(x * np.log(x) + (1 - x) * np.log1p(-x)))  # [256], of each grey value
    return float(np.bincount(images.ravel(), minlength=256) @ entropy / len(images))


@pytest.mark.parametrize(("name", "split"), SAMPLE_FACTS)
def test_the_sample_is_the_data(cache: Path, name: Dataset, split: Split) -> None:
    data = load_dataset(name, split, download=False)
    mean, counts, entropy = SAMPLE_FACTS[name, split]
    assert data.source.startswith("shipped sample")
    assert data.is_sample == (split == "train")  # all test images are there
    assert (data.name, data.split) == (name, split)
    assert data.images.shape == (10_000, 28, 28)
    assert data.labels.shape == (10_000,)
    assert (data.images.dtype.name, data.labels.dtype.name) == ("uint8", "int64")
    assert round(float(data.images.mean()) / 255, 5) == mean
    assert np.bincount(data.labels).tolist() == counts
    assert round(pixel_entropy(data.images), 3) == entropy


def test_the_source_says_how_much_of_the_set_it_is(cache: Path) -> None:
    assert load_dataset("mnist", "test", download=False).source == "shipped sample: all 10,000 test images"


def test_class_names(cache: Path) -> None:
    assert load_dataset("mnist", download=False).class_names == tuple("0123456789")
    names = load_dataset("fashion-mnist", download=False).class_names
    assert ", ".join(names) == ("T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot")


def test_the_sample_is_small_licensed_and_as_its_sums_say() -> None:
    readme = (SAMPLE.root / "README.md").read_text(encoding="utf-8")
    for needed in ("CC BY-SA 3.0", "LeCun", "Cortes", "Burges", "MIT License", "Zalando SE", "SHA256SUMS"):
        assert needed in readme
    lines = (SAMPLE.root / "SHA256SUMS").read_text().splitlines()
    sums = {file: digest for digest, file in (line.split("  ") for line in lines)}
    files = {path.relative_to(SAMPLE.root).as_posix() for path in SAMPLE.root.rglob("*.gz")}
    assert set(sums) == files
    assert len(files) == 8
    for file in files:
        content = (SAMPLE.root / file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sums[file], file
    assert sum(path.stat().st_size for path in SAMPLE.root.rglob("*") if path.is_file()) <= 12_000_000


def test_the_sample_is_written_from_full_sets_only(chosen: Path, tmp_path: Path) -> None:
    write_set(chosen)
    with pytest.raises(
        DataError, match=r"from all 60,000 train images of mnist, but only 5 were found: set VAEEXPLORER"
    ):
        write_sample(tmp_path / "sample")
    assert not (tmp_path / "sample").exists()


def test_what_is_written_as_the_sample_is_read_as_the_sample(
    chosen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("MNIST", "FashionMNIST"):
        write_set(chosen, folder, train=6, test=4)
    for module in (sample, folders):
        monkeypatch.setattr(module, "FULL_SIZE", {"train": 6, "test": 4})
    monkeypatch.setattr(sample, "SAMPLE_SIZE", 4)
    root = tmp_path / "sample"
    write_sample(root)
    packed = list(root.rglob("*.gz"))
    assert len(packed) == 8
    assert {path.read_bytes()[4:8] for path in packed} == {bytes(4)}  # gzip's time stamp: none, to be reproducible
    assert len(files_in(root)) == 9  # with SHA256SUMS

    monkeypatch.delenv("VAEEXPLORER_DATA")
    monkeypatch.setattr(datasets, "SAMPLE", Place("shipped sample", root, "", is_sample=True))
    data = load_dataset("fashion-mnist", "train", download=False)
    assert np.all(data.images == 7)
    assert data.labels.tolist() == [0, 1, 2, 3]
    assert data.source == "shipped sample: first 4 of 6 training images"


@pytest.mark.usefixtures("full_data")
def test_the_sample_is_the_first_10_000_training_images() -> None:
    for name in get_args(Dataset):
        full = load_dataset(name, "train", download=False)
        assert not full.is_sample
        sample = datasets.SAMPLE.read(name, "train")
        assert sample is not None
        np.testing.assert_array_equal(sample.images, full.images[:10_000])
        np.testing.assert_array_equal(sample.labels, full.labels[:10_000])
        assert round(float(full.images.mean()) / 255, 4) == {"mnist": 0.1307, "fashion-mnist": 0.2860}[name]
        assert re.fullmatch(r".*: 60,000 training images", full.source)
