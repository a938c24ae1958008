"""Intervals cover what they should, and differences are paired."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness import bootstrap
from vaeexplorer.analysis.smoothness.bootstrap import mean, median, paired_estimates, spread


def test_the_interval_of_a_mean_is_the_textbooks(rng: np.random.Generator) -> None:
    values = rng.normal(5, 2, 400)
    found = paired_estimates((mean, mean), values, values + 1)
    assert found is not None
    a, _, difference = found
    assert a.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / np.sqrt(400)
    assert (a.high - a.low) / 2 == pytest.approx(half, rel=0.08)
    # the pairing takes out what both share: without it the interval would hold 0
    assert (difference.value, difference.low, difference.high) == pytest.approx((-1, -1, -1))


@pytest.mark.slow
def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    held = 0
    for seed in range(300):
        values = np.random.default_rng(seed).normal(size=(2, 200))
        found = paired_estimates((median, median), *values, seed=seed)
        held += found is not None and found[2].low <= 0 <= found[2].high
    assert held / 300 == pytest.approx(0.95, abs=0.035)


def test_what_is_not_finite_in_either_is_left_out_of_both() -> None:
    a, b = np.arange(50.0), np.arange(50.0)
    a[3], b[7] = np.nan, np.inf
    found = paired_estimates((mean, spread), a, b)
    assert found is not None
    kept = np.delete(np.arange(50.0), [3, 7])
    assert found[0].value == pytest.approx(kept.mean())
    assert found[1].value == pytest.approx(kept.std(ddof=1))


def test_too_few_observations_have_no_estimate() -> None:
    few = np.arange(bootstrap.AT_LEAST - 1.0)
    assert paired_estimates((mean, mean), few, few) is None
    assert paired_estimates((mean, mean), np.full(100, np.nan), np.arange(100.0)) is None
