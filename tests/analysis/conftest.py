"""Worlds whose principal axes are known."""

import numpy as np
import pytest

from vaeexplorer.analysis.pca import PCA, Moments, pca
from vaeexplorer.config import Dataset
from vaeexplorer.data.moments import load_moments

VALUES = np.array([5.0, 3.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.05])


@pytest.fixture(scope="session")
def toy() -> PCA:
    """Eight pixels, eigenvalues VALUES, axes turned at random, a mean that is not 0."""
    rng = np.random.default_rng(3)
    axes = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    return pca(Moments(rng.random(8), (axes * VALUES) @ axes.T, "made up"))


@pytest.fixture(scope="session", params=["mnist", "fashion-mnist"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    chosen: Dataset = request.param
    return chosen


@pytest.fixture(scope="session")
def real(dataset: Dataset) -> PCA:
    """Of all 60,000 training images of either set."""
    return pca(load_moments(dataset))
