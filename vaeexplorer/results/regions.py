"""A classifier over the plane of a space with two latent dimensions, and how unlike training images the plane is.

It is measured once and stored with the run. Crisp borders breed false confidence: a classifier answers surely where no
image was ever seen, so that both maps come together.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from vaeexplorer.analysis.instruments.regions import answers
from vaeexplorer.analysis.smoothness.fields import Window
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import Shape, read_arrays
from vaeexplorer.runs.attachments import REGIONS
from vaeexplorer.spaces.space import Space

CELLS = 128  # along the longer side
STRAY = {True: 0.002, False: 0.008}  # of codes at either end that a map leaves out, with a prior and without
MARGIN, PRIOR = 0.1, 3.2  # of the longer side; standard deviations of a prior that are seen in any case
AT_ONCE = 1024  # points between two reports of progress
USUAL = 0.95  # of reconstructions of test images, which are nearer to their training images than `far`
_CELL = (None, None)
_SHAPES: dict[str, Shape] = {
    **{"label": _CELL, "confidence": _CELL, "distance": _CELL},
    **{"box": (4,), "far": (), "hit": (), "key": ()},
}


@dataclass(frozen=True)
class Regions:
    """Two maps over a rectangle of the plane, the top row first.

    Attributes:
        x, y: lowest and highest latent coordinates.
        label: the class that the classifier gives d(z), uint8 [R, C].
        confidence: its probability, float32 [R, C].
        distance: Euclidean, over the pixels, from d(z) to the nearest training image, float32 [R, C].
        far: what 95 % of the reconstructions of test images stay below.
        hit: the share of test images whose class the classifier gives to their reconstruction.
        key: of the space that they are of.
    """

    WHAT = "classifier over the plane"
    FILE = REGIONS
    MOST = 1_000_000

    x: tuple[float, float]
    y: tuple[float, float]
    label: np.ndarray
    confidence: np.ndarray
    distance: np.ndarray
    far: float
    hit: float
    key: str

    @property
    def keys(self) -> list[str]:
        """The one key, as `results.stored` asks for it."""
        return [self.key]

    def to_bytes(self) -> bytes:
        """An npz file, confidence as bytes and distances in half precision."""
        packed = io.BytesIO()
        np.savez_compressed(
            packed,
            label=self.label,
            confidence=np.round(255 * self.confidence).astype(np.uint8),
            distance=self.distance.astype(np.float16),
            box=np.array([*self.x, *self.y]),
            far=np.array(self.far),
            hit=np.array(self.hit),
            key=np.array(self.key),
        )
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Such a file.

        Raises:
            ValueError: it is none.
        """
        found = read_arrays(content, _SHAPES)
        label, confidence, distance = (found[name] for name in ("label", "confidence", "distance"))
        x0, x1, y0, y1 = (float(end) for end in found["box"])
        if len({label.shape, confidence.shape, distance.shape}) > 1 or label.size > CELLS * CELLS:
            raise ValueError("maps of other sizes")
        if not (x0 < x1 and y0 < y1 and np.isfinite(distance).all() and label.dtype == confidence.dtype == np.uint8):
            raise ValueError("maps of other numbers")
        return cls(
            *((x0, x1), (y0, y1), label, confidence.astype(np.float32) / 255, distance.astype(np.float32)),
            *(float(found["far"]), float(found["hit"]), str(found["key"])),
        )


def can_have(space: Space) -> bool:
    """Whether there is a plane, and a classifier of its images."""
    return space.dimensions == 2 and space.dataset is not None


def window(codes: np.ndarray, has_prior: bool) -> Window:
    """A square with what a page shows first: nearly all codes [N, 2], and the prior where there is one."""
    low, high = np.quantile(codes.astype(np.float64), (STRAY[has_prior], 1 - STRAY[has_prior]), axis=0)
    if has_prior:
        low, high = np.minimum(low, -PRIOR), np.maximum(high, PRIOR)
    half, middle = (0.5 + MARGIN) * (high - low).max(), (low + high) / 2
    x, y = ((float(centre - half), float(centre + half)) for centre in middle)
    return Window(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]), x, y)


def measure(
    space: Space,
    train: ImageDataset,
    progress: Callable[[float, str], None] = lambda share, doing: None,
    *,
    cells: int = CELLS,
) -> Regions:
    """Both maps, in a minute of one core.

    Args:
        space: one that `can_have` them.
        train: the images that "unlike" means.
        progress: gets the share that is done, and what is being done.
        cells: along the longer side.

    Raises:
        ClassifierError: the classifier cannot be read.
    """
    from vaeexplorer.network.classifier import load_classifier  # torch, which the first page does without

    assert space.dataset is not None
    classifier, nearest = load_classifier(space.dataset), NearestImages(train.images)
    seen = window(space.codes, space.has_prior)
    z, shape, _ = seen.centres(cells)
    some = slice(None, None, max(1, len(space.codes) // AT_ONCE))
    reconstructed = space.decode(space.codes[some])
    far = float(np.quantile(nearest.distance(reconstructed), USUAL))
    hit = float((classifier.probabilities(reconstructed).argmax(axis=1) == space.data.labels[some]).mean())
    parts = []
    for start in range(0, len(z), AT_ONCE):
        progress(start / len(z), "the classifier over the plane")
        part = z[start : start + AT_ONCE]
        found = answers(space.decode, classifier.probabilities, part)
        parts.append((found.label, found.confidence, nearest.distance(space.decode(part))))
    label, confidence, distance = (np.concatenate(part).reshape(shape) for part in zip(*parts, strict=True))
    progress(1.0, "done")
    maps = label.astype(np.uint8), confidence.astype(np.float32), distance.astype(np.float32)
    return Regions(seen.x, seen.y, *maps, far, hit, space.key)
