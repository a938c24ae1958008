"""Reports over seeds: the spread between seeds, and what recipes differ by."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.analysis.report.diagnostics import Diagnostic, Estimate
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.config import ConfigError
from vaeexplorer.documents import to_json
from vaeexplorer.results.seeds import SeedsError, over_seeds, shipped
from vaeexplorer.runs.folder import RunCard, load_run


def card(name: str, seed: int) -> RunCard:
    """A shipped run's, of another seed."""
    run = load_run(name)
    return replace(
        run, name=f"{name}-seed{seed}", config=replace(run.config, train=replace(run.config.train, seed=seed))
    )


def measured(value: float) -> Report:
    numbers = [
        Diagnostic.estimated("classifier", "aggregate", Estimate.of_mean(value, 0.002)),
        Diagnostic("holes", "aggregate", None, flag="n/a"),
    ]
    return Report(100, 2, None, 0, "", [], numbers)


def test_seeds_of_a_recipe_are_one_group_and_their_spread_is_not_that_of_a_report() -> None:
    vae, ae = (0.64, 0.65, 0.66), (0.82, 0.80, 0.84)
    runs = [(card("mnist-vae-2d", seed), measured(value)) for seed, value in enumerate(vae)]
    runs += [(card("mnist-ae-2d", seed), measured(value)) for seed, value in enumerate(ae)]
    document = over_seeds(runs)
    assert [(recipe.name, recipe.seeds) for recipe in document.recipes] == [
        ("mnist-vae-2d", [0, 1, 2]),
        ("mnist-ae-2d", [0, 1, 2]),
    ]
    first, second = document.numbers  # what has no value is left out
    assert (first.mean, first.between, first.within) == pytest.approx((0.65, 0.01, 0.002))
    (difference,) = document.differences
    assert difference.recipe == "mnist-ae-2d"
    assert difference.value == pytest.approx(0.17)
    # Welch: errors .01 and .02 of three seeds each, 2.94 degrees of freedom, t = 2.37
    assert second.between is not None
    assert difference.high - difference.value == pytest.approx(2.37 * np.sqrt((0.01**2 + 0.02**2) / 3), rel=0.01)
    assert difference.decided


def test_one_seed_decides_nothing_and_a_seed_comes_once() -> None:
    document = over_seeds([(card(name, 0), measured(0.6)) for name in ("mnist-vae-2d", "mnist-ae-2d")])
    assert document.differences == []
    assert [each.between for each in document.numbers] == [None, None]
    with pytest.raises(ConfigError, match="a seed comes twice"):
        over_seeds([(card("mnist-vae-2d", 1), measured(0.6))] * 2)


def test_a_document_is_found_by_the_recipe_of_a_run(tmp_path: Path) -> None:
    runs = [(card("mnist-vae-2d", seed), measured(0.6 + seed / 100)) for seed in (1, 2)]
    (tmp_path / "pair.json").write_text(to_json(over_seeds(runs)))
    found = shipped(load_run("mnist-vae-2d").config, tmp_path)
    assert found is not None
    recipe, numbers = found
    assert recipe.seeds == [1, 2]
    assert numbers[0].values == pytest.approx([0.61, 0.62])
    assert shipped(load_run("mnist-ae-2d").config, tmp_path) is None
    (tmp_path / "pair.json").write_text("{")
    with pytest.raises(SeedsError, match=r"pair\.json cannot be read: it is not JSON"):
        shipped(load_run("mnist-vae-2d").config, tmp_path)
