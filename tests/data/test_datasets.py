"""Where images are looked for, what is said of bad files, and that the shipped sample is what it claims to be."""

import gzip
import hashlib
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from urllib.error import URLError

import numpy as np
import pytest
from filelock import FileLock
from numpy.typing import NDArray

from vaeexplorer.config import Dataset
from vaeexplorer.data import datasets, download, folders
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.data.folders import Place
from vaeexplorer.data.images import DataError, DataWarning, ImageDataset, Split
from vaeexplorer.recipes import sample
from vaeexplorer.recipes.sample import write_sample

# Most tests here write tiny sets; tests/field/test_data.py is about what is said of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are not the published ones:vaeexplorer.data.images.DataWarning")

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"

Corrupt = Callable[[bytes], bytes]


def idx(array: NDArray[np.uint8]) -> bytes:
    """Written out by hand from the format's definition, apart from the module's own writer."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return b"\x00\x00\x08" + bytes([array.ndim]) + sizes + array.tobytes()


def write_set(root: Path, folder: str = "MNIST", *, train: int = 5, test: int = 3, value: int = 7) -> Path:
    """A tiny set in torchvision's layout; every pixel is `value`. Returns its raw folder."""
    raw = root / folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for count, images, labels in ((train, TRAIN_IMAGES, TRAIN_LABELS), (test, TEST_IMAGES, TEST_LABELS)):
        (raw / images).write_bytes(idx(np.full((count, 28, 28), value, np.uint8)))
        (raw / labels).write_bytes(idx(np.arange(count, dtype=np.uint8) % 10))
    return raw


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty user cache, and no VAEEXPLORER_DATA."""
    root = tmp_path / "cache"
    monkeypatch.setattr(datasets, "user_cache_dir", lambda *_, **__: str(root))
    monkeypatch.delenv("VAEEXPLORER_DATA", raising=False)
    return root


@pytest.fixture
def chosen(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that VAEEXPLORER_DATA names."""
    root = tmp_path / "chosen"
    root.mkdir()
    monkeypatch.setenv("VAEEXPLORER_DATA", str(root))
    return root


@pytest.fixture
def torchvision(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], object]], list[str]]:
    """Put a torchvision in place whose sets do what is given; returns the list of sets asked for, as it grows."""

    def install(fetch: Callable[[Path], object]) -> list[str]:
        asked: list[str] = []

        def dataset(folder: str) -> Callable[..., None]:
            def construct(root: str, download: bool) -> None:
                assert download
                asked.append(folder)
                fetch(Path(root))

            return construct

        fake: Any = ModuleType("torchvision")
        fake.datasets = ModuleType("torchvision.datasets")
        for folder in ("MNIST", "FashionMNIST"):
            setattr(fake.datasets, folder, dataset(folder))
        monkeypatch.setitem(sys.modules, "torchvision", fake)
        return asked

    return install


def refuse(_: Path) -> None:
    pytest.fail("the network was used")


def files_in(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} - {"download.lock"}


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


# The download


def test_a_download_fills_the_cache(cache: Path, torchvision: Any) -> None:
    asked = torchvision(lambda root: write_set(root, "FashionMNIST", value=3))
    before = socket.getdefaulttimeout()
    data = load_dataset("fashion-mnist", "train")
    assert np.all(data.images == 3)
    assert (data.source, data.is_sample) == ("user cache: 5 training images, not the published Fashion-MNIST", False)
    assert files_in(cache) == {
        str(Path("FashionMNIST", "raw", file)) for file in (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
    }
    assert load_dataset("fashion-mnist", "test").images.shape == (3, 28, 28)
    assert asked == ["FashionMNIST"]
    assert socket.getdefaulttimeout() == before


def test_a_download_completes_a_partial_cache_and_clears_what_a_killed_process_left(
    cache: Path, torchvision: Any
) -> None:
    (write_set(cache, value=1) / TEST_LABELS).unlink()
    write_set(cache / ".vaeexplorer-download", value=2)
    (cache / ".vaeexplorer-download" / "half").write_bytes(b"\x00")

    def fetch(root: Path) -> None:
        assert not root.exists()
        write_set(root, value=3)

    asked = torchvision(fetch)
    assert np.all(load_dataset("mnist").images == 3)
    assert asked == ["MNIST"]
    assert len(files_in(cache)) == 4


def test_a_download_has_a_time_limit_and_keeps_standard_output_clean(
    cache: Path, torchvision: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    limits: list[float | None] = []

    def fetch(root: Path) -> None:
        limits.append(socket.getdefaulttimeout())
        print("Downloading")
        write_set(root)

    torchvision(fetch)
    load_dataset("mnist")
    assert limits == [10.0]
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Downloading\n")


def test_no_network_falls_back_to_the_sample(cache: Path, torchvision: Any) -> None:
    def fetch(_: Path) -> None:
        raise URLError("Name or service not known")

    torchvision(fetch)
    before = socket.getdefaulttimeout()
    with pytest.warns(
        DataWarning, match=r"Name or service not known.*connect to the network.*shipped sample"
    ) as caught:
        data = load_dataset("mnist")
    assert data.source.startswith("shipped sample")
    assert [warning.filename for warning in caught] == [__file__]
    assert "\n" not in str(caught[0].message)
    assert files_in(cache) == set()
    assert socket.getdefaulttimeout() == before


def test_no_network_with_the_real_torchvision(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("torchvision.datasets")

    def fail(*_: object, **__: object) -> None:
        raise URLError("unreachable")

    monkeypatch.setattr(datasets.mnist, "download_and_extract_archive", fail)
    with pytest.warns(DataWarning, match=r"fashion-mnist could not be downloaded \(<urlopen error unreachable>\)"):
        assert load_dataset("fashion-mnist").source.startswith("shipped sample")
    assert files_in(cache) == set()


@pytest.mark.parametrize(
    ("leave", "message"),
    [
        (lambda root: (write_set(root) / TRAIN_LABELS).unlink(), "train images did not arrive"),
        (
            lambda root: (write_set(root) / TRAIN_IMAGES).write_bytes(b"<html>"),
            "train-images-idx3-ubyte does not start",
        ),
    ],
)
def test_what_arrives_damaged_is_not_kept(
    cache: Path, torchvision: Any, leave: Callable[[Path], object], message: str
) -> None:
    torchvision(leave)
    with pytest.warns(DataWarning, match=message):
        assert load_dataset("mnist", "test").source.startswith("shipped sample")
    assert files_in(cache) == set()


def test_an_interrupted_download_leaves_nothing_behind(cache: Path, torchvision: Any) -> None:
    def fetch(root: Path) -> None:
        (write_set(root) / TEST_IMAGES).write_bytes(b"\x00\x00\x08\x03")
        raise KeyboardInterrupt

    torchvision(fetch)
    with pytest.raises(KeyboardInterrupt):
        load_dataset("mnist")
    assert files_in(cache) == set()
    assert load_dataset("mnist", download=False).source.startswith("shipped sample")


def test_a_second_process_waits_and_takes_what_the_first_fetched(
    cache: Path, torchvision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    torchvision(refuse)

    class Lock(FileLock):
        def acquire(self, *args: Any, **kwargs: Any) -> Any:
            write_set(cache, value=8)  # what the first process did while it held the lock
            return super().acquire(*args, **kwargs)

    monkeypatch.setattr(download, "FileLock", Lock)
    assert np.all(load_dataset("mnist").images == 8)


def test_a_lock_that_never_opens_falls_back_to_the_sample(
    cache: Path, torchvision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    torchvision(refuse)
    monkeypatch.setattr(download, "_LOCK_TIMEOUT", 0.05)
    cache.mkdir()
    with (
        FileLock(cache / "download.lock"),
        pytest.warns(DataWarning, match="another process has been downloading .*: wait for it, or end it"),
    ):
        assert load_dataset("mnist").source.startswith("shipped sample")


def test_a_cache_that_cannot_be_written_falls_back_to_the_sample(cache: Path, torchvision: Any) -> None:
    torchvision(refuse)
    cache.write_bytes(b"a file where the folder should be")
    with pytest.warns(DataWarning, match="mnist could not be downloaded"):
        assert load_dataset("mnist").source.startswith("shipped sample")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            'raise RuntimeError("operator torchvision::nms does not exist")',
            r"operator torchvision::nms does not exist.*come from different builds, so reinstall the two together",
        ),
        ('raise ModuleNotFoundError("No module named torchvision")', r"No module named torchvision\): install it"),
    ],
)
def test_a_torchvision_that_cannot_be_imported(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    (tmp_path / "torchvision.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.warns(DataWarning, match=message):
        assert load_dataset("mnist").source.startswith("shipped sample")


def test_neither_network_nor_sample(
    cache: Path, tmp_path: Path, torchvision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(_: Path) -> None:
        raise URLError("unreachable")

    torchvision(fetch)
    monkeypatch.setattr(datasets, "SAMPLE", Place("shipped sample", tmp_path / "nowhere", ""))
    with pytest.raises(DataError, match=r"no sample of mnist in .*nowhere: .*unreachable.*connect to the network"):
        load_dataset("mnist")
    with pytest.raises(DataError, match=r"no sample of mnist in .*nowhere: set VAEEXPLORER_DATA"):
        load_dataset("mnist", download=False)


# The shipped sample


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
