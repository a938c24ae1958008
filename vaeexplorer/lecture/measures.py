"""The numbers that questions of a lecture ask for, each from what is stored, with a hash of that."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from vaeexplorer.analysis.pca import PCA, pca
from vaeexplorer.config import Dataset
from vaeexplorer.data.moments import load_moments
from vaeexplorer.documents import Plain
from vaeexplorer.errors import UserError
from vaeexplorer.files import content_hash
from vaeexplorer.results.sweep import BETAS, DIMENSIONS, Point, config_of, read_point
from vaeexplorer.runs.attachments import load_report
from vaeexplorer.runs.folder import load_run

Of = Mapping[str, Plain]


class MeasureError(UserError):
    """A number that there is not; the message is one sentence."""


@dataclass(frozen=True)
class Measured:
    """A number, and a hash of what it was measured on: of a run its key, of a sweep's model its weights."""

    number: float
    of: str


def measure(name: str, of: Of) -> Measured:
    """The number of a name.

    Args:
        name: one of `MEASURES`.
        of: what it is measured on, by the names that the measure takes.

    Raises:
        MeasureError: there is no such number, or it is of other things.
        UserError: what it is measured on is not here.
    """
    if name not in MEASURES:
        raise MeasureError(f"there is no number {name[:100]!r}: there are {', '.join(MEASURES)}")
    names, take = MEASURES[name]
    if of.keys() != set(names):
        raise MeasureError(f"{name} is of {', '.join(names)}, not of {', '.join(of) or 'nothing'}")
    return take(of)


def _point(of: Of) -> Point:
    dataset, dimensions, beta = (of[name] for name in _POINT)
    if dataset not in get_args(Dataset) or dimensions not in DIMENSIONS or beta not in BETAS:
        raise MeasureError(
            f"there is no model of {dimensions} dimensions with beta {beta} in a sweep of {str(dataset)[:100]!r}"
        )
    return read_point(config_of(cast(Dataset, dataset), cast(int, dimensions), float(cast(float, beta))))


def _of_point(take: Callable[[Point], float]) -> Callable[[Of], Measured]:
    def found(of: Of) -> Measured:
        point = _point(of)
        weights = b"".join(name.encode() + point.weights[name].tobytes() for name in sorted(point.weights))
        return Measured(take(point), content_hash(weights))

    return found


def _figure(of: Of) -> Measured:
    run = load_run(str(of["run"]))
    if of["figure"] not in run.metrics:
        raise MeasureError(f"{run.name} has no figure {of['figure']}: it has {', '.join(run.metrics)}")
    return Measured(run.metrics[str(of["figure"])], run.key)


def _diagnostic(of: Of) -> Measured:
    run = load_run(str(of["run"]))
    found = (load_report(run) or {}).get("diagnostics", [])
    numbers = {each["key"]: each["value"] for each in found if not each.get("of") and each.get("value") is not None}
    if of["diagnostic"] not in numbers:
        raise MeasureError(f"the report of {run.name} has no number {of['diagnostic']}: it has {', '.join(numbers)}")
    return Measured(float(numbers[str(of["diagnostic"])]), run.key)


def _pca(of: Of) -> Measured:
    found, key = _components(cast(Dataset, of["dataset"]))
    return Measured(found.least_error(found.check(cast(int, of["k"]))), key)


@functools.lru_cache(maxsize=len(get_args(Dataset)))
def _components(dataset: Dataset) -> tuple[PCA, str]:
    """PCA of a shipped set, and the hash of what it follows from."""
    moments = load_moments(dataset)
    return pca(moments), content_hash(moments.covariance.tobytes())


_POINT = ("dataset", "dimensions", "beta")
MEASURES: dict[str, tuple[tuple[str, ...], Callable[[Of], Measured]]] = {
    "active units": (_POINT, _of_point(lambda point: float(point.active_units))),
    "rate": (_POINT, _of_point(lambda point: point.rate)),
    "distortion": (_POINT, _of_point(lambda point: point.distortion)),
    "elbo": (_POINT, _of_point(lambda point: point.elbo)),
    "figure": (("run", "figure"), _figure),
    "diagnostic": (("run", "diagnostic"), _diagnostic),
    "pca error": (("dataset", "k"), _pca),
}
"""by name: what each is of, and how it is had"""
