"""What the figures of a report draw: made once, in seconds, and stored with the run."""

import io
from dataclasses import dataclass
from typing import Self

import numpy as np

from vaeexplorer.analysis.report.evidence import QUANTILES, STRIP, Evidence, Field
from vaeexplorer.analysis.report.evidence import evidence as make
from vaeexplorer.files import Shape, read_arrays
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.attachments import EVIDENCE
from vaeexplorer.runs.folder import Run, RunCard

_HALF = 6e4  # the largest size of a number in half precision


@dataclass(frozen=True)
class StoredEvidence:
    """The evidence of a run with this key: ratios in half precision, the rest in single."""

    WHAT = "evidence"
    FILE = EVIDENCE
    MOST = 5_000_000

    evidence: Evidence
    key: str

    @property
    def keys(self) -> list[str]:
        """Of the run that it is of."""
        return [self.key]

    def to_bytes(self) -> bytes:
        """An npz file."""
        found, packed = self.evidence, io.BytesIO()
        ratios = [np.clip(each.log_ratio, -_HALF, _HALF) for each in found.fields]
        np.savez_compressed(
            packed,
            key=np.array(self.key),
            of=np.array([each.of for each in found.fields], "<U40"),
            planes=np.array([each.plane for each in found.fields], np.uint16),
            axis=found.fields[0].axis.astype(np.float32),
            log_ratio=np.array(ratios, np.float16),
            bins=found.bins.astype(np.float32),
            marginals=found.marginals.astype(np.float32),
            normal_quantiles=found.normal_quantiles.astype(np.float32),
            quantiles=found.quantiles.astype(np.float32),
            sources=np.array(list(found.strips), "<U60"),
            strips=np.array(list(found.strips.values()), np.float32),
        )
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """What a file holds.

        Raises:
            ValueError: it is no such file.
        """
        found = read_arrays(content, _SHAPES)
        numbers = [each for each in found.values() if each.dtype.kind == "f"]
        bins, dimensions, (count, rows, columns) = (
            len(found["bins"]),
            len(found["marginals"]),
            found["log_ratio"].shape,
        )
        fit = (
            found["marginals"].shape[1] == bins,
            found["quantiles"].shape == (dimensions, len(QUANTILES)),
            found["strips"].shape == (len(found["sources"]), STRIP, dimensions),
            count == len(found["of"]) == len(found["planes"]),
            rows == columns == len(found["axis"]),
            len(numbers) == len(_SHAPES) - 4,
            all(np.isfinite(each).all() for each in numbers),
            ((found["planes"] >= 0) & (found["planes"] < dimensions)).all(),
        )
        if not all(fit):
            raise ValueError("it does not hold the arrays it should")
        named = zip(found["of"], found["planes"], found["log_ratio"], strict=True)
        fields = [
            Field(str(of), (int(plane[0]), int(plane[1])), found["axis"], ratio.astype(np.float32))
            for of, plane, ratio in named
        ]
        strips = {str(source): strip for source, strip in zip(found["sources"], found["strips"], strict=True)}
        arrays = [found[name] for name in ("bins", "marginals", "normal_quantiles", "quantiles")]
        return cls(Evidence(fields, arrays[0], arrays[1], arrays[2], arrays[3], strips), str(found["key"]))


_SHAPES: dict[str, Shape] = {
    **{"key": (), "of": (None,), "planes": (None, 2), "axis": (None,), "log_ratio": (None, None, None)},
    **{"bins": (None,), "marginals": (None, None), "normal_quantiles": (len(QUANTILES),), "quantiles": (None, None)},
    **{"sources": (None,), "strips": (None, None, None)},
}


def evidence_of(run: Run) -> Evidence:
    """What was stored with a run, or is made now, in a second or two."""
    found = stored(run, StoredEvidence)
    return make(run.codes) if found is None else found.evidence


def keep_evidence(run: RunCard, found: Evidence) -> None:
    """Store it with its run; of one dimension, which has no plane, it is soon made again and not stored.

    Raises:
        RunError: the run folder cannot be written.
    """
    if found.fields:
        store(run, StoredEvidence(found, run.key))
