"""Is the latent space regularized? A document of numbers with intervals, three answers, and what they rest on.

Three questions, never one number: is z informative, do codes match the prior, and are samples from the prior as good as
reconstructions? A collapsed model passes the second and fails the others.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from vaeexplorer.analysis.report.classifier.held_out import DRAWS, TAU, HeldOut, held_out, recipes_of
from vaeexplorer.analysis.report.classifier.learning import MIXTURES, weight
from vaeexplorer.analysis.report.coverage import Coverage
from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, LEVEL, Diagnostic, Estimate, rounded
from vaeexplorer.analysis.report.document import SCHEMA, ReportDocument
from vaeexplorer.analysis.report.measurements import (
    NULLS,
    SEEDS,
    Features,
    Prior,
    Progress,
    Steps,
    classified,
    of_samples,
    posteriors,
    priors,
    samples,
)
from vaeexplorer.analysis.report.posteriors import (
    FEWEST,
    CodesLike,
    World,
    as_floats,
    by_dimension,
    checked,
    codes_hash,
    columns,
    draw_correlated,
    matrix,
    stream,
    uncorrelated,
    used_dimensions,
)
from vaeexplorer.analysis.report.verdicts import (
    INFORMATIVE,
    KEPT,
    LIMITS,
    Verdict,
    holes_decide,
    summary,
    verdicts,
)
from vaeexplorer.arrays import to_numpy
from vaeexplorer.codes import Codes
from vaeexplorer.documents import DocumentError, convert
from vaeexplorer.errors import UserError

UNMEASURED = "not measured: it is asked for by itself"


class ReportError(UserError):
    """A report that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Report:
    """What was measured. `to_json()` is the document, of the page and of the command line alike.

    Attributes:
        count, dimensions: N and D.
        kl: nats per image; None where codes are points.
        summary: one line.
        per_dimension: `kl`, `mean`, `variance` of each dimension, and whether it is `active`.
        spectrum: eigenvalues of the covariance of q(z), largest first; of the prior, all 1.
        collapse: the (eps, 0.01)-collapse curve, [eps, share].
        about: of what and how it was made: hashes, versions, features, thresholds, budget, date.
        seconds: that it took.
    """

    count: int
    dimensions: int
    kl: float | None
    seed: int
    summary: str
    verdicts: list[Verdict]
    diagnostics: list[Diagnostic]
    per_dimension: dict[str, list[Any]] = field(default_factory=dict)
    spectrum: list[float] = field(default_factory=list)
    collapse: list[list[float]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def find(self, key: str, of: str = "") -> Diagnostic:
        """One diagnostic.

        Raises:
            KeyError: there is none.
        """
        for found in self.diagnostics:
            if (found.key, found.of) == (key, of):
                return found
        there = ", ".join(f"{found.key} of {found.of}" if found.of else found.key for found in self.diagnostics)
        raise KeyError(f"There is no diagnostic {key}{f' of {of}' if of else ''}: there are {there}.")

    def to_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        document = {name: value for name, value in vars(self).items() if name not in ("verdicts", "diagnostics")}
        return {
            "schema": SCHEMA,
            "kind": "ae" if self.kl is None else "vae",
            "ln_n": rounded(math.log(self.count)),
            **document,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
        }

    def with_nll_gap(self, gap: Estimate) -> "Report":
        """The same with the gap, nats per image, that was measured since."""
        return self.with_later([Diagnostic.estimated("nll_gap", "posteriors", gap).in_short()])

    def with_later(self, diagnostics: Sequence[Diagnostic], answer: Verdict | None = None) -> "Report":
        """The same with what was measured since, in the place of what was measured before."""
        keys = {found.key for found in diagnostics}
        kept = [found for found in self.diagnostics if found.key not in keys]
        answers = [each for each in self.verdicts if answer is None or each.question != answer.question]
        answers += [] if answer is None else [answer]
        return replace(self, diagnostics=[*kept, *diagnostics], verdicts=answers)

    @classmethod
    def from_json(cls, document: Any) -> "Report":
        """What `to_json` wrote.

        Raises:
            ReportError: it is another schema, or something is missing or not finite.
        """
        try:
            read = convert(document, ReportDocument)
        except DocumentError as error:
            raise ReportError(f"The report cannot be read: {error}.") from None
        if unknown := {found.key for found in read.diagnostics} - DEFINITIONS.keys():
            raise ReportError(f"The report has diagnostics that are not known: {', '.join(sorted(unknown))}.")
        names = [each.name for each in fields(Diagnostic)]
        diagnostics = [Diagnostic(**{name: getattr(found, name) for name in names}) for found in read.diagnostics]
        plain = {each.name: getattr(read, each.name) for each in fields(cls) if each.name != "diagnostics"}
        return cls(**plain, diagnostics=diagnostics)


def report(
    codes: "CodesLike | np.ndarray | tuple[np.ndarray, np.ndarray]",
    *,
    training: "CodesLike | np.ndarray | tuple[np.ndarray, np.ndarray] | None" = None,
    prior_samples: np.ndarray | None = None,
    decode: Callable[[np.ndarray], np.ndarray] | None = None,
    images: np.ndarray | None = None,
    features: Features | None = None,
    judge: str = "the features given",
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Report:
    """A report card of a latent space, from arrays: three answers, and every number with its interval or null.

    `vaeexplorer.report` says what the arguments are, and gives the same as an object that shows itself.

    Raises:
        UserError: see `vaeexplorer.report`.
    """
    started = time.perf_counter()
    given = checked(codes)
    mean = given.mean
    if prior_samples is not None:
        prior_samples = matrix(prior_samples, "Prior samples")
        if prior_samples.shape[1] != mean.shape[1] or len(prior_samples) < 2 * FEWEST:
            raise UserError(f"Prior samples must be [M, {mean.shape[1]}] with M at least {2 * FEWEST}.")
    rng = stream(seed)
    world = uncorrelated(given, rng)
    whole = world if given.covariance is None else draw_correlated(given, rng)
    learned_from = trained_on = None
    if training is not None:
        trained_on = checked(training)
        learned_from = uncorrelated(trained_on, rng)
        if (learned_from.logvar is None, learned_from.mean.shape[1]) != (given.logvar is None, mean.shape[1]):
            raise UserError("Codes of training images must be like those of the test images.")
    compared = list(priors(world, prior_samples, seed))
    step = Steps(on_progress, _steps(world, learned_from, compared, decoded=decode is not None))
    # First, since what the caller's functions return may be wrong.
    if decode is None:
        undecoded = "n/a: there is no decoder"
        of_images = [Diagnostic(key, "samples", None, flag=undecoded) for key in ("kept", *Coverage._fields)]
    else:
        of_images = list(
            samples(
                world,
                compared,
                decode=lambda z: as_floats(_copied(decode, "decode")(np.asarray(z, np.float32))),
                images=None if images is None else as_floats(to_numpy(images, "Images")),
                features=None if features is None else _copied(features, "features"),
                step=step,
                rng=rng,
            )
        )
    used = used_dimensions(world, learned_from) if prior_samples is None else np.arange(mean.shape[1])
    known = prior_samples is None
    tests = []
    for prior in compared:
        of_test = prior.seen_from(world) if prior.of else columns(world, used)
        of_training = None
        if learned_from is not None:
            of_training = prior.seen_from(learned_from) if prior.of else columns(learned_from, used)
        tests.append(held_out(of_test, of_training, prior.pool, short=bool(prior.of), seed=seed, step=step))
    found = tests[0]
    diagnostics = list(posteriors(whole, found, known_prior=known))
    for prior, each in zip(compared, tests, strict=True):
        diagnostics += classified(each, prior.of, len(mean))
    diagnostics += [*of_samples(world, compared[0], step, rng), *of_images]
    kl, per_dimension, collapse, spectrum = by_dimension(given)
    flag = "n/a: codes are points, there is no likelihood" if kl is None else UNMEASURED
    diagnostics.append(Diagnostic("nll_gap", "posteriors", None, flag=flag))
    diagnostics = [diagnostic.in_short() for diagnostic in diagnostics]
    took_part = 2 * found.trained if found.halved else found.trained
    judge = judge if features is not None else ""
    answers = verdicts(
        diagnostics, count=len(mean), dimensions=mean.shape[1], used=len(used), trained=took_part, judge=judge
    )
    about = _about(given, trained_on, found, len(used), judge or "pixels") | {
        "bytes_divided_by_255": images is not None and np.asarray(images).dtype == np.uint8
    }
    return Report(
        *(len(mean), mean.shape[1], rounded(kl), int(seed), summary(answers, holes_decide(diagnostics))),
        *(answers, diagnostics, per_dimension, spectrum),
        *(collapse, about, round(time.perf_counter() - started, 1)),
    )


def _copied(function: Features, name: str) -> Features:
    """Copies in and out: functions write to what they get, and may return the same array at every call."""
    return lambda given: to_numpy(function(given.copy()), f"What {name} returns").copy()


def _about(codes: Codes, training: Codes | None, found: HeldOut, used: int, judge: str) -> dict[str, Any]:
    """Of what and how a report was made."""
    return {
        "codes": codes_hash(codes.mean, codes.logvar, codes.covariance),
        "training": None if training is None else codes_hash(training.mean, training.logvar, training.covariance),
        "training_images": found.trained,
        "halved": found.halved,
        "instrument": found.instrument,
        "dimensions_used": used,
        "images_compared_by": judge,
        "thresholds": {
            "informative": rounded(INFORMATIVE),
            "total_variation_and_holes": {name: list(ends) for name, ends in LIMITS.items()},
            "coverage_kept": dict(KEPT),
            "hole": TAU,
            "family_wise_level": LEVEL,
        },
        "budget": {
            "training_steps": found.steps,
            "draws_a_test_image": 1 if codes.logvar is None else DRAWS,
            "nulls": NULLS,
            "splits_of_the_images": SEEDS,
        },
        "versions": {name: version(name) for name in ("numpy", "scipy", "torch")},
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _steps(world: World, training: World | None, compared: list[Prior], *, decoded: bool) -> float:
    """The weight of all steps of `report`."""
    trained = len(world.mean) // 2 if training is None else len(training.mean)
    folds = 2 if training is None else 1
    total = 1.0 + NULLS + SEEDS * decoded
    for prior in compared:
        recipes = recipes_of(prior.dimensions, trained, short=bool(prior.of))
        total += sum(weight(recipe, folds) for recipe in recipes)
        total += MIXTURES * folds * (prior.dimensions <= 2 and prior.pool is None)
    return total
