"""Two latent spaces of the same images, compared: measured once, stored as JSON, shipped for the shipped pairs.

A stored comparison is read again under either order of its runs, as long as weights and conditions are the same.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from vaeexplorer.analysis.smoothness import neighbourhoods, paths, smoothness
from vaeexplorer.analysis.smoothness.bootstrap import CONFIDENCE, DRAWS, Estimate
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Group, Material, Row
from vaeexplorer.data.images import FULL_SIZE, ImageDataset
from vaeexplorer.documents import DocumentError, Plain, from_json, to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, whole_file, why
from vaeexplorer.runs.folder import runs_folder
from vaeexplorer.spaces.space import Space
from vaeexplorer.version import __version__

SCHEMA: Literal[2] = 2


class ComparisonError(UserError):
    """Two models that cannot be compared; the message is one sentence."""


@dataclass(frozen=True)
class Comparison:
    """The table for two runs, in the order of `runs`.

    Attributes:
        weights: the key of each space, so that a run trained anew is noticed.
        conditions: pairs, steps, images, resamples, and the training images that "nearest" means.
        kept_dimensions: of each model, those that carry something.
    """

    runs: tuple[str, str]
    dataset: str
    weights: tuple[str, str]
    kept_dimensions: tuple[int, int]
    conditions: dict[str, Plain]
    rows: tuple[Row, ...]

    def row(self, key: str, group: str = "all") -> Row:
        """A row by the key of its measure and its group of pairs.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if (row.key, row.group) == (key, group):
                return row
        there = ", ".join(f"{row.key} ({row.group})" for row in self.rows)
        raise KeyError(f"There is no row {key} ({group}): there are {there}.")

    def swapped(self) -> "Comparison":
        """The same with the runs in the other order."""
        rows = (
            replace(row, a=row.b, b=row.a, difference=_negated(row.difference), ratio=_inverted(row.ratio))
            for row in self.rows
        )
        return replace(
            self,
            runs=self.runs[::-1],
            weights=self.weights[::-1],
            kept_dimensions=self.kept_dimensions[::-1],
            rows=tuple(rows),
        )

    def to_json(self) -> dict[str, Any]:
        """One document of plain values; what has no meaning is null."""
        about = {measure.key: measure for measure in MEASURES}
        return {
            "schema": SCHEMA,
            "vaeexplorer": __version__,
            "runs": list(self.runs),
            "dataset": self.dataset,
            "weights": list(self.weights),
            "kept_dimensions": list(self.kept_dimensions),
            "conditions": self.conditions,
            "rows": [
                {"title": about[row.key].title, "unit": about[row.key].unit, "perfect": about[row.key].better}
                | {"statistic": about[row.key].statistic}
                | asdict(row)
                | {"decided": row.decided, "note": row.note}
                for row in self.rows
            ],
        }

    @classmethod
    def from_json(cls, content: bytes | str) -> "Comparison":
        """What `to_json` wrote.

        Raises:
            ComparisonError: it is another schema, or something is missing or not finite.
        """
        try:
            document = from_json(content, _Document)
        except DocumentError as error:
            raise ComparisonError(f"The comparison cannot be read: {error}.") from None
        rows = tuple(
            Row(row.key, row.group, row.a, row.b, row.difference, row.ratio, row.count) for row in document.rows
        )
        if {row.key for row in rows} != {measure.key for measure in MEASURES}:
            raise ComparisonError("The comparison lacks measures, or has others.")
        return cls(
            document.runs, document.dataset, document.weights, document.kept_dimensions, document.conditions, rows
        )


@dataclass(frozen=True)
class _RowDocument:
    key: str
    group: Group
    a: Estimate | None
    b: Estimate | None
    difference: Estimate | None
    ratio: Estimate | None
    count: int
    title: str
    unit: str
    perfect: str
    statistic: str
    decided: bool
    note: str


@dataclass(frozen=True)
class _Document:
    schema: Literal[2]
    vaeexplorer: str
    runs: tuple[str, str]
    dataset: str
    weights: tuple[str, str]
    kept_dimensions: tuple[int, int]
    conditions: dict[str, Plain]
    rows: list[_RowDocument]


def check_comparable(a: Space, b: Space) -> None:
    """Raise ComparisonError unless both spaces hold the same images."""
    if a.data.content_hash != b.data.content_hash:
        raise ComparisonError(
            f"{a.name} has images of {a.data.name} and {b.name} of {b.data.name}: only runs of one data set, or models "
            "of the same images, can be compared."
        )


def conditions_of(space: Space, train: ImageDataset, pairs: int) -> dict[str, Plain]:
    """What a comparison is made with, other than the two models."""
    count = len(space.data)
    return {
        "pairs": pairs,
        "steps": paths.STEPS,
        "seed": Material.seed,
        "test_images": count,
        "neighbourhood_images": min(smoothness.NEIGHBOURHOOD_IMAGES, count),
        "magnification_images": min(smoothness.MAGNIFICATION_IMAGES, count),
        "neighbours": neighbourhoods.NEIGHBOURS,
        "confidence": CONFIDENCE,
        "intervals": "a and b: percentile bootstrap, each on its own; difference and ratio: all rows together (minP)",
        "resamples": DRAWS,
        "nearest_of": len(train),
        "training_images": train.source,
        "training_images_hash": train.content_hash,
        "training_images_are_a_sample": space.dataset is not None and len(train) < FULL_SIZE["train"],
    }


def load_comparison(a: Space, b: Space, train: ImageDataset) -> Comparison | None:
    """The stored comparison of two spaces as they now are, in this order; None if there is none.

    One that was measured against the full training set stands, whatever is on this machine; one that was measured
    against other training images than `train` does not.
    """
    for folder in (SHIPPED / "comparisons", runs_folder() / ".comparisons"):
        for first, second in ((a, b), (b, a)):
            try:
                stored = Comparison.from_json((folder / _file_name(first.name, second.name)).read_bytes())
            except (OSError, ComparisonError):
                continue  # none, or damaged: it is measured again
            if stored.weights == (first.key, second.key) and _holds(stored, first, train):
                return stored if first is a else stored.swapped()
    return None


def _holds(stored: Comparison, space: Space, train: ImageDataset) -> bool:
    """Whether a comparison made now would be made under the same conditions."""
    now = conditions_of(space, train, smoothness.PAIRS)
    of_train = {key for key in now if key.startswith(("training_", "nearest_"))}
    if any(stored.conditions.get(key) != now[key] for key in now.keys() - of_train):
        return False
    of_all = stored.conditions.get("training_images_are_a_sample") is False and space.dataset is not None
    return of_all or stored.conditions.get("training_images_hash") == now["training_images_hash"]


def save_comparison(comparison: Comparison, folder: Path | None = None) -> None:
    """Store a comparison, by default beside the user's runs.

    Raises:
        ComparisonError: the folder cannot be written.
    """
    folder = folder or runs_folder() / ".comparisons"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / _file_name(*comparison.runs)) as file:
            file.write(to_json(comparison.to_json()).encode())
    except OSError as error:
        raise ComparisonError(f"The comparison cannot be stored: {why(error)}.") from None


def _file_name(a: str, b: str) -> str:
    return f"{a}--{b}.json"


def _negated(difference: Estimate | None) -> Estimate | None:
    return difference and Estimate(-difference.value, -difference.high, -difference.low)


def _inverted(ratio: Estimate | None) -> Estimate | None:
    return ratio and Estimate(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
