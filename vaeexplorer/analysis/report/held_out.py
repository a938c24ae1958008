"""The held-out classifier two-sample test: learn q(z) from prior on some images' posteriors, test it on others'.

A classifier that is tested on images it never saw needs no null: on a perfect model its accuracy is 1/2 on average
whatever the posteriors' widths are, and 2 accuracy - 1 is above the total variation by chance alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vaeexplorer.analysis.report.classifier import (
    FEW_IMAGES,
    LONG,
    PLANE,
    SHORT,
    SPACE,
    Ratio,
    Step,
    learn,
    some_of,
)
from vaeexplorer.analysis.report.diagnostics import ONE_SIDED, Estimate
from vaeexplorer.analysis.report.networks import Recipe
from vaeexplorer.analysis.report.posteriors import World, draw

DRAWS = 8  # a test image
PRIOR_DRAWS = 50_000  # at least
RANKED = 20  # prior draws a test image, for the p-value
TAU = 0.1  # q/p below it is a hole
FOLDS = 1.2  # how much two folds of the same images widen an interval (measured: docs/report-card.md)
RESAMPLES = 60
FINE, COARSE = 301, 121  # points a side of a mixture's grid


class Scores(NamedTuple):
    """Logits of a classifier on what it was not trained on."""

    q: np.ndarray
    """of R draws of each test image's posterior, [N, R]"""
    p: np.ndarray
    """of prior draws, [M]"""
    ranked: float
    """p-value: how often a perfect model's scores are as high"""


def score(ratio: Ratio, world: World, sampler: Callable[[int], np.ndarray], rng: np.random.Generator) -> Scores:
    """The scores of test images' posteriors, eight draws of each, and of prior draws.

    The p-value is exact whatever the classifier: one draw an image is ranked among 20 N prior draws, and the mean of
    the ranks, each uniform on a perfect model, has variance (1/N + 1/M) / 12 (Mann & Whitney 1947).
    """
    count = len(world.mean)
    repeats = 1 if world.logvar is None else DRAWS
    q = np.stack([ratio.logit(draw(world.mean, world.logvar, rng).z) for _ in range(repeats)], axis=1)
    p = ratio.logit(sampler(max(PRIOR_DRAWS, RANKED * count)))
    # Ties, as beyond the clamp, count half.
    ordered = np.sort(p)
    below = np.searchsorted(ordered, q[:, 0], "left") + np.searchsorted(ordered, q[:, 0], "right")
    rank = float(np.mean(below)) / (2 * len(p))
    deviations = (rank - 0.5) / math.sqrt((1 / count + 1 / len(p)) / 12)
    return Scores(q, p, 0.5 * math.erfc(deviations / math.sqrt(2)))


def _estimate(value: float, of_images: np.ndarray, of_prior: np.ndarray, widen: float) -> Estimate:
    """With the limits of a sum of two means: over images, and over prior draws."""
    error = math.sqrt(of_images.var() / len(of_images) + of_prior.var() / len(of_prior))
    return Estimate(value, value - ONE_SIDED * widen * error, value + ONE_SIDED * widen * error)


def accuracy(scores: Scores, widen: float = 1.0) -> Estimate:
    """The mean of the shares of q's and of the prior's draws that are named right, clustered by image."""
    right_q, right_p = (scores.q > 0).mean(axis=1), scores.p <= 0
    return _estimate((right_q.mean() + right_p.mean()) / 2, right_q / 2, right_p / 2, widen)


def divergence(scores: Scores, widen: float = 1.0) -> Estimate:
    """A lower bound of KL(q || p), nats: E_q T - ln E_p exp T (Donsker & Varadhan 1983), T the logit."""
    largest = scores.p.max()
    ratio = np.exp(scores.p - largest)
    value = scores.q.mean() - largest - math.log(ratio.mean())
    return _estimate(float(value), scores.q.mean(axis=1), ratio / ratio.mean(), widen)


def hole_bound(scores: Scores, widen: float = 1.0) -> Estimate:
    """A lower bound of the prior's mass where q/p < .1: P(A) - 10 Q(A), with A = {logit < ln .1}.

    Right for any A: outside the holes q is at least p/10, so that P(A) is at most the holes' mass + 10 Q(A). Where none
    of N test images lies in A, Q(A) may still be 3/N with a chance of 5 % (the rule of three).
    """
    q, p = (scores.q < math.log(TAU)).mean(axis=1) / TAU, (scores.p < math.log(TAU)).astype(float)
    bound = _estimate(float(p.mean() - q.mean()), q, p, widen)
    return bound if q.any() else bound._replace(low=bound.low - 3 / len(q) / TAU)


def hole_mass(scores: Scores, rng: np.random.Generator) -> Estimate:
    """The prior's mass where q/p < .1, by isotonic regression on held-out scores (Zadrozny & Elkan 2002).

    Scores fall into 1,000 bins of as many prior draws each; the limits are of a bootstrap over images, and too narrow:
    they do not know what the classifier has not seen.
    """
    from scipy.optimize import isotonic_regression

    edges = np.quantile(scores.p, np.linspace(0, 1, 1001)[1:-1])
    in_bin = np.searchsorted(edges, scores.q)  # [N, R]
    p = np.bincount(np.searchsorted(edges, scores.p), minlength=1000) / len(scores.p)

    def mass(images: np.ndarray) -> float:
        q = np.bincount(in_bin[images].ravel(), minlength=1000) / in_bin[images].size
        weight = p + q
        share = isotonic_regression(q / np.maximum(weight, 1e-12), weights=np.maximum(weight, 1e-12)).x
        return float(p[share < TAU / (1 + TAU)].sum())

    count = len(in_bin)
    again = [mass(rng.integers(count, size=count)) for _ in range(RESAMPLES)]
    low, high = np.quantile(again, [0.05, 0.95])
    return Estimate(mass(np.arange(count)), float(low), float(high))


@dataclass(frozen=True)
class HeldOut:
    """What the test has found.

    Attributes:
        p: exact on a perfect model; of two folds, twice the smaller.
        total_variation: 2 accuracy - 1, a lower bound of the total variation of q(z) and the prior.
        divergence: a lower bound of KL(q || p), nats.
        hole_bound: a lower bound of the prior's mass in holes.
        holes: a point estimate of that mass; None above two dimensions and of few training images, where none is good.
        instrument: which classifier, in words.
        trained: by how many images' posteriors it was learned.
        halved: whether the images tested are those trained on, each half by the other.
        steps: of training, in all.
    """

    accuracy: Estimate
    p: float
    total_variation: Estimate
    divergence: Estimate
    hole_bound: Estimate
    holes: Estimate | None
    instrument: str
    trained: int
    halved: bool
    steps: int


def recipes_of(dimensions: int, trained: int, *, short: bool) -> list[Recipe]:
    """How networks are trained: one way, or of few images two, of which the better is taken."""
    if short:
        return [SHORT]
    if trained <= FEW_IMAGES:
        return [SHORT, LONG]
    return [PLANE if dimensions <= 2 else SPACE]


class Trial(NamedTuple):
    """What a classifier is to learn from, and to be tested by.

    Attributes:
        folds: images to learn from, and images to test by.
        pools: draws of the prior to learn from, and to test by; None where it is N(0, I).
        recipes: of the candidates.
        seed: of the first fold's classifier; the next has the next.
        side: of the smoothed mixtures' grid.
        rng: of the test.
    """

    folds: list[tuple[World, World]]
    pools: tuple[np.ndarray, np.ndarray] | None
    recipes: list[Recipe]
    seed: int
    side: int
    rng: np.random.Generator


def held_out(
    test: World, train: World | None, pool: np.ndarray | None, *, short: bool, seed: int, step: Step
) -> HeldOut:
    """Learn from training images' posteriors, test on test images'.

    Args:
        test: the images tested.
        train: the training images; None to halve the test images, and test either half by the other.
        pool: draws from the prior, [M, D]; None for N(0, I).
        short: one network of few steps and coarse mixtures, whatever the number of images.
        seed: of everything drawn.
        step: called before each part of the work.
    """
    trial = plan(test, train, pool, short=short, seed=seed)
    seeds = [seed + number for number in range(len(trial.folds))]
    learn_from = None if trial.pools is None else trial.pools[0]
    learned = learn([fold[0] for fold in trial.folds], learn_from, trial.recipes, seeds, step, side=trial.side)
    return outcome(trial, learned)


def plan(test: World, train: World | None, pool: np.ndarray | None, *, short: bool, seed: int) -> Trial:
    """The first third of `held_out`; the second is `learn`, the last `outcome`."""
    rng = np.random.default_rng([seed, 1])
    pools = None if pool is None else (pool[::2], pool[1::2])
    if train is None:
        order = rng.permutation(len(test.mean))
        halves = [some_of(test, order[: len(order) // 2]), some_of(test, order[len(order) // 2 :])]
        folds = [(halves[0], halves[1]), (halves[1], halves[0])]
    else:
        folds = [(train, test)]
    recipes = recipes_of(test.mean.shape[1], len(folds[0][0].mean), short=short)
    return Trial(folds, pools, recipes, seed, COARSE if short else FINE, rng)


def outcome(trial: Trial, learned: Sequence[tuple[Ratio, str]]) -> HeldOut:
    """What each fold's classifier finds in the images that it is tested by."""
    folds, pools, recipes, _, _, rng = trial
    trained, dimensions = folds[0][0].mean.shape
    halved = len(folds) > 1

    def sampler(count: int) -> np.ndarray:
        if pools is None:
            return rng.standard_normal((count, dimensions))
        return np.asarray(pools[1][rng.integers(len(pools[1]), size=count)])

    found = [score(ratio, test, sampler, rng) for (ratio, _), (_, test) in zip(learned, folds, strict=True)]
    scores = Scores(
        np.concatenate([each.q for each in found]),
        np.concatenate([each.p for each in found]),
        min(1.0, len(found) * min(each.ranked for each in found)),
    )
    widen = FOLDS if halved else 1.0
    right = accuracy(scores, widen)
    point = hole_mass(scores, rng) if trained > FEW_IMAGES and dimensions <= 2 and pools is None else None
    return HeldOut(
        right,
        scores.ranked,
        Estimate(*(max(0.0, 2 * each - 1) for each in right)),
        divergence(scores, widen),
        hole_bound(scores, widen),
        point,
        " and ".join(sorted({name for _, name in learned})),
        trained,
        halved,
        len(folds) * sum(recipe.steps for recipe in recipes),
    )


# Measured by `tests/benchmarks/planted.py`: see docs/report-card.md.
DIMENSIONS = (1, 2, 4, 8, 16, 32)
IMAGES = (1_000, 2_000, 10_000, 60_000)
SHARES: dict[int, tuple[float, ...]] = {
    1: (0.68, 0.68, 0.68, 0.89),
    2: (0.68, 0.68, 0.68, 0.96),
    4: (0.45, 0.58, 0.58, 0.89),
    8: (0.45, 0.58, 0.58, 0.87),
    16: (0.0, 0.18, 0.18, 0.74),
    32: (0.0, 0.1, 0.1, 0.6),
}


def share(dimensions: int, trained: int) -> float:
    """The least share of a mismatch's total variation that the classifier finds, over four families of mismatches.

    Of the next larger D and the next smaller N of the table; 0 beyond it.

    Args:
        dimensions: in which the classifier looks.
        trained: by how many images' codes it was trained; where they were halved, how many there were.
    """
    wider = [each for each in DIMENSIONS if each >= dimensions]
    fewer = [column for column, each in enumerate(IMAGES) if each <= trained]
    return SHARES[wider[0]][fewer[-1]] if wider and fewer else 0.0


def power(total_variation: float, dimensions: int, trained: int, found: float, reach: float) -> float:
    """How often a mismatch of that total variation would have shown an estimate certainly above the one found.

    Phi((share TV - found) / se - 1.645): of the one-sided test at 5 %, for an estimate of normal error.

    Args:
        total_variation: of the mismatch that is asked about.
        dimensions, trained: see `share`.
        found: the estimate of the report.
        reach: of its interval, 1.645 standard errors.
    """
    error = max(reach / 1.645, 1e-9)
    deviations = (share(dimensions, trained) * total_variation - found) / error - 1.645
    return 0.5 * math.erfc(-deviations / math.sqrt(2))
