"""The shipped sweep is what its figures say, and a damaged point is refused."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.posterior import active_units
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.export.tables import to_csv
from vaeexplorer.results import sweep
from vaeexplorer.results.sweep import (
    BETAS,
    CONFIGS,
    DIMENSIONS,
    KEPT,
    ROOT,
    Point,
    SweepError,
    load_sweep,
    path_of,
)

EVERY = [(dataset, dimensions) for dataset in get_args(Dataset) for dimensions in DIMENSIONS]
# One seed and 20 epochs: neighbours may be out of line, by 0.35 nats at most as shipped.
SLACK = 0.5


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[str, int], list[Point]]:
    if len(list(ROOT.glob("*.npz"))) < len(CONFIGS):
        pytest.skip("the sweep is not there")
    return {each: load_sweep(*each) for each in EVERY}


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    with np.load(path) as content:
        arrays = dict(content)
    change(arrays)
    np.savez_compressed(path, **arrays)


def in_document(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(arrays: dict[str, Any]) -> None:
        arrays["document"] = np.array(json.dumps(json.loads(str(arrays["document"])) | {key: value}))

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (in_document("schema", 9), "schema: must be one of 1, not 9"),
        (in_document("rate", float("nan")), "not JSON"),
        (in_document("active_units", None), "active_units: expected int, got null"),
        (in_document("config", {}), "another data set, size, beta or recipe"),
        (lambda arrays: arrays.update(document=np.array("{")), "not JSON"),
        (lambda arrays: arrays.pop("document"), "arrays it should"),
        (lambda arrays: arrays.pop("logvar"), "arrays it should"),
        (lambda arrays: arrays.update(mean=arrays["mean"][:9]), "arrays it should"),
        (lambda arrays: arrays.update({"decoder.0.weight": np.zeros((3, 3), np.float16)}), "arrays it should"),
        (lambda arrays: arrays["mean"].__setitem__((0, 0), np.nan), "finite numbers"),
        (lambda arrays: arrays.update(kl=np.array([object(), None])), "numbers alone"),
    ],
)
def test_a_broken_point_is_refused_in_a_sentence(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    path = Path(shutil.copy(path_of(CONFIGS[0]), tmp_path))
    rewritten(path, change)
    with pytest.raises(SweepError, match=words) as refused:
        load_sweep("mnist", 2, tmp_path)
    assert str(refused.value).count("\n") == 0


def test_a_point_cut_short_missing_or_of_another_beta_is_refused(tmp_path: Path) -> None:
    whole = path_of(CONFIGS[0])
    (tmp_path / whole.name).write_bytes(whole.read_bytes()[:5000])
    with pytest.raises(SweepError, match="cut short"):
        load_sweep("mnist", 2, tmp_path)
    shutil.copy(path_of(CONFIGS[1]), tmp_path / whole.name)
    with pytest.raises(SweepError, match="another data set, size, beta or recipe"):
        load_sweep("mnist", 2, tmp_path)
    (tmp_path / whole.name).unlink()
    with pytest.raises(SweepError, match="missing"):
        load_sweep("mnist", 2, tmp_path)
    with pytest.raises(SweepError, match="2 and 16"):
        load_sweep("mnist", 3)


def test_the_shipped_sweep_is_whole_and_small(shipped: dict[tuple[str, int], list[Point]]) -> None:
    assert sum(path.stat().st_size for path in ROOT.iterdir()) <= 6_300_000
    for (dataset, dimensions), points in shipped.items():
        assert [point.beta for point in points] == list(BETAS)
        assert {point.config for point in points} == {sweep.config_of(dataset, dimensions, b) for b in BETAS}  # type: ignore[arg-type]


@pytest.mark.parametrize(("dataset", "dimensions"), EVERY)
def test_rate_falls_and_distortion_rises_with_beta(
    shipped: dict[tuple[str, int], list[Point]], dataset: str, dimensions: int
) -> None:
    """For models that minimise D + beta R exactly both are monotone; ours come within what a seed is worth."""
    points = shipped[dataset, dimensions]
    rates = np.array([point.rate for point in points])
    distortions = np.array([point.distortion for point in points])
    assert (np.diff(rates) < 0).all()
    assert (distortions >= np.maximum.accumulate(distortions) - SLACK).all()


@pytest.mark.parametrize(("dataset", "dimensions"), EVERY)
def test_each_point_is_best_for_its_own_beta(
    shipped: dict[tuple[str, int], list[Point]], dataset: str, dimensions: int
) -> None:
    """D + beta R of the model trained with beta is least, but for what one seed misses: 1.85 nats at worst."""
    points = shipped[dataset, dimensions]
    for point in points:
        best = min(other.distortion + point.beta * other.rate for other in points)
        assert point.distortion + point.beta * point.rate - best < 2
    at_one = points[BETAS.index(1)]
    assert max(point.elbo for point in points) - at_one.elbo < 0.3


@pytest.mark.parametrize(("dataset", "dimensions"), EVERY)
@pytest.mark.parametrize("beta", [0, 1, 16])
def test_the_figures_are_recomputed_from_what_is_kept(
    shipped: dict[tuple[str, int], list[Point]], dataset: Dataset, dimensions: int, beta: float
) -> None:
    point = shipped[dataset, dimensions][BETAS.index(beta)]
    images = load_dataset(dataset, "test").images[:KEPT]
    rate, distortion = point.measure(images)
    assert rate == pytest.approx(point.kept_rate, rel=1e-6)
    assert distortion == pytest.approx(point.kept_distortion, abs=0.02)
    assert point.rate == pytest.approx(point.kl.sum())
    kept_kl = kl_per_dimension(point.mean.astype(np.float64), point.logvar.astype(np.float64)).mean(axis=0)
    collapsed = point.kl < 0.005
    assert (kept_kl[collapsed] < 0.01).all()
    if 0 < beta < 16:  # the first 2,000 images are not quite like all 10,000, and at beta = 0 a few lie far out
        assert point.kept_rate == pytest.approx(point.rate, rel=0.05)
        assert active_units(point.mean).sum() == point.active_units


@pytest.mark.parametrize(("dataset", "dimensions"), EVERY)
def test_fewer_dimensions_are_active_at_a_higher_beta(
    shipped: dict[tuple[str, int], list[Point]], dataset: str, dimensions: int
) -> None:
    active = [point.active_units for point in shipped[dataset, dimensions]]
    assert active[0] == dimensions
    assert (np.diff(active) <= 0).all()
    assert active[-1] <= (2 if dimensions == 2 else 3)


def test_effects_fall_where_dimensions_shut(shipped: dict[tuple[str, int], list[Point]]) -> None:
    for (_, dim), points in shipped.items():
        for point in points:
            assert point.effects is not None
            assert len(point.effects) == dim
            effects = np.array(point.effects)
            assert effects[point.kl < 0.01].max(initial=0) < 0.05
            assert effects[point.kl > 0.5].min(initial=1) > 0.1  # what carries nats moves pixels


def test_a_point_decodes(shipped: dict[tuple[str, int], list[Point]], mnist_test: ImageDataset) -> None:
    point = shipped["mnist", 2][BETAS.index(1)]
    images = point.decode(point.mean[:50])
    assert images.shape == (50, 28, 28)
    error = np.mean((images - mnist_test.images[:50] / 255) ** 2)
    mean_image = np.mean((mnist_test.images[:50] / 255 - mnist_test.images.mean(axis=0) / 255) ** 2)
    assert error < 0.7 * mean_image


def test_the_figures_are_written_as_csv() -> None:
    points = load_sweep("mnist", 2)
    rows = list(csv.DictReader(io.StringIO(to_csv([sweep.figures(point) for point in points]))))
    assert [float(row["beta"]) for row in rows] == list(BETAS)
    for row, point in zip(rows, points, strict=True):
        assert float(row["elbo"]) == pytest.approx(-float(row["rate"]) - float(row["distortion"]), abs=0.01)
        assert float(row["kl_z1"]) + float(row["kl_z2"]) == pytest.approx(point.rate, rel=1e-4)
        assert int(row["active_units"]) == point.active_units


@pytest.mark.parametrize(("dataset", "name"), [("mnist", "MNIST"), ("fashion-mnist", "Fashion-MNIST")])
@pytest.mark.parametrize("dim", [2, 16])
def test_codes_near_the_prior_as_beta_grows_and_the_docs_say_by_how_much(
    shipped: dict[tuple[str, int], list[Point]], dataset: str, name: str, dim: int
) -> None:
    points = sorted(shipped[dataset, dim], key=lambda point: point.beta)
    found = [point.total_variation for point in points]
    values = [each[0] for each in found if each]
    assert len(values) == len(points) == 12
    assert all(each[1] <= each[0] <= each[2] for each in found if each)
    assert values[0] > values[5] > values[-1], "from beta = 0 over 1 to 16"
    row = " | ".join(f"{value:.2f}".removeprefix("0") for value in values)
    docs = (sweep.ROOT.parent.parent / "docs" / "report-card.md").read_text(encoding="utf-8")
    assert f"| {name}, D = {dim} | {row} |" in docs
