import numpy as np
import pytest

from vaeexplorer.analysis.report.coverage import coverage, laplacian_energy


def test_two_draws_of_one_distribution_have_the_known_null(rng: np.random.Generator) -> None:
    """science.md: about .998, .998, 1, .97 in two dimensions."""
    found, _ = coverage(*rng.standard_normal((2, 2000, 2)))
    assert found.precision == pytest.approx(0.998, abs=0.01)
    assert found.recall == pytest.approx(0.998, abs=0.01)
    assert found.density == pytest.approx(1, abs=0.08)
    assert found.coverage == pytest.approx(0.97, abs=0.02)


def test_half_of_what_is_real(rng: np.random.Generator) -> None:
    real = np.concatenate([rng.standard_normal((500, 2)), rng.standard_normal((500, 2)) + 50])
    found, _ = coverage(real, rng.standard_normal((1000, 2)))
    assert found.precision > 0.97
    assert found.coverage == pytest.approx(0.5, abs=0.02)
    assert found.recall < 0.52


def test_by_hand() -> None:
    """Real points 0, 1, 2, 3 with k = 1 reach 1; generated at 0.4 lies within the reach of 0 and 1 alone."""
    real, generated = np.arange(4.0)[:, None], np.array([[0.4], [10.4], [10.5]])
    found, _ = coverage(real, generated, k=1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.density == pytest.approx(2 / 3)
    assert found.coverage == pytest.approx(0.5)
    assert (
        found.recall == 1
    )  # the point at 0.4 reaches 10 far: one outlier is enough, which is why density was proposed


def test_copies_find_each_other(rng: np.random.Generator) -> None:
    """A set against itself, all alike, and twenty pictures fifty times each: their reach is 0."""
    alike = np.ones((200, 8))
    few = np.repeat(rng.standard_normal((20, 8)), 50, axis=0)
    for real, generated in ((alike, alike), (few, few[::-1])):
        found, covered = coverage(real, generated)
        assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
        assert found.density >= 1
        assert covered.all()


def test_an_offset_that_all_share_changes_nothing(rng: np.random.Generator) -> None:
    real, generated = rng.standard_normal((2, 500, 4)).astype(np.float32)
    near, far = coverage(real, generated)[0], coverage(real + np.float32(3000), generated + np.float32(3000))[0]
    assert far == pytest.approx(near, abs=0.01)


def test_blur_costs_laplacian_energy(rng: np.random.Generator) -> None:
    images = rng.random((50, 8, 8))
    blurred = (images + np.roll(images, 1, axis=1) + np.roll(images, 1, axis=2)) / 3
    assert laplacian_energy(blurred) < 0.5 * laplacian_energy(images)
    one = np.zeros((1, 3, 3))
    one[0, 1, 1] = 2
    assert laplacian_energy(one) == 64  # (-4 * 2)^2
