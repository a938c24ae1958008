"""Two runs of one data set, compared: measured once, kept as JSON, shipped for the pairs that are shipped.

Where a comparison was kept, it is found again under either order of its runs, unless one was trained anew since.
"""

import hashlib
import json
import math
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from vaeexplorer.analysis.smoothness import neighbourhoods, paths, smoothness
from vaeexplorer.analysis.smoothness.bootstrap import CONFIDENCE, DRAWS, Estimate
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Material, Row, Subject
from vaeexplorer.codes import Model
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import CLASS_NAMES, FULL_SIZE, ImageDataset
from vaeexplorer.files import SHIPPED, whole_file
from vaeexplorer.network.classifier import load_classifier
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.runs.folder import Run, RunCard, runs_folder
from vaeexplorer.version import __version__

SCHEMA = 1


class ComparisonError(ValueError):
    """Two models that cannot be compared; the message is one sentence."""


@dataclass(frozen=True)
class Comparison:
    """The table for two runs, in the order of `runs`.

    Attributes:
        weights: a hash of each run's weights, so that a run trained anew is noticed.
        conditions: pairs, steps, images, resamples, and the training images that "nearest" means.
        kept_dimensions: of each model, those that carry something.
    """

    runs: tuple[str, str]
    dataset: str
    weights: tuple[str, str]
    kept_dimensions: tuple[int, int]
    conditions: dict[str, Any]
    rows: tuple[Row, ...]

    def row(self, key: str, group: str = "all") -> Row:
        """A row by the key of its measure and its group of pairs."""
        return next(row for row in self.rows if (row.key, row.group) == (key, group))

    def swapped(self) -> "Comparison":
        """The same with the runs in the other order."""
        rows = (replace(row, a=row.b, b=row.a, difference=_negated(row.difference)) for row in self.rows)
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
                | {"decided": row.decided}
                for row in self.rows
            ],
        }

    @classmethod
    def from_json(cls, document: Any) -> "Comparison":
        """What `to_json` wrote.

        Raises:
            ComparisonError: it is another schema, or something is missing or not finite.
        """
        try:
            if document["schema"] != SCHEMA:
                raise ComparisonError(f"The comparison is not of schema {SCHEMA}.")
            found = cls(
                cast("tuple[str, str]", tuple(map(str, document["runs"]))),
                str(document["dataset"]),
                cast("tuple[str, str]", tuple(map(str, document["weights"]))),
                cast("tuple[int, int]", tuple(map(int, document["kept_dimensions"]))),
                dict(document["conditions"]),
                tuple(_row(row) for row in document["rows"]),
            )
            if {row.key for row in found.rows} != {measure.key for measure in MEASURES}:
                raise ComparisonError("The comparison lacks measures, or has others.")
            return found
        except (KeyError, TypeError, AttributeError) as error:
            raise ComparisonError(f"The comparison cannot be read ({error}).") from None


def compare(
    a: Run, b: Run, progress: Callable[[float, str], None] = lambda share, doing: None, *, pairs: int = smoothness.PAIRS
) -> Comparison:
    """Measure two runs on the test images, against the training images there are.

    Args:
        a, b: runs of one data set.
        progress: told the share that is done, from 0 to 1, and of what.
        pairs: of test images, half of them within classes.

    Raises:
        ComparisonError: the runs are of different data sets.
        DataError, ClassifierError: images or classifier cannot be had.
    """
    hold_comparable(a, b)
    progress(0.0, "preparing the training images")
    test = load_dataset(a.config.data.dataset, "test", download=False)
    train = load_dataset(a.config.data.dataset, "train", download=False)
    subjects = subject(a.name, a.model, test), subject(b.name, b.model, test)
    return compare_subjects(subjects, material(test, train, pairs), train, (weights_hash(a), weights_hash(b)), progress)


def hold_comparable(a: RunCard, b: RunCard) -> None:
    """Hold that two runs are of one data set.

    Raises:
        ComparisonError: they are not.
    """
    first, second = a.config.data.dataset, b.config.data.dataset
    if first != second:
        raise ComparisonError(
            f"{a.name} is a run of {first} and {b.name} of {second}: only runs of one data set can be compared."
        )


def compare_subjects(
    subjects: tuple[Subject, Subject],
    on: Material,
    train: ImageDataset,
    weights: tuple[str, str],
    progress: Callable[[float, str], None] = lambda share, doing: None,
) -> Comparison:
    """Measure two models on the same material; `compare` for those that are no runs."""
    observed = _side_by_side(subjects, on, progress)
    progress(0.95, "resampling")
    kept = subjects[0].whitening.kept, subjects[1].whitening.kept
    rows = tuple(smoothness.rows(observed[0], observed[1], on.pairs, kept))
    progress(1.0, "done")
    conditions = {
        "pairs": len(on.pairs.within),
        "pairs_within_classes": int(on.pairs.within.sum()),
        "steps": paths.STEPS,
        "seed": on.seed,
        "test_images": len(on.images),
        "neighbourhood_images": min(smoothness.NEIGHBOURHOOD_IMAGES, len(on.images)),
        "magnification_images": min(smoothness.MAGNIFICATION_IMAGES, len(on.images)),
        "neighbours": neighbourhoods.NEIGHBOURS,
        "confidence": CONFIDENCE,
        "resamples": DRAWS,
        "nearest_of": len(train),
        "training_images": train.source,
        "training_images_are_a_sample": train.name in CLASS_NAMES and len(train) < FULL_SIZE["train"],
    }
    names = subjects[0].name, subjects[1].name
    return Comparison(names, train.name, weights, kept, conditions, rows)


def _side_by_side(
    subjects: tuple[Subject, Subject], on: Material, progress: Callable[[float, str], None]
) -> list[dict[str, np.ndarray]]:
    """Measure both at once, each in a thread: two models keep two cores busier than two threads of torch do one.

    Progress is told from this thread: not everyone may be called from another.
    """
    shares = [0.0, 0.0]

    def run(number: int) -> dict[str, np.ndarray]:
        return smoothness.measure(subjects[number], on, partial(shares.__setitem__, number))

    for both in (on.pairs, on.image_ranks):  # made once, before both ask for it
        assert both is not None
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(run, number) for number in (0, 1)]
        while wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION).not_done:
            progress(0.05 + 0.45 * sum(shares), f"measuring {subjects[0].name} and {subjects[1].name}")
    return [future.result() for future in futures]


def material(test: ImageDataset, train: ImageDataset, pairs: int = smoothness.PAIRS) -> Material:
    """What models of these images are measured on; without a classifier where there is none for them.

    Raises:
        ClassifierError: the classifier is there but broken.
    """
    judge = load_classifier(train.name) if train.name in CLASS_NAMES else None
    return Material(
        test.images,
        test.labels,
        NearestImages(train.images),
        judge.features if judge else None,
        judge.probabilities if judge else None,
        pair_count=pairs,
    )


def subject(name: str, model: Model, test: ImageDataset) -> Subject:
    """A model as functions on arrays. Our own networks are not clipped, so that a linear decoder stays linear."""
    codes = model.encode(test.images)
    network = model if isinstance(model, LatentModel) else None
    return Subject(
        name,
        encode=lambda images: model.encode(images.clip(0, 1)).mean,
        decode=partial(network.decode, clip=False) if network else model.decode,
        codes=codes.mean,
        noise=None if codes.logvar is None else np.exp(codes.logvar).mean(axis=0),
        jacobian=network.jacobian if network else None,
    )


def load_comparison(a: RunCard, b: RunCard) -> Comparison | None:
    """The comparison that was kept of two runs as they now are, in this order; None if there is none."""
    for folder in (SHIPPED / "comparisons", runs_folder() / ".comparisons"):
        for first, second in ((a, b), (b, a)):
            try:
                kept = Comparison.from_json(json.loads((folder / _file_name(first.name, second.name)).read_bytes()))
            except (OSError, ValueError):
                continue  # none, or cut short: it is measured again
            if kept.weights == (weights_hash(first), weights_hash(second)):
                return kept if first is a else kept.swapped()
    return None


def save_comparison(comparison: Comparison, folder: Path | None = None) -> None:
    """Keep a comparison, by default beside the user's runs.

    Raises:
        ComparisonError: the folder cannot be written.
    """
    folder = folder or runs_folder() / ".comparisons"
    text = json.dumps(comparison.to_json(), allow_nan=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / _file_name(*comparison.runs)) as file:
            file.write(text.encode())
    except OSError as error:
        raise ComparisonError(f"The comparison cannot be kept: {error.strerror}.") from None


def weights_hash(run: RunCard) -> str:
    """What the weights of a run are known by: 16 hexadecimal digits of their file's SHA-256."""
    return hashlib.sha256((run.path / "weights.safetensors").read_bytes()).hexdigest()[:16]


def _file_name(a: str, b: str) -> str:
    return f"{a}--{b}.json"


def _row(document: dict[str, Any]) -> Row:
    a, b, difference = (_estimate(document[name]) for name in ("a", "b", "difference"))
    return Row(str(document["key"]), document["group"], a, b, difference, int(document["count"]))


def _estimate(document: dict[str, Any] | None) -> Estimate | None:
    if document is None:
        return None
    numbers = [float(document[name]) for name in ("value", "low", "high")]
    if not all(map(math.isfinite, numbers)):
        raise ComparisonError("The comparison holds numbers that are not finite.")
    return Estimate(*numbers)


def _negated(difference: Estimate | None) -> Estimate | None:
    return difference and Estimate(-difference.value, -difference.high, -difference.low)
