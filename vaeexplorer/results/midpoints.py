"""How often one of two latent spaces has the midpoint of two images farther from the training images than the other.

What a page shows first is a chosen pair; this says how typical it is. Measured once over random pairs of two classes,
stored as JSON and shipped for the shipped pairs.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.documents import DocumentError, from_json, to_json
from vaeexplorer.files import SHIPPED, whole_file
from vaeexplorer.results.comparison import check_comparable
from vaeexplorer.spaces.space import Space

ROOT = SHIPPED / "comparisons"
PAIRS = 4000  # of which about a tenth are of one class, and left out
CHOSEN = 3  # of each kind
_STRIKING = 20  # pairs of largest difference, of which those with the emptiest midpoint are chosen
_CODES = 10  # that lie near

Pair = tuple[int, int]


@dataclass(frozen=True)
class Midpoints:
    """Of two spaces, in the order of `runs`.

    Attributes:
        weights: the key of each space.
        count: of random pairs of test images of two classes.
        first_farther: in how many of them the first space's midpoint is the farther one.
        nearest_of: training images.
        first_worse, second_worse: pairs in which the first or the second space's midpoint is much the farther one, and
            lies far from all codes; chosen, not typical.
    """

    schema: Literal[1]
    runs: tuple[str, str]
    weights: tuple[str, str]
    count: int
    first_farther: int
    nearest_of: int
    first_worse: list[Pair]
    second_worse: list[Pair]

    @property
    def share(self) -> float:
        """Of the pairs in which the first space's midpoint is the farther one."""
        return self.first_farther / self.count

    def swapped(self) -> "Midpoints":
        """The same with the spaces in the other order; no midpoints are equally far."""
        return replace(
            self,
            runs=self.runs[::-1],
            weights=self.weights[::-1],
            first_farther=self.count - self.first_farther,
            first_worse=self.second_worse,
            second_worse=self.first_worse,
        )


def measure(a: Space, b: Space, train: ImageDataset, *, pairs: int = PAIRS, seed: int = 0) -> Midpoints:
    """Decode the midpoints of random pairs of two classes in both spaces, and find their nearest training images.

    Raises:
        ComparisonError: the spaces are of different images.
    """
    check_comparable(a, b)
    labels = a.data.labels
    drawn = np.random.default_rng(seed).integers(0, len(labels), (pairs, 2))
    drawn = drawn[labels[drawn[:, 0]] != labels[drawn[:, 1]]]
    nearest = NearestImages(train.images)
    middles = [space.codes[drawn].mean(axis=1) for space in (a, b)]
    far = [nearest.distance(space.decode(middle)) for space, middle in zip((a, b), middles, strict=True)]
    excess = far[0] - far[1]
    first, second = (
        _emptiest(space.codes, middle, np.argsort(-sign * excess)[:_STRIKING])
        for space, middle, sign in zip((a, b), middles, (1, -1), strict=True)
    )
    return Midpoints(
        *(1, (a.name, b.name), (a.key, b.key), len(drawn), int((excess > 0).sum()), nearest.count),
        *([(int(drawn[k, 0]), int(drawn[k, 1])) for k in chosen] for chosen in (first, second)),
    )


def _emptiest(codes: np.ndarray, middles: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Those candidates whose midpoint has its ten nearest codes farthest away."""
    away = np.linalg.norm(codes[None] - middles[candidates][:, None], axis=2)
    room = np.partition(away, _CODES, axis=1)[:, _CODES]
    return np.asarray(candidates[np.argsort(-room)[:CHOSEN]])


def load_midpoints(a: Space, b: Space, folder: Path = ROOT) -> Midpoints | None:
    """What is stored of two spaces as they now are, in this order; None where there is nothing."""
    for first, second in ((a, b), (b, a)):
        try:
            stored = from_json((folder / _file_name(first.name, second.name)).read_bytes(), Midpoints)
        except (OSError, DocumentError):
            continue
        if stored.weights == (first.key, second.key):
            return stored if first is a else stored.swapped()
    return None


def starting_pairs(found: Midpoints | None, example: int = 1) -> dict[str, Any]:
    """Pairs to show by turns, as plain values: one whose midpoint is bad in one space, one in the other, one at random.

    Args:
        found: of both spaces; None where nothing was measured.
        example: the number of the space that is the first to look bad, 0 or 1.

    Returns:
        `pairs`, in turn, each with `pair`, where it is chosen, and `worse`, the number of the space whose midpoint is
        the farther one, None at random; `shares`, of the random pairs in which it is the first's or the second's, and
        their `count`. Where nothing was measured there are none.
    """
    if found is None:
        return {"pairs": [], "shares": [0, 0], "count": 0}
    pairs: list[dict[str, Any]] = []
    for both in zip(found.first_worse, found.second_worse, strict=False):
        chosen = [{"pair": list(both[worse]), "worse": worse} for worse in (example, 1 - example)]
        pairs += [*chosen, {"pair": None, "worse": None}]
    return {"pairs": pairs, "shares": [found.share, 1 - found.share], "count": found.count}


def save_midpoints(found: Midpoints, folder: Path = ROOT) -> None:
    """Store what `measure` found.

    Raises:
        OSError: the folder cannot be written.
    """
    with whole_file(folder / _file_name(*found.runs)) as file:
        file.write(to_json(asdict(found)).encode())


def _file_name(a: str, b: str) -> str:
    return f"{a}--{b}.midpoints.json"
