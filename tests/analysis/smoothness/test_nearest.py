"""The nearest image is exactly the nearest."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.data.images import ImageDataset


@pytest.mark.parametrize("kind", ["decoded", "noise", "flat"])
def test_it_is_what_comparing_everything_finds(kind: str, mnist_train: ImageDataset, rng: np.random.Generator) -> None:
    training = mnist_train.images[:1000]
    queries = {
        "decoded": (training[:10] * 0.3 + training[10:20] * 0.7) / 255,
        "noise": rng.random((10, 28, 28)),
        "flat": np.zeros((10, 28, 28)),
    }[kind].astype(np.float32)
    every = np.linalg.norm(training.reshape(1, -1, 784) / 255.0 - queries.reshape(-1, 1, 784), axis=2)  # [N, 1000]
    np.testing.assert_allclose(NearestImages(training).distance(queries), every.min(axis=1), rtol=1e-5, atol=1e-5)


def test_a_training_image_is_its_own_nearest(mnist_train: ImageDataset) -> None:
    nearest = NearestImages(mnist_train.images[:1000])
    assert nearest.count == 1000
    np.testing.assert_allclose(nearest.distance(mnist_train.images[300:600]), 0, atol=1e-3)
    assert nearest.distance(mnist_train.images[:0]).shape == (0,)
