"""Rates over many draws of worlds whose answer is known: what docs/report-card.md tabulates. Minutes to hours, by hand.

`pytest -m slow -s tests/analysis/report/test_planted.py` prints the rows; `-k` chooses among them.
"""

import os

import numpy as np
import pytest

from tests.analysis.report.planted import FAMILIES, PERFECT, found_share, halved, perfect, planted
from vaeexplorer.analysis.report.held_out import DIMENSIONS, IMAGES, HeldOut, share
from vaeexplorer.analysis.report.verdicts import level

DRAWS = int(os.environ.get("VAEEXPLORER_DRAWS", "40"))
PLANTED_AT = {1_000: (0.1,), 2_000: (0.1,), 10_000: (0.04,), 60_000: (0.04, 0.1)}  # total variations of the table


def answer(found: HeldOut) -> str:
    """To the second question."""
    holes = found.holes or found.hole_bound
    return level(found.total_variation.value, max(0.0, holes.value))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1_000, 10_000])
@pytest.mark.parametrize("dimensions", [2, 8, 16, 64])
@pytest.mark.parametrize("kind", PERFECT)
def test_perfect_models_are_answered_yes(kind: str, dimensions: int, count: int) -> None:
    found = [halved(perfect(kind, count, dimensions, np.random.default_rng([7, seed])), seed) for seed in range(DRAWS)]
    yes = sum(answer(each) == "yes" for each in found)
    above = sum(each.total_variation.low > 0 for each in found)
    holes = sum(each.hole_bound.low > 0 for each in found)
    print(f"| {kind} | {dimensions} | {count:,} | {yes}/{DRAWS} | {above}/{DRAWS} | {holes}/{DRAWS} |")
    # Fewer than these have a chance of about one in twenty where the rate is .95, or more where it is .05.
    assert yes >= 0.9 * DRAWS - 1e-9
    assert above <= 0.125 * DRAWS + 1
    assert holes <= 0.125 * DRAWS + 1


@pytest.mark.slow
@pytest.mark.parametrize("dimensions", [2, 8, 16])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("total_variation", [0.04, 0.1, 0.3])
def test_lower_limits_stay_below_the_truth(family: str, dimensions: int, total_variation: float) -> None:
    rng = np.random.default_rng(8)
    world = planted(family, dimensions, total_variation)
    z = rng.standard_normal((400_000, dimensions))
    truth, holes = world.total_variation(dimensions, 400_000), float((world.log_ratio(z) < np.log(0.1)).mean())
    found = [halved(world.world(4_000, rng), seed) for seed in range(DRAWS)]
    above = sum(each.total_variation.low > truth for each in found)
    emptied = sum(each.hole_bound.low > holes for each in found)
    mean = np.mean([each.total_variation.value for each in found])
    print(f"| {family} | {dimensions} | {truth:.3f} | {mean:.3f} | {above}/{DRAWS} | {emptied}/{DRAWS} |")
    assert above <= 0.125 * DRAWS + 1
    assert emptied <= 0.125 * DRAWS + 1


@pytest.mark.slow
@pytest.mark.parametrize("images", IMAGES)
@pytest.mark.parametrize("dimensions", DIMENSIONS)
def test_the_power_table_promises_no_more_than_is_found(dimensions: int, images: int) -> None:
    least = 1.0
    for family in FAMILIES:
        if family == "correlation" and dimensions == 1:
            continue
        for total_variation in PLANTED_AT[images]:
            found = found_share(family, dimensions, total_variation, images)
            print(f"| {dimensions} | {images:,} | {family} | {total_variation} | {found:.2f} |")
            least = min(least, found)
    assert share(dimensions, images) <= max(0.0, least) + 0.12  # two standard errors of a share at .04
