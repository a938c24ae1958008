"""Sets of a few images, as files."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(array: NDArray[np.uint8]) -> bytes:
    """Written out by hand from the format's definition, apart from the module's own writer."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return b"\x00\x00\x08" + bytes([array.ndim]) + sizes + array.tobytes()


def write_set(root: Path, folder: str = "MNIST", *, train: int = 5, test: int = 3, value: int = 7) -> Path:
    """A tiny set in torchvision's layout; every pixel is `value`. Returns its raw folder."""
    raw = root / folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for count, images, labels in ((train, TRAIN_IMAGES, TRAIN_LABELS), (test, TEST_IMAGES, TEST_LABELS)):
        (raw / images).write_bytes(idx(np.full((count, 28, 28), value, np.uint8)))
        (raw / labels).write_bytes(idx(np.arange(count, dtype=np.uint8) % 10))
    return raw


def refuse(_: Path) -> None:
    pytest.fail("the network was used")


def files_in(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} - {"download.lock"}
