"""Curves whose length, speed and shape are known by hand."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness import paths


@pytest.fixture
def lines(rng: np.random.Generator) -> np.ndarray:
    """What a linear decoder draws of straight paths, [20, 33, 784]."""
    z = paths.straight(rng.normal(size=(20, 5)), rng.normal(size=(20, 5)))
    return np.asarray(z @ rng.normal(size=(5, 784)).astype(np.float32) + 0.5)


def test_a_linear_decoder_draws_straight_and_even_lines(lines: np.ndarray) -> None:
    np.testing.assert_allclose(paths.detour_ratio(lines), 1, atol=1e-5)
    np.testing.assert_allclose(paths.speed_unevenness(lines), 1, atol=1e-5)
    np.testing.assert_allclose(paths.curvature(lines), 0, atol=1e-2)


def test_a_planted_jump_has_the_unevenness_of_its_share() -> None:
    steps = np.ones(32)
    steps[10] = 69  # 100 in all
    curve = np.concatenate([[0], np.cumsum(steps)])[None, :, None] * np.array([0.6, 0.8])  # [1, 33, 2]
    assert paths.speed_unevenness(curve)[0] == pytest.approx(32 * (31 + 69**2) / 100**2)
    assert paths.detour_ratio(curve)[0] == pytest.approx(1)
    assert paths.curvature(curve)[0] == pytest.approx(0, abs=1e-5)  # a jump is no turn
    leap = (np.arange(33) > 7)[None, :, None] * np.ones(2)
    assert paths.speed_unevenness(leap)[0] == pytest.approx(32)


def test_half_a_circle_has_the_detour_and_the_turning_of_half_a_circle() -> None:
    angle = np.pi * np.linspace(0, 1, 33) ** 2  # faster and faster: resampling must not care
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)[None]
    assert paths.detour_ratio(circle)[0] == pytest.approx(np.pi / 2, rel=2e-3)
    assert paths.curvature(circle)[0] == pytest.approx(180 / 32, rel=0.02)
    assert paths.speed_unevenness(circle)[0] == pytest.approx(4 / 3, rel=1e-2)  # speed 2t: E t^2 / (E t)^2
    lengths = np.linalg.norm(np.diff(paths.resample(circle), axis=1), axis=2)
    np.testing.assert_allclose(lengths, lengths.mean(), rtol=5e-3)


def test_equal_ends_and_rest_have_no_figure() -> None:
    still = np.ones((2, 33, 4))
    assert np.isnan(paths.detour_ratio(still)).all()
    assert np.isnan(paths.speed_unevenness(still)).all()
    assert np.isnan(paths.curvature(still)).all()
    there_and_back = np.concatenate([np.arange(17), np.arange(15, -1, -1)])[None, :, None] * np.ones(2)
    assert np.isnan(paths.detour_ratio(there_and_back)).all()
    assert paths.curvature(there_and_back)[0] == pytest.approx(180 / 31)


def test_pairs_are_of_the_kinds_they_say_and_repeat_themselves(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 10, 400)
    pairs = paths.sample_pairs(labels, 200, seed=3)
    assert pairs.within.sum() == 100
    np.testing.assert_array_equal(labels[pairs.first] == labels[pairs.second], pairs.within)
    assert (pairs.first != pairs.second).all()
    again = paths.sample_pairs(labels, 200, seed=3)
    np.testing.assert_array_equal(pairs.second, again.second)
    assert (pairs.second != paths.sample_pairs(labels, 200, seed=4).second).any()


def test_classes_too_small_for_a_kind_of_pair_leave_it_out() -> None:
    assert paths.sample_pairs(np.zeros(5, int), 10).within.all()
    assert len(paths.sample_pairs(np.zeros(5, int), 10).first) == 5
    assert not paths.sample_pairs(np.arange(5), 10).within.any()
