"""Comparisons are kept, found again, and of the runs as they are; what cannot be compared is told in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness import bootstrap
from vaeexplorer.analysis.smoothness.smoothness import MEASURES
from vaeexplorer.analysis.smoothness.verdict import details, verdict
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.documents import Plain
from vaeexplorer.files import SHIPPED
from vaeexplorer.recipes.pretrain import COMPARISONS
from vaeexplorer.results import comparison
from vaeexplorer.results.comparison import Comparison, ComparisonError, load_comparison, save_comparison
from vaeexplorer.results.smoothness import compare
from vaeexplorer.runs.folder import load_run
from vaeexplorer.spaces.space import Space, open_run


def said(found: Comparison) -> list[str]:
    named = details(found.rows, found.runs, found.kept_dimensions)
    return [*verdict(found.rows, found.runs, found.conditions), *named]


def opened(*names: str) -> list[Space]:
    runs = [load_run(name) for name in names]
    return [open_run(run, load_dataset(run.config.data.dataset, "test", download=False)) for run in runs]


@pytest.fixture(scope="module")
def pair() -> list[Space]:
    return opened("mnist-vae-2d", "mnist-ae-2d")


@pytest.fixture(scope="module")
def shipped(pair: list[Space], mnist_train: ImageDataset) -> Comparison:
    found = load_comparison(pair[0], pair[1], mnist_train)
    assert found
    return found


@pytest.mark.parametrize("names", COMPARISONS.values(), ids="--".join)
def test_the_shipped_pairs_are_compared_against_all_training_images(names: tuple[str, str]) -> None:
    a, b = opened(*names)
    assert a.dataset
    found = load_comparison(a, b, load_dataset(a.dataset, "train", download=False))
    assert found
    assert found.runs == names
    assert found.conditions["nearest_of"] == 60_000
    assert found.conditions["pairs"] == 500
    assert not found.conditions["training_images_are_a_sample"]
    alike = found.kept_dimensions[0] == found.kept_dimensions[1]
    assert {row.key for row in found.rows if row.difference is None} == (
        set() if alike else {"magnification", "anisotropy", "cycle"}
    )
    assert all(row.a and row.b for row in found.rows)
    text = " ".join(said(found))
    assert "n/a" not in text
    assert "certain" not in text
    assert "one seed each" in text
    assert ("Not comparable, because" in text) is not alike
    assert 0.99 < float(str(found.conditions["confidence_of_each_difference"])) < 1


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in (SHIPPED / "comparisons").iterdir()) < 300_000


def test_the_figures_are_measured_again_from_the_shipped_weights(
    shipped: Comparison, pair: list[Space], mnist_train: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that need no training images, which are a sample here, on all pairs and images."""
    monkeypatch.setattr(bootstrap, "DRAWS", 200)  # of intervals, which are not looked at here
    again = compare(pair[0], pair[1], mnist_train, pairs=40)
    assert again.conditions["training_images_are_a_sample"]
    for key in ("magnification", "anisotropy", "trustworthiness", "continuity", "agreement", "error"):
        old, new = shipped.row(key), again.row(key)
        for then, now in ((old.a, new.a), (old.b, new.b)):
            assert then
            assert now
            assert now.value == pytest.approx(then.value, rel=2e-3)
    assert {row.count for row in again.rows if row.group == "within"} == {20}
    squared = np.mean(pair[0].error[:2000])
    found = again.row("error").a
    assert found
    assert found.value == pytest.approx(squared, rel=1e-3)


def test_json_and_back_is_the_same_and_has_no_nan(shipped: Comparison) -> None:
    text = json.dumps(shipped.to_json(), allow_nan=False)
    assert Comparison.from_json(text) == shipped
    nothing = replace(
        shipped, rows=tuple(replace(row, a=None, b=None, difference=None, ratio=None) for row in shipped.rows)
    )
    assert Comparison.from_json(json.dumps(nothing.to_json(), allow_nan=False)) == nothing
    assert shipped.to_json()["schema"] == 2


def test_the_other_order_negates_the_differences(
    shipped: Comparison, pair: list[Space], mnist_train: ImageDataset
) -> None:
    found = load_comparison(pair[1], pair[0], mnist_train)
    assert found == shipped.swapped()
    assert found
    there, back = shipped.row("magnification").difference, found.row("magnification").difference
    assert there
    assert back
    assert (back.value, back.low, back.high) == (-there.value, -there.high, -there.low)
    ratio, inverse = shipped.row("magnification").ratio, found.row("magnification").ratio
    assert ratio
    assert inverse
    assert (inverse.value * ratio.value, inverse.low * ratio.high) == pytest.approx((1, 1))
    again = found.swapped()
    assert [row.difference for row in again.rows] == [row.difference for row in shipped.rows]


@pytest.fixture
def nothing_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(comparison, "SHIPPED", tmp_path)


@pytest.mark.usefixtures("nothing_shipped")
def test_it_is_stored_beside_the_users_runs_and_measured_again_when_a_run_changed(
    shipped: Comparison, pair: list[Space], mnist_train: ImageDataset, runs_folder: Path
) -> None:
    a, b = pair
    assert load_comparison(a, b, mnist_train) is None
    save_comparison(shipped)
    assert load_comparison(a, b, mnist_train) == shipped
    assert [path.name for path in (runs_folder / ".comparisons").iterdir()] == ["mnist-vae-2d--mnist-ae-2d.json"]
    save_comparison(replace(shipped, weights=("0" * 16, shipped.weights[1])))
    assert load_comparison(a, b, mnist_train) is None
    (runs_folder / ".comparisons" / "mnist-vae-2d--mnist-ae-2d.json").write_text('{"schema": 1')
    assert load_comparison(a, b, mnist_train) is None


@pytest.mark.usefixtures("nothing_shipped")
def test_one_of_a_sample_does_not_outlive_the_full_set(
    shipped: Comparison, pair: list[Space], mnist_train: ImageDataset
) -> None:
    a, b = pair
    of_the_sample: dict[str, Plain] = {
        "training_images_are_a_sample": True,
        "training_images_hash": mnist_train.content_hash,
        "nearest_of": len(mnist_train),
    }
    save_comparison(replace(shipped, conditions=shipped.conditions | of_the_sample))
    assert load_comparison(a, b, mnist_train) is not None
    assert load_comparison(b, a, mnist_train) is not None
    more = replace(mnist_train, images=mnist_train.images[::-1])
    assert load_comparison(a, b, more) is None
    save_comparison(replace(shipped, conditions=shipped.conditions | {"pairs": 100}))
    assert load_comparison(a, b, mnist_train) is None


def test_a_row_that_is_not_there_is_named(shipped: Comparison) -> None:
    with pytest.raises(KeyError, match=r"no row speed \(all\): there are detour_pixels \(all\)"):
        shipped.row("speed")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 1}, "schema"),
        ({"rows": []}, "lacks"),
        ({"weights": None}, "weights: expected array"),
        ({"rows": [{}]}, "required field key"),
    ],
)
def test_a_document_that_is_none_is_told(change: dict[str, object], words: str, shipped: Comparison) -> None:
    with pytest.raises(ComparisonError, match=words):
        Comparison.from_json(json.dumps(shipped.to_json() | change))


def test_a_figure_that_is_not_finite_is_refused(shipped: Comparison) -> None:
    document = shipped.to_json()
    document["rows"][0]["a"]["value"] = float("nan")
    with pytest.raises(ComparisonError, match="not JSON"):
        Comparison.from_json(json.dumps(document))


def test_runs_of_different_data_sets_are_no_pair(pair: list[Space], mnist_train: ImageDataset) -> None:
    with pytest.raises(ComparisonError, match="one data set"):
        compare(pair[0], opened("fashion-mnist-vae-2d")[0], mnist_train)


def test_the_verdict_follows_the_figures(shipped: Comparison) -> None:
    text = " ".join(said(shipped))
    row = shipped.row("magnification")
    assert row.a
    assert row.b
    assert f"magnification spread ({row.a.value:.3g} against {row.b.value:.3g})" in text
    assert sum(measure.title.lower() in text.lower() for measure in MEASURES) == 14
    undecided = [row for row in shipped.rows if row.group == "all" and not row.decided and row.key != "error"]
    assert f"{len(undecided)} undecided" in text
    equal = tuple(
        replace(row, difference=replace(row.difference, low=-1, high=1)) for row in shipped.rows if row.difference
    )
    assert "No difference in smoothness is larger than chance" in said(replace(shipped, rows=equal))[0]
    nothing = tuple(replace(row, a=None, b=None, difference=None, ratio=None) for row in shipped.rows)
    assert "Nothing could be measured" in said(replace(shipped, rows=nothing))[0]
    sample: dict[str, Plain] = {"training_images_are_a_sample": True, "nearest_of": 10_000}
    assert "10,000" in said(replace(shipped, conditions=sample))[3]
    one = tuple(replace(row, difference=None, ratio=None) if row.key == "cycle" else row for row in shipped.rows)
    text = " ".join(said(replace(shipped, rows=one, kept_dimensions=(5, 16))))
    assert "because mnist-vae-2d uses 5 dimensions and mnist-ae-2d 16: cycle error." in text
