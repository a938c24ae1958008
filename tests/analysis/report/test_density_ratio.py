import numpy as np
import pytest
from scipy.stats import norm

from vaeexplorer.analysis.report.density_ratio import fit_density_ratio


def test_nobody_tells_two_draws_of_one_distribution_apart(rng: np.random.Generator) -> None:
    z, prior = rng.standard_normal((2, 3000, 2), dtype=np.float32)
    found = fit_density_ratio(z, prior, rng)
    assert found.tested == 3000
    assert found.accuracy == pytest.approx(0.5, abs=0.03)
    assert found.hole_mass < 0.01


def test_a_shift_is_told_as_well_as_it_can_be(rng: np.random.Generator) -> None:
    """The best accuracy between N(0, I) and N((1, 0), I) is Phi(1/2), and ln q/p is z_1 - 1/2."""
    z, prior = rng.standard_normal((2, 4000, 2), dtype=np.float32)
    z[:, 0] += 1
    found = fit_density_ratio(z, prior, rng)
    assert found.accuracy == pytest.approx(norm.cdf(0.5), abs=0.02)
    points = np.array([[-1.0, 0.3], [0.5, 0], [2, -1]])
    assert found.logit(points) == pytest.approx(points[:, 0] - 0.5, abs=0.4)


def test_a_hole_is_where_the_ratio_is_small(rng: np.random.Generator) -> None:
    z, prior = rng.standard_normal((2, 8000, 2), dtype=np.float32)
    z = z[np.linalg.norm(z, axis=1) > 1][:4000]
    found = fit_density_ratio(z, prior[:4000], rng)
    assert found.logit(np.zeros((1, 2)))[0] < np.log(0.1)
    assert found.logit(np.array([[1.6, 0.0]]))[0] > 0
    assert 0.15 < found.hole_mass < 0.45  # P(|z| < 1) = .39


def test_many_dimensions(rng: np.random.Generator) -> None:
    z, prior = rng.standard_normal((2, 600, 200), dtype=np.float32)
    assert fit_density_ratio(1.5 * z, prior, rng).accuracy > 0.9
