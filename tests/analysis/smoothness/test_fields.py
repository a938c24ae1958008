"""Fields over planes whose answer is known."""

import numpy as np
import pytest

from vaeexplorer.analysis.sampling import sample
from vaeexplorer.analysis.smoothness.fields import CELLS, Window, ellipses, field
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Subject


@pytest.fixture
def subject(rng: np.random.Generator) -> Subject:
    """A linear decoder that stretches the first dimension by 2 and the second by 0.5."""
    frame = np.linalg.qr(rng.normal(size=(784, 2)))[0].T * np.array([[2.0], [0.5]])
    back = np.linalg.pinv(frame)
    return Subject(
        "linear",
        lambda images: images.reshape(len(images), -1) @ back,
        lambda z: (z @ frame).reshape(-1, 28, 28),
        rng.normal(size=(300, 2)),
    )


def window(x: tuple[float, float] = (-2, 2), y: tuple[float, float] = (-1, 1)) -> Window:
    return Window(np.zeros(2), np.array([1.0, 0]), np.array([0, 1.0]), x, y)


def test_rows_run_from_the_top_down_and_cells_are_square() -> None:
    z, (rows, columns), plane = window().centres(8)
    assert (rows, columns) == (4, 8)
    np.testing.assert_allclose(plane[0], [-1.75, 0.75])
    np.testing.assert_allclose(plane[-1], [1.75, -0.75])
    np.testing.assert_allclose(z, plane, atol=1e-6)


def test_the_distance_grows_away_from_the_only_training_image(subject: Subject) -> None:
    nearest = NearestImages(subject.decode(np.zeros((1, 2))).astype(np.float32))
    found = field("nearest", subject, window((-2, 2), (-2, 2)), nearest)
    assert found.shape == (CELLS, CELLS)
    x = np.array(window((-2, 2), (-2, 2)).centres(CELLS)[2]).reshape(CELLS, CELLS, 2)
    np.testing.assert_allclose(found, np.hypot(2 * x[..., 0], 0.5 * x[..., 1]), rtol=1e-3, atol=1e-3)


def test_an_exact_inverse_has_no_cycle_error_and_a_linear_map_one_magnification(subject: Subject) -> None:
    nearest = NearestImages(np.zeros((1, 28, 28), np.float32))
    assert field("cycle", subject, window(), nearest).max() < 1e-4
    found = field("magnification", subject, window(), nearest)
    whitened = np.linalg.slogdet(subject.whitening.back)[1]  # the decoder's own determinant is 2 * 0.5 = 1
    np.testing.assert_allclose(found, whitened, atol=1e-3)


def test_indicatrices_are_long_where_the_image_changes_slowly(subject: Subject) -> None:
    found = ellipses(subject, window())
    np.testing.assert_allclose(found[:, 2], 2, rtol=1e-3)  # 1 / 0.5
    np.testing.assert_allclose(found[:, 3], 0.5, rtol=1e-3)
    np.testing.assert_allclose(np.abs(np.sin(found[:, 4])), 1, rtol=1e-3)


def test_constant_codes_have_no_whitened_field(subject: Subject) -> None:
    constant = Subject("constant", subject.encode, subject.decode, np.zeros((30, 2)))
    nearest = NearestImages(np.zeros((1, 28, 28), np.float32))
    assert np.isnan(field("cycle", constant, window(), nearest)).all()
    assert np.isnan(field("magnification", constant, window(), nearest)).all()
    assert np.isfinite(field("nearest", constant, window(), nearest)).all()


def test_samples_come_from_where_they_say(rng: np.random.Generator) -> None:
    codes = rng.normal(size=(4000, 2)) * [3, 1] + [50, 0]
    codes[:2000] -= [100, 0]
    prior, gaussian, mixture = (sample(source, codes, 2000) for source in ("prior", "gaussian", "mixture"))
    np.testing.assert_allclose(prior.std(axis=0), 1, atol=0.1)
    np.testing.assert_allclose(gaussian.std(axis=0), codes.std(axis=0), rtol=0.1)
    assert (np.abs(gaussian[:, 0]) < 25).mean() > 0.3  # the one Gaussian fills the gap between the clusters
    assert (np.abs(mixture[:, 0]) < 25).mean() == 0  # the mixture does not
    np.testing.assert_array_equal(sample("mixture", codes, 5), sample("mixture", codes, 5))


def test_sampling_of_constant_codes_gives_that_code() -> None:
    codes = np.full((100, 3), 2.0)
    for source in ("gaussian", "mixture"):
        np.testing.assert_allclose(sample(source, codes, 4), 2.0)
