import numpy as np
import pytest

from vaeexplorer.analysis.kl import kl_per_dimension


def array(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_prior_itself_costs_nothing() -> None:
    zero = np.zeros((3, 4), np.float32)
    assert np.array_equal(kl_per_dimension(zero, zero), zero)


def test_known_values() -> None:
    mean = np.array([[1.0, 0.0, -2.0]], np.float32)
    logvar = np.log(np.array([[1.0, 0.25, 4.0]], np.float32))
    expected = [0.5, 0.5 * (0.25 - 1 + np.log(4)), 0.5 * (4 + 4 - 1 - np.log(4))]
    assert kl_per_dimension(mean, logvar)[0] == pytest.approx(expected, rel=1e-6)


def test_agrees_with_monte_carlo() -> None:
    rng = np.random.default_rng(0)
    mean, sigma = 0.7, 0.4
    z = mean + sigma * rng.standard_normal(400_000)
    log_ratio = -np.log(sigma) - 0.5 * ((z - mean) / sigma) ** 2 + 0.5 * z**2
    closed = kl_per_dimension(array([[mean]]), array([[2 * np.log(sigma)]]))[0, 0]
    assert log_ratio.mean() == pytest.approx(closed, abs=0.005)


def test_small_divergences_keep_their_digits() -> None:
    """1e-3 in logvar is 2.5e-7 nats: computed as exp(l) - 1 - l in float32 it would be noise."""
    kl = kl_per_dimension(np.zeros((1, 1), np.float32), np.full((1, 1), 1e-3, np.float32))
    assert kl[0, 0] == pytest.approx(2.5e-7, rel=0.01)
