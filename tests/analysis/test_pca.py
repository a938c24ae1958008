import numpy as np
import pytest

from vaeexplorer.analysis.pca import Moments, flat, moments, pca, principal_angles
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.moments import load_moments

# Least mean squared error a pixel on all 60,000 training images and on the test images, by k.
TABLE = {
    "mnist": {
        1: (0.06072481, 0.06073343),
        2: (0.05595270, 0.05566949),
        3: (0.05180391, 0.05160897),
        5: (0.04490512, 0.04452643),
        8: (0.03786522, 0.03744100),
        10: (0.03442260, 0.03407382),
        16: (0.02729282, 0.02686030),
        20: (0.02396966, 0.02353813),
        32: (0.01724284, 0.01682823),
        64: (0.00928387, 0.00904680),
    },
    "fashion-mnist": {
        1: (0.06174335, 0.06137678),
        2: (0.04629436, 0.04609611),
        3: (0.04105700, 0.04089196),
        5: (0.03339565, 0.03328643),
        8: (0.02668899, 0.02660690),
        10: (0.02437093, 0.02435152),
        16: (0.02042996, 0.02044616),
        20: (0.01869843, 0.01870470),
        32: (0.01512712, 0.01514240),
        64: (0.01033159, 0.01036817),
    },
}


@pytest.mark.parametrize("dataset", ["mnist", "fashion-mnist"])
def test_the_optimum_on_the_full_sets(dataset: Dataset) -> None:
    """By the moments that are shipped, which are those of the full sets: tests/data/test_moments.py."""
    exact = pca(load_moments(dataset))
    squares = exact.mean_squares(moments(load_dataset(dataset, "test", download=False).images, "the test images"))
    for k, (on_train, on_test) in TABLE[dataset].items():
        assert exact.least_error(k) / 784 == pytest.approx(on_train, abs=1e-8)
        assert squares[k:].sum() / 784 == pytest.approx(on_test, abs=6e-9)


def test_the_optimum_on_the_sample_is_the_sample_s_own(mnist_train: ImageDataset) -> None:
    """By singular values of the centred images, and not that of the full set."""
    few = mnist_train.images[:2000]
    exact = pca(moments(few, "a sample"))
    pixels = flat(few)
    singular = np.linalg.svd(pixels - pixels.mean(axis=0), compute_uv=False)
    for k in (1, 2, 8, 64):
        assert exact.least_error(k) == pytest.approx((singular[k:] ** 2).sum() / 2000, rel=1e-10)
    assert abs(exact.least_error(8) / 784 - TABLE["mnist"][8][0]) > 1e-4


def test_moments_are_those_of_the_definition(rng: np.random.Generator) -> None:
    images = rng.integers(0, 256, (50, 3, 2), dtype=np.uint8)
    given = moments(images, "noise")
    pixels = images.reshape(50, 6) / 255
    np.testing.assert_allclose(given.mean, pixels.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(given.covariance, np.cov(pixels.T, bias=True), atol=1e-16)


def test_a_known_covariance_gives_its_axes_in_order() -> None:
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    found = pca(Moments(np.zeros(4), rotation @ np.diag([1.0, 4.0, 2.0, 0.5]) @ rotation.T, "made up"))
    assert found.values == pytest.approx([4, 2, 1, 0.5])
    assert np.abs(found.axes.T @ rotation[:, [1, 2, 0, 3]]) == pytest.approx(np.eye(4), abs=1e-12)
    assert (found.axes.sum(axis=0) >= 0).all()
    assert found.least_error(2) == pytest.approx(1.5)


@pytest.mark.parametrize("k", [0, -1, 5, 785])
def test_there_is_no_other_k(k: int) -> None:
    found = pca(Moments(np.zeros(4), np.eye(4), "made up"))
    with pytest.raises(ValueError, match=f"k must be 1 to 4, the number of pixels, not {k}"):
        found.least_error(k)


def test_images_that_are_all_the_same_have_no_axes() -> None:
    with pytest.raises(ValueError, match="All images are the same"):
        pca(moments(np.full((9, 28, 28), 77, np.uint8), "one grey"))


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        pca(Moments(np.zeros(2), np.array([[1.0, np.nan], [np.nan, 1.0]]), "broken"))


@pytest.mark.parametrize("angle", [1e-9, 1e-4, 30.0, 89.9999])
def test_principal_angles_keep_the_digits_of_small_ones(angle: float) -> None:
    radians = np.radians(angle)
    first = np.eye(5)[:, :2]
    second = np.array([[1.0, 0, 0, 0, 0], [0, np.cos(radians), 0, np.sin(radians), 0]]).T
    mixed = second @ [[2.0, 1.0], [-1.0, 3.0]]  # another basis of the same span
    assert principal_angles(first, mixed) == pytest.approx([0, angle], rel=1e-6, abs=1e-12 if angle < 89 else 2e-6)
