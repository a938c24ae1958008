"""Fidelity agrees with scikit-learn, is perfect of a copy and absent of a shuffle."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness.neighbourhoods import distances, label_agreement, ranks, trustworthiness


@pytest.fixture
def worlds(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    points = rng.normal(size=(300, 20))
    return points, points[:, :2] + 0.1 * rng.normal(size=(300, 2))


def test_trustworthiness_and_continuity_are_scikit_learns(worlds: tuple[np.ndarray, np.ndarray]) -> None:
    from sklearn.manifold import trustworthiness as reference

    high, low = worlds
    of_high, of_low = (ranks(distances(points)) for points in worlds)
    assert trustworthiness(of_high, of_low).mean() == pytest.approx(reference(high, low, n_neighbors=10), abs=1e-12)
    assert trustworthiness(of_low, of_high).mean() == pytest.approx(reference(low, high, n_neighbors=10), abs=1e-12)
    assert trustworthiness(of_high, of_low, 5).mean() == pytest.approx(reference(high, low, n_neighbors=5), abs=1e-12)


def test_a_copy_is_faithful_and_a_permuted_latent_space_is_not(rng: np.random.Generator) -> None:
    labels = np.repeat(np.arange(5), 80)
    points = 10 * rng.normal(size=(5, 3))[labels] + rng.normal(size=(400, 3))
    original = ranks(distances(points))
    assert trustworthiness(original, ranks(distances(7 * points + 3))).mean() == pytest.approx(1)
    assert label_agreement(original, labels).mean() > 0.95
    permuted = ranks(distances(points[rng.permutation(400)]))
    assert trustworthiness(original, permuted).mean() == pytest.approx(0.5, abs=0.05)
    assert label_agreement(permuted, labels).mean() == pytest.approx(0.2, abs=0.05)


def test_a_point_is_no_neighbour_of_its_own() -> None:
    found = ranks(distances(np.array([[0.0], [1.0], [3.0]])))
    np.testing.assert_array_equal(found, [[3, 1, 2], [1, 3, 2], [2, 1, 3]])
