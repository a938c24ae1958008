"""The classifier test where the answer is known; its rates over many draws are measured in `test_planted.py`."""

import math

import numpy as np
import pytest
from scipy.stats import kstest, norm

from tests.analysis.report.planted import FAMILIES, halved, perfect, planted, silent
from vaeexplorer.analysis.report.classifier import held_out as held_out_module
from vaeexplorer.analysis.report.classifier import networks
from vaeexplorer.analysis.report.classifier.held_out import (
    DIMENSIONS,
    IMAGES,
    SHARES,
    Scores,
    accuracy,
    divergence,
    held_out,
    hole_bound,
    hole_mass,
    power,
    score,
    share,
)
from vaeexplorer.analysis.report.classifier.learning import learn
from vaeexplorer.analysis.report.classifier.networks import Recipe, fit_networks
from vaeexplorer.analysis.report.posteriors import World, draw


class Best:
    """The exact ratio of N((1, 0), I) and N(0, I)."""

    def logit(self, z: np.ndarray) -> np.ndarray:
        return np.asarray(z[:, 0] - 0.5, np.float64)


def shifted(rng: np.random.Generator, count: int = 4000) -> World:
    mean = math.sqrt(0.75) * rng.standard_normal((count, 2)).astype(np.float32) + np.array([1, 0], np.float32)
    return draw(mean, np.full_like(mean, math.log(0.25)), rng)


def test_the_best_classifier_shows_the_known_numbers(rng: np.random.Generator) -> None:
    """Accuracy Phi(1/2), total variation 2 Phi(1/2) - 1, KL 1/2."""
    scores = score(Best(), shifted(rng), lambda count: rng.standard_normal((count, 2)), rng)
    right = accuracy(scores)
    assert right.low < norm.cdf(0.5) < right.high
    assert right.high - right.low < 0.02
    assert divergence(scores).value == pytest.approx(0.5, abs=0.05)
    assert scores.ranked < 1e-10


def test_the_interval_is_clustered_by_image(rng: np.random.Generator) -> None:
    """Eight draws of a narrow posterior say no more than one."""
    world = shifted(rng)
    narrow = World(world.z.astype(np.float32), np.full((4000, 2), -20, np.float32), world.z)
    of_narrow, of_wide = (
        accuracy(score(Best(), each, lambda count: rng.standard_normal((count, 2)), rng)) for each in (narrow, world)
    )
    assert of_narrow.high - of_narrow.low > 1.15 * (of_wide.high - of_wide.low)
    expected = 2 * 1.645 * math.sqrt(norm.cdf(0.5) * norm.sf(0.5) / 4 * (1 / 4000 + 1 / 80_000))
    assert of_narrow.high - of_narrow.low == pytest.approx(expected, rel=0.03)


def test_p_is_uniform_on_a_perfect_model_whatever_the_classifier() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(200):
        z = rng.standard_normal((150, 2))
        points = World(z.astype(np.float32), None, z)
        found.append(score(Best(), points, lambda count: rng.standard_normal((3000, 2)), rng).ranked)
    assert kstest(found, "uniform").pvalue > 0.01


def test_holes_of_known_mass(rng: np.random.Generator) -> None:
    """q is the prior without {z_1 < -1}: mass .159. The ratio is 0 there and 1.19 elsewhere, seen with some noise."""
    z = rng.standard_normal((40_000, 1))
    kept = z[z[:, 0] > -1][:20_000]

    def logit(z: np.ndarray) -> np.ndarray:
        return np.where(z[:, 0] > -1, 0.2, -4.0) + 0.1 * rng.standard_normal(len(z))

    scores = Scores(logit(kept)[:, None], logit(rng.standard_normal((60_000, 1))), 0.0)
    bound, point = hole_bound(scores), hole_mass(scores, rng)
    assert bound.value == pytest.approx(norm.cdf(-1), abs=0.006)
    assert point.value == pytest.approx(norm.cdf(-1), abs=0.006)
    # A classifier that finds holes where there are none has a bound below 0.
    wrong = Scores(scores.q - 4, scores.p - 4, 0.0)
    assert hole_bound(wrong).high < 0


def test_no_image_where_the_prior_is_rare_makes_no_hole() -> None:
    """20 of 20,000 prior draws lie where none of 1,000 images does: by chance, of a model without holes."""
    scores = Scores(np.zeros((1000, 1)), np.where(np.arange(20_000) < 20, -5.0, 0.0), 1.0)
    bound = hole_bound(scores)
    assert bound.value == pytest.approx(0.001)
    assert bound.low < 0


@pytest.mark.parametrize("kind", ["graded", "by image"])
@pytest.mark.usefixtures("quick_classifier")
def test_a_perfect_model_of_uneven_widths_is_not_told_apart(kind: str) -> None:
    found = halved(perfect(kind, 2000, 8, np.random.default_rng(2)))
    assert found.total_variation.value < 0.04
    assert found.p > 0.02
    assert found.hole_bound.low <= 0
    assert found.halved


@pytest.mark.usefixtures("quick_classifier")
def test_a_mismatch_is_seen_by_the_images_of_others() -> None:
    rng = np.random.default_rng(4)
    world = planted("shrink", 2, 0.15)
    found = held_out(world.world(3000, rng), world.world(4000, rng), None, short=False, seed=0, step=silent)
    assert found.total_variation.low > 0.08
    assert found.total_variation.value < 0.15 + 0.03
    assert found.p < 1e-6
    assert found.trained == 4000
    assert found.holes is None


@pytest.mark.parametrize("of_points", [True, False])
@pytest.mark.usefixtures("quick_classifier")
def test_networks_become_in_the_same_steps_what_they_become_alone(of_points: bool) -> None:
    """Of several seeds and numbers of images, against a pool and against N(0, I)."""
    rng = np.random.default_rng(9)
    worlds = [shifted(rng, count) for count in (300, 200, 400)]
    if of_points:
        worlds = [World(world.mean, None, world.mean.astype(np.float64)) for world in worlds]
    pool = 2 * rng.standard_normal((500, 2)) + 1 if of_points else None
    recipe, seeds, z = Recipe(30, 3e-3, 0.1), [4, 5, 6], rng.standard_normal((1000, 2))
    together = [network.logit(z) for network in fit_networks(worlds, pool, recipe, seeds)]
    alone = [fit_networks([world], pool, recipe, [seed])[0].logit(z) for world, seed in zip(worlds, seeds, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert np.abs(together[0] - together[1]).mean() > 0.01


def test_a_memory_of_the_training_images_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that has learned 60 points by heart is right half of the time on others."""
    monkeypatch.setattr(networks, "BATCH", 128)
    rng = np.random.default_rng(5)
    z = rng.standard_normal((60, 2))
    points = World(z.astype(np.float32), None, z)
    (network,) = fit_networks([points], None, Recipe(300, 3e-3, 0.0), [0])
    fresh = rng.standard_normal((3000, 2))
    by_heart = score(network, points, lambda count: rng.standard_normal((20_000, 2)), rng)
    others = World(fresh.astype(np.float32), None, fresh)
    scores = score(network, others, lambda count: rng.standard_normal((20_000, 2)), rng)
    assert accuracy(by_heart).value > 0.6
    assert accuracy(scores).low < 0.5 < accuracy(scores).high


def test_the_smoothed_mixture_is_chosen_where_it_is_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posteriors on a thin ring: what a short schedule of a network misses."""
    monkeypatch.setattr(networks, "BATCH", 128)
    rng = np.random.default_rng(6)
    angle = rng.uniform(0, 2 * math.pi, 2000)
    mean = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    world = draw(mean, np.full_like(mean, 2 * math.log(0.05)), rng)
    ((ratio, name),) = learn([world], None, [Recipe(60, 1e-3, 0.3)], [0], silent, side=201)
    assert name == "a smoothed mixture"
    assert ratio.logit(np.zeros((1, 2)))[0] < -2


@pytest.mark.usefixtures("quick_classifier")
def test_a_prior_that_is_a_pool_of_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out_module, "SHORT", Recipe(80, 3e-3, 0.3))
    rng = np.random.default_rng(7)
    pool = 40 * rng.uniform(-1, 1, (4000, 2))
    alike = 40 * rng.uniform(-1, 1, (1000, 2))
    same = held_out(World(alike.astype(np.float32), None, alike), None, pool, short=True, seed=0, step=silent)
    half = World((0.5 * alike).astype(np.float32), None, 0.5 * alike)
    other = held_out(half, None, pool, short=True, seed=0, step=silent)
    assert same.accuracy.low < 0.52
    assert other.accuracy.low > 0.75


@pytest.mark.parametrize("dimensions", [2, 6])
def test_the_planted_worlds_are_what_they_say(dimensions: int) -> None:
    """Draws and ratio belong together: E_q of log ratio and E_p of the ratio."""
    rng = np.random.default_rng(8)
    p = rng.standard_normal((40_000, dimensions))
    for make, strength in zip(FAMILIES.values(), (0.4, 0.2, 0.4, 0.9, 0.1, 0.3, 0.6), strict=True):
        world = make[0](dimensions, strength)
        assert np.exp(world.log_ratio(p)).mean() == pytest.approx(1, abs=0.03)
        q = world.world(40_000, rng).z
        of_q = np.maximum(1 - np.exp(-world.log_ratio(q)), 0).mean()  # E_q max(1 - p/q, 0)
        assert of_q == pytest.approx(world.total_variation(dimensions), abs=0.012)


def test_power_grows_with_the_mismatch_and_with_the_table() -> None:
    assert set(SHARES) == set(DIMENSIONS)
    for row in SHARES.values():
        assert len(row) == len(IMAGES)
        assert list(row) == sorted(row)
        assert 0 <= min(row) <= max(row) <= 1
    assert share(3, 60_000) == SHARES[4][-1]
    assert share(16, 59_999) == SHARES[16][-2]
    assert share(2, 999) == share(33, 60_000) == 0
    assert power(0.0, 2, 60_000, 0.0, 0.01) == pytest.approx(0.05, abs=1e-3)
    assert power(0.3, 2, 60_000, 0.0, 0.01) > 0.99
    assert power(0.04, 2, 1000, 0.0, 0.03) < 0.9
    assert power(0.3, 2, 60_000, 0.29, 0.01) < 0.9
