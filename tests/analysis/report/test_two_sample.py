import numpy as np
import pytest
from scipy.stats import chi2, kstest, wasserstein_distance

from vaeexplorer.analysis.report.two_sample import MMD_SCALES, kernel_distances, mardia, sliced_wasserstein


def naive(z: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Unbiased MMD^2 and energy distance, a pair at a time."""

    def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=2))

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        constants = [2 * a.shape[1] * scale for scale in MMD_SCALES]
        return np.asarray(sum(c / (c + distance(a, b) ** 2) for c in constants))

    n, m = len(z), len(p)
    off_z, off_p = ~np.eye(n, dtype=bool), ~np.eye(m, dtype=bool)
    mmd = kernel(z, z)[off_z].mean() + kernel(p, p)[off_p].mean() - 2 * kernel(z, p).mean()
    energy = 2 * distance(z, p).mean() - distance(z, z).mean() - distance(p, p).mean()
    return float(mmd), float(energy)


def test_the_distances_are_those_of_their_definitions(rng: np.random.Generator) -> None:
    z, p = rng.standard_normal((150, 3)) + 0.4, rng.standard_normal((101, 3))
    found = kernel_distances(z, p)
    assert (found.mmd, found.energy) == pytest.approx(naive(z, p), abs=1e-5)


def test_the_null_has_the_known_spread() -> None:
    """At D = 2, n = 2000 science.md has a standard deviation of .0019 for MMD^2, and .060 for sliced Wasserstein-2."""
    rng = np.random.default_rng(0)
    mmd, sliced = [], []
    for _ in range(6):
        z, p = rng.standard_normal((2, 2000, 2), dtype=np.float32)
        mmd.append(kernel_distances(z, p).mmd)
        sliced.append(sliced_wasserstein(z, p, rng))
    assert abs(np.mean(mmd)) < 0.0016
    assert 0.0007 < np.std(mmd) < 0.0035
    assert np.mean(sliced) == pytest.approx(0.060, abs=0.012)


def test_in_one_dimension_sliced_is_plain() -> None:
    rng = np.random.default_rng(4)
    z = rng.standard_normal((500, 1))
    assert sliced_wasserstein(z + 2, z, rng) == pytest.approx(2)
    assert sliced_wasserstein(z + 2, z, rng) == pytest.approx(wasserstein_distance(z[:, 0] + 2, z[:, 0]))


def test_mardia_of_a_gaussian_whatever_its_mean_and_covariance() -> None:
    rng = np.random.default_rng(5)
    statistics = []
    for _ in range(40):
        z = rng.standard_normal((1000, 2)) @ np.array([[2.0, 0.5], [0, 0.1]]) + 7
        statistics.append(mardia(z))
    skewness = np.array([each.skewness for each in statistics])
    assert kstest(skewness, chi2(4).cdf).pvalue > 0.01
    kurtosis = np.array([each.kurtosis for each in statistics])
    assert kurtosis.mean() == pytest.approx(0, abs=0.2)
    assert kurtosis.std() == pytest.approx(np.sqrt(8 * 2 * 4 / 1000), rel=0.4)  # 8 D (D + 2) / n


def test_mardia_of_a_cube_by_hand() -> None:
    """The corners of a square have no skewness, and a kurtosis of 4: all lie at squared distance 2."""
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 25, float)
    found = mardia(corners)
    assert found.skewness == pytest.approx(0, abs=1e-4)
    assert found.kurtosis == pytest.approx(4 - 8, abs=1e-3)
