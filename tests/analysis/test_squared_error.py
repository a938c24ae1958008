import numpy as np
import pytest

from vaeexplorer.analysis.squared_error import squared_error


def test_squared_error_is_summed_over_pixels() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[1] = 255
    assert squared_error(images, np.full((2, 28, 28), 0.5, np.float32)) == pytest.approx([196, 196])
    assert squared_error(images, images.astype(np.float32) / 255).tolist() == [0, 0]
