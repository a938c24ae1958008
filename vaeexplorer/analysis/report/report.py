"""Is the latent space regularized? Every diagnostic of a model beside the same of perfect models of its size.

Three questions, never one number: is each posterior informative, does the aggregate posterior match the prior, and do
samples from the prior decode well? A collapsed model passes the second and fails the others.
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.posterior import active_units, collapsed_share, moments
from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, Diagnostic, rounded
from vaeexplorer.analysis.report.measurements import (
    DRAWS,
    FEWEST,
    Features,
    Progress,
    Steps,
    priors,
    samples,
    two_samples,
    whole,
)
from vaeexplorer.analysis.report.null import draw, stream
from vaeexplorer.analysis.report.verdicts import Verdict, verdicts

SCHEMA = 1
COLLAPSE_EPSILON = np.geomspace(1e-3, 10, 41)
WIDEST = 256
UNMEASURED = "not measured: it is asked for by itself"


class ReportError(ValueError):
    """A report that cannot be read; the message is one sentence."""


class CodesLike(Protocol):
    """q(z|x) of N images, as `LatentModel.encode` gives it."""

    @property
    def mean(self) -> np.ndarray: ...  # noqa: D102
    @property
    def logvar(self) -> np.ndarray | None: ...  # noqa: D102


@dataclass(frozen=True)
class Report:
    """What was found. `to_json()` is the document that `python -m vaeexplorer report --json` prints.

    Attributes:
        count, dimensions: N and D.
        kl: nats per image; None where codes are points.
        per_dimension: `kl`, `mean`, `variance` of each dimension, and whether it is `active`.
        spectrum: eigenvalues of the covariance of q(z), largest first; of the prior, all 1.
        collapse: the (eps, 0.01)-collapse curve, [eps, share].
        seconds: that it took.
    """

    count: int
    dimensions: int
    kl: float | None
    seed: int
    diagnostics: list[Diagnostic]
    verdicts: list[Verdict]
    per_dimension: dict[str, list[Any]] = field(default_factory=dict)
    spectrum: list[float] = field(default_factory=list)
    collapse: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0

    def find(self, key: str, of: str = "") -> Diagnostic:
        """One diagnostic."""
        return next(found for found in self.diagnostics if (found.key, found.of) == (key, of))

    def to_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        return {
            "schema": SCHEMA,
            "kind": "ae" if self.kl is None else "vae",
            "codes": self.count,
            "dimensions": self.dimensions,
            "kl": rounded(self.kl),
            "ln_n": rounded(math.log(self.count)),
            "null_draws": DRAWS,
            "seed": self.seed,
            "seconds": self.seconds,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            "per_dimension": self.per_dimension,
            "spectrum": self.spectrum,
            "collapse": self.collapse,
        }

    def with_nll_gap(self, gap: float) -> "Report":
        """The same with the gap, nats per image, that was measured since."""
        kept = [found for found in self.diagnostics if found.key != "nll_gap"]
        return replace(self, diagnostics=[*kept, Diagnostic("nll_gap", "posteriors", gap).in_short()])

    @classmethod
    def from_json(cls, document: Any) -> "Report":
        """What `to_json` wrote.

        Raises:
            ReportError: it is another schema, or something is missing or not finite.
        """
        try:
            if document["schema"] != SCHEMA:
                raise ReportError(f"The report is not of schema {SCHEMA}.")
            fields = ("key", "question", "value", "of", "p", "flag")
            diagnostics = [
                Diagnostic(**{name: found[name] for name in fields}, null=tuple(map(float, found["null"])))
                for found in document["diagnostics"]
            ]
            numbers = [x for found in diagnostics for x in (*found.null, found.value, found.p) if x is not None]
            if not all(map(math.isfinite, numbers)) or not {found.key for found in diagnostics} <= DEFINITIONS.keys():
                raise ReportError("The report holds numbers that are not finite, or diagnostics that are not known.")
            return cls(
                int(document["codes"]),
                int(document["dimensions"]),
                None if document["kl"] is None else float(document["kl"]),
                int(document["seed"]),
                diagnostics,
                [Verdict(**verdict) for verdict in document["verdicts"]],
                dict(document["per_dimension"]),
                list(map(float, document["spectrum"])),
                [[float(epsilon), float(share)] for epsilon, share in document["collapse"]],
                float(document["seconds"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ReportError(f"The report cannot be read ({error}).") from None


def report(
    codes: "CodesLike | np.ndarray",
    *,
    prior_samples: np.ndarray | None = None,
    decode: Callable[[np.ndarray], np.ndarray] | None = None,
    images: np.ndarray | None = None,
    features: Features | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Report:
    """A report card of a latent space, from arrays: every diagnostic with its value, its null, and a verdict.

    Args:
        codes: q(z|x) of N images as an object with `mean` and `logvar` = ln sigma^2, [N, D] each (`model.encode`
            gives one), or an array of points [N, D] where there is no posterior.
        prior_samples: draws from the prior, [M, D], where it is not N(0, I); what needs its density is then n/a.
        decode: latent points [M, D] to images [M, ...]. Without it the third question stays open.
        images: real images [L, ...] like those that `decode` gives; without them, decoded codes stand in.
        features: images to [M, F], the space in which images are compared; by default their pixels.
        seed: of all that is drawn here.
        on_progress: called with the share done, 0 to 1, and what is done next. What it raises ends the work.

    Raises:
        ValueError: fewer than 100 codes, more than 256 dimensions, numbers that are not finite, a dimension that never
            varies, or arrays that do not fit together.
    """
    started = time.perf_counter()
    mean, logvar = _checked(codes)
    if prior_samples is not None:
        prior_samples = _matrix(prior_samples, "Prior samples")
        if prior_samples.shape[1] != mean.shape[1] or len(prior_samples) < 2 * FEWEST:
            raise ValueError(f"Prior samples must be [M, {mean.shape[1]}] with M at least {2 * FEWEST}.")
    rng = stream(seed)
    world = draw(mean, logvar, rng)
    step = Steps(on_progress, variational=logvar is not None, decoded=decode is not None)
    held_against = list(priors(world, prior_samples, seed))
    known_prior = prior_samples is None
    diagnostics = list(whole(world, step, rng, known_prior=known_prior))
    exact_holes = known_prior and logvar is not None and mean.shape[1] == 2
    nulls: dict[int, list[dict[str, float]]] = {}
    for prior in held_against:
        found = two_samples(prior, nulls, step, rng)
        diagnostics += [diagnostic for diagnostic in found if not (exact_holes and diagnostic.key == "holes")]
    diagnostics += samples(world, held_against, decode=decode, images=images, features=features, step=step, rng=rng)
    spread = moments(mean, logvar)
    per_dimension: dict[str, list[Any]] = {
        "mean": [rounded(value) for value in spread.mean],
        "variance": [rounded(value) for value in np.diag(spread.covariance)],
    }
    collapse: list[list[float]] = []
    kl = None
    if logvar is not None:
        each = kl_per_dimension(mean, logvar)  # [N, D]
        kl = float(each.sum(axis=1, dtype=np.float64).mean())
        per_dimension["kl"] = [rounded(value) for value in each.mean(axis=0)]
        per_dimension["active"] = active_units(mean).tolist()
        collapse = np.column_stack([COLLAPSE_EPSILON.round(5), collapsed_share(each, COLLAPSE_EPSILON)]).tolist()
    spectrum = [float(f"{value:.5g}") for value in np.linalg.eigvalsh(spread.covariance)[::-1]]
    flag = "n/a: codes are points, there is no likelihood" if kl is None else UNMEASURED
    diagnostics.append(Diagnostic("nll_gap", "posteriors", None, flag=flag))
    diagnostics = [found.in_short() for found in diagnostics]
    said = verdicts(diagnostics, count=len(mean), dimensions=mean.shape[1], kl=kl)
    seconds = round(time.perf_counter() - started, 1)
    return Report(
        len(mean), mean.shape[1], rounded(kl), seed, diagnostics, said, per_dimension, spectrum, collapse, seconds
    )


def _checked(codes: "CodesLike | np.ndarray") -> tuple[np.ndarray, np.ndarray | None]:
    """mean and logvar, float32 [N, D]."""
    logvar: np.ndarray | None = getattr(codes, "logvar", None)
    mean = _matrix(codes.mean if hasattr(codes, "logvar") else codes, "Codes")
    if len(mean) < FEWEST:
        raise ValueError(f"A report needs at least {FEWEST} codes, not {len(mean)}.")
    if not 1 <= mean.shape[1] <= WIDEST:
        raise ValueError(f"A report takes codes of 1 to {WIDEST} dimensions, not {mean.shape[1]}.")
    if logvar is not None:
        logvar = _matrix(logvar, "Log variances")
        if logvar.shape != mean.shape:
            raise ValueError(f"Log variances must be {list(mean.shape)} as the means are, not {list(logvar.shape)}.")
        if np.abs(logvar).max() > 60:
            raise ValueError("Log variances must lie between -60 and 60: are these ln sigma^2?")
    still = np.flatnonzero(mean.std(axis=0, dtype=np.float64) < 1e-9 * (1 + np.abs(mean).max(axis=0)))
    if logvar is None and len(still):
        which = ", ".join(str(j + 1) for j in still[:5])
        raise ValueError(f"Codes never vary in dimension {which}: leave such dimensions out.")
    return mean, logvar


def _matrix(array: object, what: str) -> np.ndarray:
    matrix = np.asarray(array, np.float32)
    if matrix.ndim != 2:
        raise ValueError(f"{what} must be [N, D], not of shape {list(matrix.shape)}.")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{what} are not all finite numbers.")
    return matrix
