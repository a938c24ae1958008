"""Images and labels as they were read, made a set: 28 x 28, light ink on a dark ground, without duplicates, split."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.data.images import MOST_CLASSES, DataError, Split

FEWEST, MOST = 100, 250_000
"""images in a set; of the most, EMNIST's digits have 280,000 and their training images 240,000"""
_TEST_SHARE, _MOST_TEST = 1 / 6, 10_000  # MNIST's
NO_CLASS = "image"
"""the one class of images without labels"""


@dataclass
class Part:
    """Images as they were read.

    Attributes:
        images: grey uint8, each [height, width] of any size, or all [N, height, width].
        labels: a text each; None where there are none.
    """

    images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
    labels: Sequence[str] | None


@dataclass
class Gathered:
    """What was read, for both splits or for all images together.

    Attributes:
        title: what people call it: the name of the file or folder.
        all, train, test: the images; either all, or both others.
        remarks: what was assumed, and what was left out, a sentence each.
    """

    title: str
    all: Part | None = None
    train: Part | None = None
    test: Part | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Prepared:
    """A set, ready to be stored.

    Attributes:
        images: uint8 [N, 28, 28] of each split.
        labels: uint8 [N] of each split.
        class_names: in the order of the labels.
        remarks: what was assumed, and what was left out, a sentence each.
    """

    title: str
    images: dict[Split, NDArray[np.uint8]]
    labels: dict[Split, NDArray[np.uint8]]
    class_names: tuple[str, ...]
    remarks: tuple[str, ...]


def prepare(gathered: Gathered, *, invert: bool | None = None) -> Prepared:
    """Make a set of what was read.

    Args:
        gathered: images and labels.
        invert: whether the ink is darker than the ground, so that light and dark change places; by default as the
            border of the images says, of which most is ground.

    Raises:
        DataError: fewer images than a set needs, more than it may have, more classes than 256, or images all the same.
    """
    given: dict[Split, Part | None] = {"train": gathered.train, "test": gathered.test}
    parts = [gathered.all] if gathered.all else [part for part in given.values() if part]
    remarks = list(gathered.remarks)
    count = sum(len(part.images) for part in parts)
    if not count:
        raise DataError(f"there are no images in {gathered.title}")
    if count < FEWEST:
        only = "is only one image" if count == 1 else f"are only {count} images"
        raise DataError(f"there {only} in {gathered.title}, and a set needs {FEWEST}")
    if count > MOST:
        raise DataError(f"there are {count:,} images in {gathered.title}, and a set may have {MOST:,}")

    small = [fit(part.images) for part in parts]
    is_dark_ink = _has_light_ground(small)
    if invert is None:
        invert = is_dark_ink
        if invert:
            remarks.append("The ground is light: light and dark change places, so that ink is light.")
    images = [np.stack([_centred(image, invert) for image in each]) for each in small]
    names, labels = _classes([part.labels for part in parts], [len(each) for each in images], remarks)
    if (np.concatenate(images) == images[0][0]).all():
        raise DataError(f"all images in {gathered.title} are the same")
    if gathered.all:
        pixels, numbers = _without_duplicates(images[0], labels[0], remarks)
        if len(pixels) < FEWEST:
            raise DataError(
                f"there are only {len(pixels)} different images in {gathered.title}, and a set needs {FEWEST}"
            )
        train, test = _split(len(pixels))
        return Prepared(
            gathered.title,
            {"train": pixels[train], "test": pixels[test]},
            {"train": numbers[train], "test": numbers[test]},
            names,
            tuple(remarks),
        )
    _remark_common(images[0], images[1], remarks)
    return Prepared(
        gathered.title,
        {"train": images[0], "test": images[1]},
        {"train": labels[0], "test": labels[1]},
        names,
        tuple(remarks),
    )


def fit(images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> Sequence[NDArray[np.uint8]]:
    """Each image so large that its longer side is 28; those that are so already stay as they are."""
    if isinstance(images, np.ndarray) and images.shape[1:] == (IMAGE_SIZE, IMAGE_SIZE):
        return list(images)
    return [_fitted(image) for image in images]


def _fitted(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    longer = max(image.shape)
    if longer == IMAGE_SIZE:
        return image
    height, width = (max(1, round(side * IMAGE_SIZE / longer)) for side in image.shape)
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0))


def _has_light_ground(parts: Sequence[Sequence[NDArray[np.uint8]]]) -> bool:
    """Whether most of the borders' pixels are light: there the ground shows."""
    light = total = 0
    for images in parts:
        for image in images:
            border = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
            light += int((border > 127).sum())
            total += len(border)
    return 2 * light > total


def _centred(image: NDArray[np.uint8], invert: bool) -> NDArray[np.uint8]:
    """In the middle of a dark frame of 28 x 28."""
    image = 255 - image if invert else image
    if image.shape == (IMAGE_SIZE, IMAGE_SIZE):
        return image
    framed = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    top, left = ((IMAGE_SIZE - side) // 2 for side in image.shape)
    framed[top : top + image.shape[0], left : left + image.shape[1]] = image
    return framed


def _classes(
    given: Sequence[Sequence[str] | None], counts: Sequence[int], remarks: list[str]
) -> tuple[tuple[str, ...], list[NDArray[np.uint8]]]:
    """Names of the classes, and the labels as numbers; names that are numbers are in their order."""
    if all(labels is None for labels in given):
        remarks.append("There are no labels: all images are of one class.")
        return (NO_CLASS,), [np.zeros(count, np.uint8) for count in counts]
    if any(labels is None for labels in given):
        raise DataError("either both splits have labels, or neither has")
    labels = [[" ".join(str(label).split()) or "(no name)" for label in each or ()] for each in given]
    for texts, count in zip(labels, counts, strict=True):
        if len(texts) != count:
            raise DataError(f"there are {count:,} images and {len(texts):,} labels")
    names = sorted({label[:100] for each in labels for label in each}, key=_in_order)
    if len(names) > MOST_CLASSES:
        raise DataError(f"there are {len(names):,} different labels where {MOST_CLASSES} are the most")
    if len(names) == 1:
        remarks.append(f"All images are of one class, {names[0]}.")
    number = {name: index for index, name in enumerate(names)}
    return tuple(names), [np.array([number[label[:100]] for label in each], np.uint8) for each in labels]


def _in_order(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)


def _without_duplicates(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], remarks: list[str]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Each image once, so that no test image was learned from."""
    seen: dict[bytes, int] = {}
    contradicted = 0
    for index, image in enumerate(images):
        first = seen.setdefault(image.tobytes(), index)
        contradicted += int(labels[first] != labels[index])
    kept = np.fromiter(seen.values(), np.int64)
    if repeated := len(images) - len(kept):
        odd = f", {contradicted:,} of them with another label" if contradicted else ""
        remarks.append(f"{repeated:,} images are there twice{odd}: each is taken once.")
    return images[kept], labels[kept]


def _remark_common(train: NDArray[np.uint8], test: NDArray[np.uint8], remarks: list[str]) -> None:
    learned = {image.tobytes() for image in train}
    if common := sum(image.tobytes() in learned for image in test):
        remarks.append(f"{common:,} of the test images are training images too: test figures are too good.")


def _split(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which images to learn from and which to test on: a sixth, drawn with a fixed seed, in a mixed order."""
    order = np.random.default_rng(0).permutation(count)
    held = min(_MOST_TEST, round(count * _TEST_SHARE))
    return order[held:], order[:held]
