"""Comparisons are kept, found again, and of the runs as they are; what cannot be compared is told in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness.smoothness import MEASURES
from vaeexplorer.analysis.smoothness.verdict import verdict
from vaeexplorer.files import SHIPPED
from vaeexplorer.recipes.pretrain import COMPARISONS
from vaeexplorer.results import comparison
from vaeexplorer.results.comparison import Comparison, ComparisonError, compare, load_comparison, save_comparison
from vaeexplorer.runs.folder import Run, load_run


def said(found: Comparison) -> list[str]:
    return verdict(found.rows, found.runs, found.conditions, found.kept_dimensions)


@pytest.fixture(scope="module")
def pair() -> tuple[Run, Run]:
    return load_run("mnist-vae-2d"), load_run("mnist-ae-2d")


@pytest.fixture(scope="module")
def shipped(pair: tuple[Run, Run]) -> Comparison:
    found = load_comparison(*pair)
    assert found
    return found


@pytest.mark.parametrize("names", COMPARISONS.values(), ids="--".join)
def test_the_shipped_pairs_are_compared_against_all_training_images(names: tuple[str, str]) -> None:
    found = load_comparison(*map(load_run, names))
    assert found
    assert found.runs == names
    assert found.conditions["nearest_of"] == 60_000
    assert found.conditions["pairs"] >= 500
    assert not found.conditions["training_images_are_a_sample"]
    assert all(row.difference is not None for row in found.rows)
    assert "n/a" not in " ".join(said(found))


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in (SHIPPED / "comparisons").iterdir()) < 300_000


def test_the_figures_are_measured_again_from_the_shipped_weights(shipped: Comparison, pair: tuple[Run, Run]) -> None:
    """Those that need no training images, which are a sample here, on all pairs and images."""
    again = compare(*pair, pairs=100)
    assert again.conditions["training_images_are_a_sample"]
    for key in ("magnification", "distortion", "trustworthiness", "continuity", "agreement", "error"):
        old, new = shipped.row(key), again.row(key)
        for then, now in ((old.a, new.a), (old.b, new.b)):
            assert then
            assert now
            assert now.value == pytest.approx(then.value, rel=2e-3)
    assert {row.count for row in again.rows if row.group == "within"} == {50}
    squared = np.mean(pair[0].error[:2000])
    found = again.row("error").a
    assert found
    assert found.value == pytest.approx(squared, rel=1e-3)


def test_json_and_back_is_the_same_and_has_no_nan(shipped: Comparison) -> None:
    text = json.dumps(shipped.to_json(), allow_nan=False)
    assert Comparison.from_json(json.loads(text)) == shipped
    nothing = replace(shipped, rows=tuple(replace(row, a=None, b=None, difference=None) for row in shipped.rows))
    assert Comparison.from_json(json.loads(json.dumps(nothing.to_json(), allow_nan=False))) == nothing
    assert shipped.to_json()["schema"] == 1


def test_the_other_order_negates_the_differences(shipped: Comparison, pair: tuple[Run, Run]) -> None:
    found = load_comparison(pair[1], pair[0])
    assert found == shipped.swapped()
    assert found
    there, back = shipped.row("magnification").difference, found.row("magnification").difference
    assert there
    assert back
    assert (back.value, back.low, back.high) == (-there.value, -there.high, -there.low)
    assert found.swapped() == shipped


def test_it_is_kept_beside_the_users_runs_and_measured_again_when_a_run_changed(
    shipped: Comparison, pair: tuple[Run, Run], runs_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(comparison, "SHIPPED", tmp_path)
    assert load_comparison(*pair) is None
    save_comparison(shipped)
    assert load_comparison(*pair) == shipped
    assert [path.name for path in (runs_folder / ".comparisons").iterdir()] == ["mnist-vae-2d--mnist-ae-2d.json"]
    save_comparison(replace(shipped, weights=("0" * 16, shipped.weights[1])))
    assert load_comparison(*pair) is None
    (runs_folder / ".comparisons" / "mnist-vae-2d--mnist-ae-2d.json").write_text('{"schema": 1')
    assert load_comparison(*pair) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 2}, "schema"),
        ({"rows": []}, "lacks"),
        ({"weights": None}, "cannot be read"),
        ({"rows": [{}]}, "read"),
    ],
)
def test_a_document_that_is_none_is_told(change: dict[str, object], words: str, shipped: Comparison) -> None:
    with pytest.raises(ComparisonError, match=words):
        Comparison.from_json(shipped.to_json() | change)


def test_a_figure_that_is_not_finite_is_refused(shipped: Comparison) -> None:
    document = shipped.to_json()
    document["rows"][0]["a"]["value"] = float("nan")
    with pytest.raises(ComparisonError, match="finite"):
        Comparison.from_json(document)


def test_runs_of_different_data_sets_are_no_pair(pair: tuple[Run, Run]) -> None:
    with pytest.raises(ComparisonError, match="one data set"):
        compare(pair[0], load_run("fashion-mnist-vae-2d"))


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
    assert "No difference in smoothness is certain" in said(replace(shipped, rows=equal))[0]
    nothing = tuple(replace(row, a=None, b=None, difference=None) for row in shipped.rows)
    assert "Nothing could be measured" in said(replace(shipped, rows=nothing))[0]
    sample = {"training_images_are_a_sample": True, "nearest_of": 10_000}
    assert "10,000" in said(replace(shipped, conditions=sample))[-1]
    assert "the 5 dimensions that" in said(replace(shipped, kept_dimensions=(5, 16)))[-1]
