"""The three questions, each answered in plain sentences that are built from the numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vaeexplorer.analysis.report.diagnostics import Diagnostic, Question

Answer = Literal["yes", "nearly", "partly", "no", "n/a"]
QUESTIONS: dict[Question, str] = {
    "posteriors": "Is each posterior informative?",
    "aggregate": "Does the aggregate posterior match the prior?",
    "samples": "Do samples from the prior decode well?",
}
# Where an answer changes. A difference can be certain and yet too small to matter: these say what matters.
INFORMATIVE = math.log(2)  # nats: less does not tell two images apart
ACCURACY = {"nearly": 0.55, "partly": 0.65}  # of the classifier between q(z) and the prior
HOLES = {"nearly": 0.02, "partly": 0.15}  # of the prior's mass, beyond the null's
LIKE_REAL: dict[Answer, float] = {"yes": 0.9, "nearly": 0.7, "partly": 0.4}  # of what real images reach


@dataclass(frozen=True)
class Verdict:
    """An answer to one question: a word, the sentence that gives its grounds, and how sure it is."""

    question: Question
    asked: str
    answer: Answer
    sentence: str
    sureness: str


class _Found:
    """Diagnostics by name; those without a value are not there."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.all = diagnostics

    def __call__(self, key: str, of: str = "") -> Diagnostic | None:
        found = (d for d in self.all if (d.key, d.of) == (key, of) and d.value is not None)
        return next(found, None)

    def value(self, key: str, of: str = "") -> float:
        diagnostic = self(key, of)
        assert diagnostic is not None
        assert diagnostic.value is not None
        return diagnostic.value


def verdicts(diagnostics: Sequence[Diagnostic], *, count: int, dimensions: int, kl: float | None) -> list[Verdict]:
    """One verdict a question, in their order.

    Args:
        diagnostics: of a report.
        count: N, how many codes.
        dimensions: D.
        kl: nats per image; None where codes are points.
    """
    found = _Found(diagnostics)
    return [
        _posteriors(found, count, dimensions, kl),
        _aggregate(found, count, exact=kl is not None and dimensions == 2),
        _samples(found),
    ]


def _verdict(question: Question, answer: Answer, sentence: str, sureness: str) -> Verdict:
    return Verdict(question, QUESTIONS[question], answer, sentence, sureness)


def _posteriors(found: _Found, count: int, dimensions: int, kl: float | None) -> Verdict:
    if kl is None:
        sentence = "An autoencoder maps an image to a point: there is no posterior to be informative."
        return _verdict("posteriors", "n/a", sentence, "")
    unused = round(found.value("collapsed") * dimensions)
    used = f"{dimensions - unused} of {dimensions} dimensions carry it"
    mutual = found("mutual_information")
    information = kl if mutual is None or mutual.value is None else mutual.value
    answer: Answer = "no" if min(information, kl) < INFORMATIVE else "partly" if unused else "yes"
    if mutual is None:
        return _verdict(
            "posteriors", answer, f"z costs {kl:.2f} nats an image; {used}.", "Unsure: the KL is only an upper bound."
        )
    if answer == "no":
        sentence = f"z says {max(information, 0):.2f} nats about which image it came from, not enough to tell two apart"
    else:
        least = "at least " if mutual.flag else ""
        sentence = (
            f"z says {least}{information:.2f} of its {kl:.2f} nats about which image it came from, "
            f"enough to tell {least}{_about(math.exp(information))} images apart"
        )
    sentence += f"; {used}, the rest have collapsed." if unused else f"; {used}."
    if mutual.flag:
        ceiling = f"ln N = {math.log(count):.2f}"
        return _verdict(
            "posteriors",
            answer,
            sentence,
            f"Sure of the answer, not of the number: with {count:,} codes no estimate can pass {ceiling}, "
            f"and the truth lies between it and the KL.",
        )
    return _verdict(
        "posteriors", answer, sentence, f"Sure: the estimate is well below its ceiling, {math.log(count):.2f}."
    )


def _aggregate(found: _Found, count: int, *, exact: bool) -> Verdict:
    judged = [d for d in found.all if d.question == "aggregate" and d.of == "" and d.value is not None]
    known = [d for d in judged if d.outside is not None]
    outside = [d for d in known if d.outside]
    classifier, holes = found("classifier"), found("holes")
    assert classifier is not None
    assert holes is not None
    accuracy, mass = found.value("classifier"), found.value("holes")
    empty = mass - (holes.null_mean or 0.0)
    answer: Answer = "no"
    if known and not outside:
        answer = "yes"
    else:
        for level in ("partly", "nearly"):
            if accuracy < ACCURACY[level] and empty < HOLES[level]:
                answer = "partly" if level == "partly" else "nearly"
    what = "codes" if found("kl") is None else "draws of q(z)"
    sentence = (
        f"A classifier tells {what} from draws of the prior in {100 * accuracy:.1f} % of cases "
        f"(a perfect model: {100 * (classifier.null_mean or 0.5):.1f} %), and {_percent(mass)} of the prior's mass "
        f"lies in holes, where q(z) is less than a tenth of it{'' if exact else ' as far as the classifier sees'} "
        f"(a perfect model: {_percent(holes.null_mean or 0.0)})"
    )
    whitened = found("classifier", "fitted Gaussian")
    if whitened is not None:
        mixture = found.value("classifier", "10-component mixture")
        sentence += (
            f". Moved and stretched to the prior's mean and covariance they are told apart in "
            f"{100 * found.value('classifier', 'fitted Gaussian'):.1f} %, from a 10-component mixture in "
            f"{100 * mixture:.1f} %"
        )
    sentence += "."
    if not known:
        return _verdict("aggregate", answer, sentence, f"Unsure: {count:,} codes are too few to tell.")
    if answer == "yes":
        sureness = (
            f"As sure as {count:,} codes allow: none of {len(known)} diagnostics leaves what a perfect model shows."
        )
        if found("kl") is not None and min(found.value("kl"), math.inf) < INFORMATIVE:
            sureness += " But a collapsed model passes this test too."
        return _verdict("aggregate", answer, sentence, sureness)
    share = f"{len(outside)} of {len(known)} diagnostics lie outside what a perfect model of this size shows"
    sure = "Sure" if len(outside) >= 3 else "Fairly sure"
    return _verdict("aggregate", answer, sentence, f"{sure}: {share}.")


def _samples(found: _Found) -> Verdict:
    covered = found("coverage")
    if covered is None:
        return _verdict("samples", "n/a", "There is no decoder here, so nothing was decoded.", "")
    density = found("density")
    assert density is not None
    reached = min(
        found.value(key) / max(found_null, 1e-9)
        for key, found_null in (("coverage", covered.null_mean or 1.0), ("density", density.null_mean or 1.0))
    )
    answer: Answer = next((level for level, least in LIKE_REAL.items() if reached >= least), "no")
    sentence = (
        f"Decoded prior samples come near {_percent(found.value('coverage'))} of the test images "
        f"(other real images: {_percent(covered.null_mean or 0.0)}), with a density of "
        f"{found.value('density'):.2f} (real images: {density.null_mean or 1.0:.2f})"
    )
    own = found("coverage", "reconstructions")
    if own is not None:
        best, lost = found.value("coverage", "reconstructions"), (covered.null_mean or 0.0) - found.value("coverage")
        blame = "where the prior puts z" if lost > 2 * ((covered.null_mean or 0.0) - best) else "the decoder"
        sentence += f". Reconstructions reach {_percent(best)} and {found.value('density', 'reconstructions'):.2f}"
        if answer != "yes":
            sentence += f", so most of the loss comes from {blame}"
    if found("coverage", "fitted Gaussian") is not None:
        gaussian, mixture = (
            _percent(found.value("coverage", of)) for of in ("fitted Gaussian", "10-component mixture")
        )
        sentence += f". Samples of a Gaussian fitted to the codes reach {gaussian}, of a 10-component mixture {mixture}"
    sentence += "."
    effect = covered.effect
    if covered.outside is None or effect is None:
        return _verdict("samples", answer, sentence, "Unsure: too few images to tell.")
    sure = (
        f"Sure that real images do better: {abs(effect):.0f} standard deviations of the null"
        if covered.outside
        else "As sure as this many images allow: real images do no better"
    )
    return _verdict("samples", answer, sentence, f"{sure}. What looks alike is judged by a network's features.")


def _about(number: float) -> str:
    """To one digit: 1,234 -> about 1,000."""
    digits = 10 ** int(math.log10(max(number, 1)))
    return f"about {round(number / digits) * digits:,}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
