"""Maps whose Jacobian is known."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness import magnification


def linear(matrix: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.asarray(z @ matrix.T)


def test_a_linear_decoder_magnifies_everywhere_alike(rng: np.random.Generator) -> None:
    matrix, z = rng.normal(size=(784, 3)), rng.normal(size=(50, 3))
    jacobian = magnification.central_differences(lambda at: linear(matrix, at), z, np.eye(3))
    np.testing.assert_allclose(jacobian, np.broadcast_to(matrix, jacobian.shape), rtol=1e-6, atol=1e-8)
    log = magnification.log_magnification(magnification.metric(jacobian))
    np.testing.assert_allclose(log, 0.5 * np.linalg.slogdet(matrix.T @ matrix)[1], rtol=1e-6)


def test_steps_are_corrected_for_what_single_precision_rounds_off(rng: np.random.Generator) -> None:
    """At 10,000 a step of 0.003 is three numbers long, or two or four; in a slanted direction it is turned too."""
    matrix, z = rng.normal(size=(784, 3)), 10_000 + rng.normal(size=(50, 3))
    directions = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    jacobian = magnification.central_differences(lambda at: linear(matrix, at.astype(np.float64)), z, directions)
    np.testing.assert_allclose(jacobian, np.broadcast_to(matrix @ directions.T, jacobian.shape), rtol=1e-4, atol=1e-6)


def test_the_anisotropy_is_one_of_a_scaled_isometry_alone(rng: np.random.Generator) -> None:
    rotation = np.linalg.qr(rng.normal(size=(784, 4)))[0]
    isometry = magnification.metric(np.broadcast_to(3 * rotation, (10, 784, 4)))
    np.testing.assert_allclose(magnification.anisotropy(isometry), 1)
    stretched = magnification.metric(np.broadcast_to(rotation * [1, 1, 1, 3], (10, 784, 4)))
    np.testing.assert_allclose(magnification.anisotropy(stretched), 4 * 84 / 144)  # eigenvalues 1, 1, 1, 9
    assert np.isnan(magnification.anisotropy(np.zeros((2, 4, 4)))).all()


def test_indicatrices_are_the_steps_along_which_the_image_changes_by_one() -> None:
    turn = np.pi / 6
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    jacobian = np.diag([0.5, 4.0]) @ axes  # slow along 30 degrees, fast across
    ((long, short, angle),) = magnification.indicatrices(magnification.metric(jacobian[None]))
    assert (long, short) == pytest.approx((2, 0.25))
    assert angle % np.pi == pytest.approx(turn)
    step = long * np.array([np.cos(angle), np.sin(angle)])
    assert np.linalg.norm(jacobian @ step) == pytest.approx(1)


def test_a_decoder_that_ignores_a_dimension_has_no_volume() -> None:
    jacobian = np.zeros((2, 784, 2))
    jacobian[:, 0, 0] = 1
    metrics = magnification.metric(jacobian)
    assert np.isnan(magnification.log_magnification(metrics)).all()
    assert np.isinf(magnification.indicatrices(metrics)[:, 0]).all()
    assert np.isnan(magnification.log_magnification(np.zeros((3, 0, 0)))).all()
