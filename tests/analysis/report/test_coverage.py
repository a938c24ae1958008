import numpy as np
import pytest

from vaeexplorer.analysis.report.coverage import coverage


def test_two_draws_of_one_distribution_have_the_known_null(rng: np.random.Generator) -> None:
    """science.md: about .998, .998, 1, .97 in two dimensions."""
    found = coverage(*rng.standard_normal((2, 2000, 2)))
    assert found.precision == pytest.approx(0.998, abs=0.01)
    assert found.recall == pytest.approx(0.998, abs=0.01)
    assert found.density == pytest.approx(1, abs=0.08)
    assert found.coverage == pytest.approx(0.97, abs=0.02)


def test_half_of_what_is_real(rng: np.random.Generator) -> None:
    real = np.concatenate([rng.standard_normal((500, 2)), rng.standard_normal((500, 2)) + 50])
    found = coverage(real, rng.standard_normal((1000, 2)))
    assert found.precision > 0.97
    assert found.coverage == pytest.approx(0.5, abs=0.02)
    assert found.recall < 0.52


def test_by_hand() -> None:
    """Real points 0, 1, 2, 3 with k = 1 reach 1; generated at 0.4 lies within the reach of 0 and 1 alone."""
    real, generated = np.arange(4.0)[:, None], np.array([[0.4], [10.4], [10.5]])
    found = coverage(real, generated, k=1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.density == pytest.approx(2 / 3)
    assert found.coverage == pytest.approx(0.5)
    assert (
        found.recall == 1
    )  # the point at 0.4 reaches 10 far: one outlier is enough, which is why density was proposed
