"""What is not here is downloaded, whole or not at all; where that fails, the shipped sample takes its place."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
from filelock import FileLock

from tests.data.tiny import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, files_in, refuse, write_set
from vaeexplorer.data import datasets, download
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.folders import Place
from vaeexplorer.data.images import DataError, DataWarning

# Most tests here write tiny sets; tests/field/test_data.py is about what is said of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are not the published ones:vaeexplorer.data.images.DataWarning")


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


@pytest.mark.slow  # torchvision takes seconds to import; with another in its place: above
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
