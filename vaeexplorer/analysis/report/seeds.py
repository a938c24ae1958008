"""Reports of several seeds of one recipe: how far the seeds of training lie apart, and how far the recipes do."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.report.diagnostics import ONE_SIDED
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.documents import Finite


@dataclass(frozen=True)
class Spread:
    """One number over the seeds of a recipe.

    Attributes:
        recipe: which.
        key, of: of the diagnostic, see `diagnostics.Diagnostic`.
        values: a seed each.
        mean: over seeds.
        between: standard deviation between seeds, what they are measured with included; None of one seed.
        within: standard error of one report, from its interval, root mean square over seeds; None without intervals.
    """

    recipe: str
    key: str
    of: str
    values: list[Finite]
    mean: Finite
    between: Finite | None
    within: Finite | None


@dataclass(frozen=True)
class Difference:
    """What a recipe has more than the first, with a 90 % interval over seeds (Welch 1947).

    Attributes:
        decided: whether the interval leaves 0 out. Intervals are not corrected for how many there are.
    """

    recipe: str
    key: str
    of: str
    value: Finite
    low: Finite
    high: Finite
    decided: bool


def spreads(recipes: Mapping[str, Sequence[Report]]) -> list[Spread]:
    """Every number that all reports of a recipe have."""
    found = []
    for recipe, reports in recipes.items():
        for first in reports[0].diagnostics:
            numbers = [
                each
                for report in reports
                for each in report.diagnostics
                if (each.key, each.of) == (first.key, first.of)
            ]
            values = [each.value for each in numbers if each.value is not None]
            if len(values) < len(reports):
                continue
            ends = [(each.low, each.high) for each in numbers]
            errors = [(high - low) / 2 / ONE_SIDED for low, high in ends if low is not None and high is not None]
            found.append(
                Spread(
                    *(recipe, first.key, first.of, values, float(np.mean(values))),
                    float(np.std(values, ddof=1)) if len(values) > 1 else None,
                    math.sqrt(float(np.mean(np.square(errors)))) if len(errors) == len(values) else None,
                )
            )
    return found


def differences(found: Sequence[Spread]) -> list[Difference]:
    """Of each recipe from the first, in every number that both have of several seeds."""
    from scipy.stats import t

    first = {(each.key, each.of): each for each in found if each.recipe == found[0].recipe}
    result = []
    for each in found:
        other = first.get((each.key, each.of))
        if other is None or other is each or each.between is None or other.between is None:
            continue
        parts = np.array([one.between**2 / len(one.values) for one in (each, other) if one.between is not None])
        value, error = each.mean - other.mean, math.sqrt(parts.sum())
        freedom = np.array([len(each.values), len(other.values)]) - 1
        degrees = parts.sum() ** 2 / (parts**2 / freedom).sum() if error > 0 else 1.0  # Welch & Satterthwaite
        reach = float(t.ppf(0.95, degrees)) * error
        decided = abs(value) > reach
        result.append(Difference(each.recipe, each.key, each.of, value, value - reach, value + reach, decided))
    return result
