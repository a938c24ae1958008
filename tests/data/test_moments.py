from pathlib import Path

import numpy as np
import pytest

import vaeexplorer.data.moments as shipped
from tests.analysis.test_pca import TABLE
from vaeexplorer.analysis.pca import moments, pca
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import DataError
from vaeexplorer.data.moments import FOLDER, UNIT, load_moments, write_moments

SETS: tuple[Dataset, ...] = ("mnist", "fashion-mnist")


@pytest.mark.parametrize("dataset", SETS)
def test_shipped_moments_give_the_full_sets_optimum(dataset: Dataset) -> None:
    found = pca(load_moments(dataset))
    assert found.source == "all 60,000 training images"
    for k, (on_train, _) in TABLE[dataset].items():
        assert found.least_error(k) / 784 == pytest.approx(on_train, abs=1e-8)
    known = {"mnist": (5.1168, 3.7413, 3.2527), "fashion-mnist": (19.8095, 12.1120, 4.1061)}
    assert found.values[:3] == pytest.approx(known[dataset], abs=6e-5)
    assert found.values.sum() / 784 == pytest.approx(
        {"mnist": 0.06725132, "fashion-mnist": 0.08701054}[dataset], abs=1e-8
    )


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 0.9e6


def test_they_are_those_of_the_full_set(full_data: None) -> None:
    """Of Fashion-MNIST; those of MNIST are written anew below."""
    data = load_dataset("fashion-mnist", "train")
    exact, found = moments(data.images, data.source), load_moments("fashion-mnist")
    np.testing.assert_array_equal(found.mean, exact.mean)
    assert np.abs(found.covariance - exact.covariance).max() <= UNIT / 2 * 1.0001


def test_what_is_written_is_read_again(full_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_moments("mnist", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mnist.npz"]
    expected = load_moments("mnist")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    np.testing.assert_array_equal(load_moments("mnist").mean, expected.mean)
    np.testing.assert_array_equal(load_moments("mnist").covariance, expected.covariance)


def test_packing_is_exact(rng: np.random.Generator) -> None:
    half = rng.integers(-(2**21), 2**21, (784, 784))
    symmetric = np.triu(half) + np.triu(half, 1).T
    np.testing.assert_array_equal(shipped._unpack(shipped._pack(symmetric)), symmetric)


def test_the_sample_is_not_taken_for_the_full_set(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="set VAEEXPLORER_DATA"):
        write_moments("mnist", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_one_sentence(content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    if content is not None:
        (tmp_path / "mnist.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"mnist\.npz cannot be read.*check the repository out again"):
        load_moments("mnist")
