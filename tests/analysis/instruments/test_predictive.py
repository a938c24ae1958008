import numpy as np
import pytest

from vaeexplorer.analysis.instruments.predictive import determination, pixel_check


def test_pixels_that_agree_explain_all_and_a_wrong_scale_is_seen(rng: np.random.Generator) -> None:
    deviation = np.linspace(0.1, 0.5, 16).reshape(4, 4)
    mean = np.linspace(0, 1, 16).reshape(4, 4)
    real = mean + deviation * rng.standard_normal((4000, 4, 4))
    same = pixel_check(mean + deviation * rng.standard_normal((4000, 4, 4)), real)
    assert same.mean_r2 > 0.99
    assert same.variance_r2 > 0.97
    assert same.spread == pytest.approx(1, abs=0.05)
    assert same.real_mean.shape == (4, 4)
    dull = pixel_check(mean + 0.5 * deviation * rng.standard_normal((4000, 4, 4)), real)
    assert dull.mean_r2 > 0.99
    assert dull.variance_r2 < 0
    assert dull.spread == pytest.approx(0.25, abs=0.02)


def test_one_number_for_all_pixels_explains_nothing() -> None:
    true = np.array([1.0, 2.0, 3.0])
    assert determination(np.full(3, 2.0), true) == 0
    assert determination(true, true) == 1
    assert np.isnan(determination(true, np.ones(3)))
