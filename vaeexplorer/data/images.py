"""Labelled images, and the names and sizes of the sets there are."""

import string
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from vaeexplorer.arrays import to_numpy
from vaeexplorer.config import IMAGE_SIZE, Dataset
from vaeexplorer.errors import UserError
from vaeexplorer.files import content_hash

Split = Literal["train", "test"]

FULL_SIZE: dict[Split, int] = {"train": 60_000, "test": 10_000}
CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion-mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "kmnist": ("お o", "き ki", "す su", "つ tsu", "な na", "は ha", "ま ma", "や ya", "れ re", "を wo"),
    "emnist-digits": tuple(string.digits),
    "emnist-letters": tuple(string.ascii_uppercase),  # of either case
    "emnist-balanced": (*string.digits, *string.ascii_uppercase, *"abdefghnqrt"),  # whose lower case looks its own
}


LONGEST = 128
"""pixels across or down, of images for a model of one's own; the sets by name are 28 x 28 grey"""

MOST_CLASSES = 256
"""of one's own images: a label is a byte"""


def most_classes(dataset: str) -> int:
    """How many classes a set can have, by its name: that of one's own images does not say it."""
    return len(CLASS_NAMES[dataset]) if dataset in CLASS_NAMES else MOST_CLASSES


class DataError(UserError):
    """Images that cannot be had; the message is one sentence that says what is wrong and what to do."""


class DataWarning(UserWarning):
    """Other images than the name says: the shipped sample for the full set, or a folder that holds something else."""


def check_dataset(name: str) -> Dataset:
    """The name, if it is a shipped set's.

    Raises:
        DataError: there is no such set. An unknown name never stands for another set.
    """
    for known in get_args(Dataset):
        if name == known:
            return cast(Dataset, known)
    raise DataError(f"there is no dataset {name!r}: choose one of {', '.join(get_args(Dataset))}")


@dataclass(frozen=True, eq=False)
class ImageDataset:
    """Labelled images, read-only: grey, or red, green and blue.

    Raises:
        DataError: arrays of another type or shape, or labels that no class name belongs to.

    Examples:
        >>> pixels = np.zeros((5, 64, 64, 3), np.uint8)
        >>> black = ImageDataset("black", "test", pixels, np.zeros(5, int), ("black",), "made here")
        >>> len(black), black.shape
        (5, (64, 64, 3))
    """

    name: str
    split: Split
    images: NDArray[np.uint8]  # [N, H, W] or [N, H, W, 3]; 28 x 28 grey but for models of one's own
    labels: NDArray[np.int64]  # [N]
    class_names: tuple[str, ...]
    source: str
    """where the images come from, for people: `shipped sample: first 10,000 of 60,000 training images`"""
    is_sample: bool = False
    """whether images are missing, so that numbers can be labelled as those of a sample"""

    def __post_init__(self) -> None:
        try:
            images, labels = to_numpy(self.images, "images"), to_numpy(self.labels, "labels")
        except UserError as error:
            raise DataError(str(error).rstrip(".")) from None
        names = _names(self.class_names)
        if images.dtype != np.uint8 or not is_shape(images.shape[1:]):
            raise DataError(
                f"images must be uint8 [N, H, W] or [N, H, W, 3], of at most {LONGEST} x {LONGEST} pixels, "
                f"not {images.dtype} {list(images.shape)}"
            )
        if labels.dtype.kind not in "iu" or labels.shape != images.shape[:1]:
            raise DataError(f"labels must be whole numbers [{len(images)}], not {labels.dtype} {list(labels.shape)}")
        if not len(images):
            raise DataError("there are no images")
        wrong = labels[(labels < 0) | (labels >= len(names))]
        if len(wrong):
            raise DataError(f"labels must be 0 to {len(names) - 1}, not {wrong[0]}")
        kept = images.copy() if images.flags.writeable else images.view()  # whoever gave them may write to them later
        for field, array in (("images", kept), ("labels", labels.astype(np.int64))):
            array.flags.writeable = False
            object.__setattr__(self, field, array)
        object.__setattr__(self, "class_names", names)

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def content_hash(self) -> str:
        """What the images, in their order, are known by; of other sizes than 28 x 28, together with their size."""
        size = b"" if self.shape == (IMAGE_SIZE, IMAGE_SIZE) else str(self.shape).encode()
        return content_hash(size + self.images.tobytes())

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an image: (H, W), or (H, W, 3)."""
        return self.images.shape[1:]


def is_shape(shape: tuple[int, ...]) -> bool:
    """Whether images may be of this shape: (H, W) or (H, W, 3), H and W at most `LONGEST`."""
    return len(shape) in (2, 3) and all(1 <= side <= LONGEST for side in shape[:2]) and shape[2:] in ((), (3,))


def _names(given: object) -> tuple[str, ...]:
    """Class names as texts, in their order; of a text, its letters."""
    if isinstance(given, bytes | Set | Mapping) or not isinstance(given, Iterable):
        raise DataError(f"class_names must be a sequence of names, one a class, not {type(given).__name__}")
    if not (names := tuple(str(name) for name in given)):
        raise DataError("class_names is empty: there must be a name for each class")
    return names
