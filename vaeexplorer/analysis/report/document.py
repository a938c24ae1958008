"""What the JSON document of a report holds: the fields of `Report`, and what is derived from them for its readers."""

from dataclasses import dataclass
from typing import Any, Literal

from vaeexplorer.analysis.report.diagnostics import Question
from vaeexplorer.analysis.report.verdicts import Verdict
from vaeexplorer.documents import Finite

SCHEMA: Literal[2] = 2


@dataclass(frozen=True)
class DiagnosticDocument:
    """A `Diagnostic`, with its name, unit and place among the nulls."""

    key: str
    question: Question
    value: Finite | None
    low: Finite | None
    high: Finite | None
    null: tuple[Finite, ...]
    of: str
    p: Finite | None
    flag: str
    null_mean: Finite | None
    effect: Finite | None
    outside: bool | None
    unit: str
    name: str


@dataclass(frozen=True)
class ReportDocument:
    """A `Report`, with its schema, whether it is of an AE or a VAE, ln N, and the sentence to cite."""

    schema: Literal[2]
    kind: Literal["ae", "vae"]
    ln_n: Finite
    count: int
    dimensions: int
    kl: Finite | None
    seed: int
    summary: str
    verdicts: list[Verdict]
    diagnostics: list[DiagnosticDocument]
    per_dimension: dict[str, list[Finite | bool]]
    spectrum: list[Finite]
    collapse: list[list[Finite]]
    about: dict[str, Any]
    seconds: Finite
    cite: str = ""
