"""Answers from numbers: thresholds, how sure, and the line that sums up."""

import dataclasses

import numpy as np
import pytest

from vaeexplorer.analysis.report.diagnostics import Diagnostic, Estimate, joint_rank
from vaeexplorer.analysis.report.verdicts import summary, verdicts


def diagnosed(tv: tuple[float, float, float], holes: tuple[float, float, float]) -> list[Diagnostic]:
    """Of an autoencoder, what the second answer looks at."""
    accuracy = (0.5 + each / 2 for each in tv)
    return [
        Diagnostic.estimated("classifier", "aggregate", Estimate(*accuracy)),
        Diagnostic.estimated("total_variation", "aggregate", Estimate(*tv)),
        Diagnostic.estimated("holes", "aggregate", Estimate(*holes)),
    ]


@pytest.mark.parametrize(
    ("tv", "holes", "answer", "sureness"),
    [
        ((0.01, 0.0, 0.018), (0.0, 0.0, 0.0), "yes", "Sure: both ends"),
        ((0.039, 0.03, 0.048), (0.0, 0.0, 0.0), "yes", "Unsure: the interval reaches from “yes” to “nearly”"),
        ((0.01, 0.0, 0.018), (0.015, 0.012, 0.019), "nearly", "Sure: both ends"),
        ((0.29, 0.28, 0.298), (0.05, 0.04, 0.06), "partly", "Sure that it is no better"),
        ((0.2, 0.19, 0.21), (0.05, 0.04, 0.06), "partly", "Sure: both ends"),
        ((0.2, 0.19, 0.21), (0.2, 0.16, 0.25), "no", "Sure: both ends"),
        ((0.31, 0.29, 0.33), (0.05, 0.04, 0.06), "no", "Unsure: the interval reaches from “partly” to “no”"),
    ],
)
def test_answers_go_by_effect_and_are_as_sure_as_interval_and_power(
    tv: tuple[float, float, float], holes: tuple[float, float, float], answer: str, sureness: str
) -> None:
    said = verdicts(diagnosed(tv, holes), count=10_000, dimensions=2, used=2, trained=60_000, judge="")[1]
    assert (said.answer, said.sureness[: len(sureness)]) == (answer, sureness)


def test_without_power_a_yes_is_not_sure() -> None:
    found = diagnosed((0.01, 0.0, 0.018), (0.0, 0.0, 0.0))
    said = verdicts(found, count=10_000, dimensions=64, used=64, trained=60_000, judge="")[1]
    assert said.answer == "yes"
    assert said.sureness.startswith("Not sure")


@pytest.mark.parametrize(
    ("answers", "holes", "line"),
    [
        (("yes", "yes", "yes"), False, "Yes."),
        (("yes", "yes", "no"), False, "Yes, but samples are worse than reconstructions."),
        (("partly", "nearly", "nearly"), True, "Nearly, except for small holes."),
        (("yes", "partly", "yes"), True, "Yes, except for holes in the prior."),
        (("yes", "partly", "partly"), False, "Partly: codes do not follow the prior, and samples are worse than recon"),
        (("n/a", "no", "no"), False, "No: codes do not follow the prior, and samples are worse than reconstructions."),
        (("no", "yes", "no"), False, "It has collapsed: z carries next to nothing, so that matching the prior says"),
    ],
)
def test_the_line_that_sums_up_follows_the_answers(answers: tuple[str, ...], holes: bool, line: str) -> None:
    said = verdicts(diagnosed((0, 0, 0), (0, 0, 0)), count=1000, dimensions=2, used=2, trained=1000, judge="")
    chosen = [dataclasses.replace(v, answer=a) for v, a in zip(said, answers, strict=True)]  # type: ignore[arg-type]
    assert summary(chosen, holes).startswith(line)


def test_the_joint_rank_counts_all_that_is_looked_at() -> None:
    """Of perfect models any of eight correlated diagnostics is outside in 5 % of cases, and the band says the same."""
    rng = np.random.default_rng(1)
    outside = 0
    for _ in range(600):
        draws = rng.standard_normal((20, 8)) + rng.standard_normal((20, 1))
        rank = joint_rank(draws[0].tolist(), draws[1:])
        outside += min(rank.p) <= 0.05
        effects = np.abs(draws[0] - draws[1:].mean(axis=0)) / draws[1:].std(axis=0, ddof=1)
        assert (min(rank.p) <= 0.05) == (effects.max() > rank.band)
    assert outside / 600 == pytest.approx(0.05, abs=0.03)
