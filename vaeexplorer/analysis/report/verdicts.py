"""The questions, each answered by a number, its interval and sentences that are built from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vaeexplorer.analysis.report.classifier.held_out import power
from vaeexplorer.analysis.report.diagnostics import Diagnostic, Question

Answer = Literal["yes", "nearly", "partly", "no", "n/a"]
QUESTIONS: dict[Question, str] = {
    "posteriors": "Is z informative?",
    "aggregate": "Do codes match the prior?",
    "samples": "Are samples as good as x′?",
    "encoder": "Is the encoder good enough?",
}
ORDER: tuple[Answer, ...] = ("yes", "nearly", "partly", "no")
# Where an answer changes: by the size of an effect, never by p.
INFORMATIVE = math.log(2)  # nats: less does not tell two images apart
LIMITS: dict[Answer, tuple[float, float]] = {"yes": (0.04, 0.01), "nearly": (0.10, 0.02), "partly": (0.30, 0.15)}
"""total variation and prior mass in holes, both of which must be smaller"""
KEPT: dict[Answer, float] = {"yes": 0.9, "nearly": 0.7, "partly": 0.4}  # of the coverage of reconstructions, at least
DECODES = 0.05  # of the test images that reconstructions must come near, or there is nothing to keep
POWER = 0.9  # with which a mismatch must have been visible before its absence is called sure


@dataclass(frozen=True)
class Scale:
    """The number that an answer rests on, where it is ideal, and where its axis, which begins at 0, ends.

    Attributes:
        low, high: 90 % interval.
        ideal: None where nothing is.
        unit: "nats" or "%".
        label, ideal_label, most_label: what stands beside the number, at the ideal and at the end.
    """

    value: float
    low: float
    high: float
    ideal: float | None
    most: float
    unit: str
    label: str
    ideal_label: str
    most_label: str


@dataclass(frozen=True)
class Verdict:
    """An answer to one question, its number, the sentence that gives its grounds, and how sure it is."""

    question: Question
    asked: str
    answer: Answer
    sentence: str
    sureness: str
    scale: Scale | None = None


class _Found:
    """Diagnostics by name; those without a value are not there."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.all = diagnostics

    def __call__(self, key: str, of: str = "") -> Diagnostic | None:
        return next((d for d in self.all if (d.key, d.of) == (key, of) and d.value is not None), None)

    def value(self, key: str, of: str = "") -> float:
        """Of one that is there."""
        return self.limits(key, of)[0]

    def limits(self, key: str, of: str = "") -> tuple[float, float, float]:
        """Value, low and high."""
        found = self(key, of)
        assert found is not None
        assert found.value is not None
        low, high = (found.value if end is None else end for end in (found.low, found.high))
        return found.value, low, high


def verdicts(
    diagnostics: Sequence[Diagnostic], *, count: int, dimensions: int, used: int, trained: int, judge: str
) -> list[Verdict]:
    """One verdict a question, in their order.

    Args:
        diagnostics: of a report.
        count: N, how many codes.
        dimensions: D.
        used: in how many of them the classifier looked.
        trained: by how many images' codes it was trained.
        judge: in what images are compared, in words; empty for their pixels.
    """
    found = _Found(diagnostics)
    return [
        _posteriors(found, count, dimensions),
        _aggregate(found, count, used, trained),
        _samples(found, judge),
    ]


def summary(verdicts: Sequence[Verdict], holes_decide: bool) -> str:
    """The line above the cards.

    The rule: a model whose z is not informative has collapsed, and nothing else is said. Else the second answer leads.
    Short of "yes" it names what is wrong: holes where they alone lower the answer, else that codes do not follow the
    prior. The third answer is added where it is "partly" or "no".
    """
    informative, match, samples = (each.answer for each in verdicts)
    if informative == "no":
        return "It has collapsed: z carries next to nothing, so that matching the prior says little."
    wrong = "except for holes" if holes_decide else "codes do not follow the prior"
    lead = {
        "yes": "Yes",
        "nearly": "Nearly, except for small holes" if holes_decide else "Nearly",
        "partly": f"Partly: {wrong}" if not holes_decide else "Yes, except for holes in the prior",
        "no": "No: much of the prior is empty" if holes_decide else "No: codes do not follow the prior",
    }[match]
    if samples in ("partly", "no"):
        joint = ", but" if match in ("yes", "nearly") else ", and"
        lead += f"{joint} samples are worse than reconstructions"
    return f"{lead}."


def level(total_variation: float, holes: float) -> Answer:
    """By `LIMITS`."""
    return next((each for each, (tv, h) in LIMITS.items() if total_variation < tv and holes < h), "no")


def holes_decide(diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether without holes the second answer would be better."""
    found = _Found(diagnostics)
    tv, holes = found.value("total_variation"), _holes(found)[0]
    return ORDER.index(level(tv, 0.0)) < ORDER.index(level(tv, holes))


def _holes(found: _Found) -> tuple[float, float, float]:
    """By isotonic regression where that is sound, else the lower bound; never below 0."""
    value, low, high = found.limits("holes" if found("holes") else "hole_bound")
    return max(0.0, value), max(0.0, low), max(0.0, high)


def _posteriors(found: _Found, count: int, dimensions: int) -> Verdict:
    asked = QUESTIONS["posteriors"]
    if found("kl") is None:
        sentence = "Codes are points: there is no posterior to be informative."
        return Verdict("posteriors", asked, "n/a", sentence, "")
    kl = found.value("kl")
    unused = round(found.value("collapsed") * dimensions)
    used = f"{dimensions - unused} of {dimensions} dimensions carry it"
    used += ", the rest have collapsed." if unused else "."
    mutual = found("mutual_information")
    if mutual is None:
        answer: Answer = "no" if kl < INFORMATIVE else "partly" if unused else "yes"
        sentence = f"z costs {kl:.2f} nats an image; {used}"
        return Verdict("posteriors", asked, answer, sentence, "Unsure: the KL is only an upper bound.")
    information, low, high = found.limits("mutual_information")
    answer = "no" if min(information, kl) < INFORMATIVE else "partly" if unused else "yes"
    limit = found.value("information_limit")
    least = "at least " if mutual.flag.startswith("saturated") else ""
    if answer == "no":
        sentence = (
            f"z says {max(0.0, information):.2f} nats about which image it came from: not enough to tell two apart"
        )
        if information < 0:
            sentence += " (the estimate is below 0 by noise)"
    else:
        sentence = (
            f"z singles out one image among {least or 'about '}{_rounded(math.exp(information))}; I(z; x) lies between "
            f"{information:.2f} and {limit:.2f} nats of the KL's {kl:.2f}"
        )
    ceiling = math.log(count)
    if count < 1000:
        sureness = f"Unsure: {count:,} codes are few."
    elif least:
        sureness = (
            f"Sure of the answer; of the number only that it is no less: with {count:,} codes no estimate passes "
        )
        sureness += f"ln N = {ceiling:.2f}."
    elif (low < INFORMATIVE) == (high < INFORMATIVE):
        sureness = "Sure: both ends of the interval give the same answer."
    else:
        sureness = "Unsure: the interval holds ln 2, where the answer changes."
    ideal_label = "KL" if kl <= ceiling else f"KL {kl:.1f}, beyond"
    scale = Scale(information, low, high, min(kl, ceiling), round(ceiling, 4), "nats", "I(z; n)", ideal_label, "ln N")
    return Verdict("posteriors", asked, answer, f"{sentence}; {used}", sureness, scale)


def _aggregate(found: _Found, count: int, used: int, trained: int) -> Verdict:
    tv, tv_low, tv_high = found.limits("total_variation")
    accuracy, low, high = found.limits("classifier")
    holes, holes_low, holes_high = _holes(found)
    answer = level(tv, holes)
    exact = found("holes") is not None
    what = "codes" if found("kl") is None else "draws of q(z)"
    sentence = (
        f"A classifier that never saw these images tells {what} from draws of the prior in {_percent(accuracy)} of "
        f"cases (by chance 50 %): total variation at least {tv_low:.3f}. {'About' if exact else 'At least'} "
        f"{_percent(holes if exact else holes_low)} of the prior's mass lies in holes, where q(z) is less than a tenth"
    )
    if found("classifier", "fitted Gaussian") is not None:
        fitted, mixture = (
            _percent(found.value("classifier", of)) for of in ("fitted Gaussian", "10-component mixture")
        )
        sentence += (
            f". From a Gaussian fitted to them codes are told in {fitted}, from a 10-component mixture in {mixture}"
        )
    seen = 1.0 if answer == "no" else power(LIMITS[answer][0], used, trained, tv, 2 * (high - accuracy))
    sureness = _sure(answer, level(tv_low, holes_low), level(tv_high, holes_high), seen)
    kl = found("kl")
    if count < 1000:
        sureness = f"Unsure: {count:,} codes are few."
    if kl is not None and found.value("kl") < INFORMATIVE and answer in ("yes", "nearly"):
        sureness += " A collapsed model passes this test too."
    value, low, high = (round(100 * each, 2) for each in (accuracy, low, high))
    scale = Scale(value, low, high, 50.0, 100.0, "%", "told from the prior", "ideal", "")
    return Verdict("aggregate", QUESTIONS["aggregate"], answer, f"{sentence}.", sureness, scale)


def _sure(answer: Answer, least: Answer, most: Answer, seen: float) -> str:
    """How sure the second answer is: by both ends of its intervals, and by power."""
    if least == most == answer and seen >= POWER:
        return "Sure: both ends of the interval agree."
    if least == most == "yes":  # which a lower bound alone never makes sure
        return (
            f"Not sure: a mismatch of simple shape and total variation {LIMITS['yes'][0]:g} would have shown in "
            f"{_percent(seen)} of such reports, finer structure in fewer."
        )
    if least == answer != "yes":
        return "Sure that it is no better; a classifier finds a part of what there is, so that it may be worse."
    return f"Unsure: the interval reaches from “{least}” to “{most}”."


def _samples(found: _Found, judge: str) -> Verdict:
    asked = QUESTIONS["samples"]
    covered = found("coverage")
    if covered is None:
        return Verdict("samples", asked, "n/a", "There is no decoder here, so nothing was decoded.", "")
    value, low, high = (round(100 * each, 2) for each in found.limits("coverage"))
    real = found.value("coverage", "real images")
    own = found.value("coverage", "reconstructions") if found("kept") else None
    ideal = None if own is None else round(100 * own, 2)
    scale = Scale(value, low, high, ideal, round(100 * real, 2), "%", "of test images covered", "x′", "real images")
    sentence = f"Decoded prior samples come near {value:.1f} % of the test images"
    if own is None:
        sentence += f" (other real images: {_percent(real)}). Reconstructions of other images could not be compared."
        return Verdict("samples", asked, "n/a", sentence, "", scale)
    kept, kept_low, kept_high = found.limits("kept")
    sentence += (
        f", reconstructions of other images {_percent(own)}: a ratio of {kept:.2f}. Other real images come near "
    )
    sentence += _percent(real)
    if found("coverage", "fitted Gaussian") is not None:
        gaussian, mixture = (
            _percent(found.value("coverage", of)) for of in ("fitted Gaussian", "10-component mixture")
        )
        sentence += f", samples of a Gaussian fitted to the codes {gaussian}, of a 10-component mixture {mixture}"
    sentence += "."
    if not judge:
        why = (
            "Images are compared by pixels, which rewards blur: that decides nothing. The features of a classifier of "
            "such images would."
        )
        return Verdict("samples", asked, "n/a", sentence, why, scale)
    if own < DECODES:
        why = "Sure: the decoder itself fails, whatever the samples."
        return Verdict("samples", asked, "no", sentence, why, scale)
    answer, least, most = _kept(kept), _kept(kept_high), _kept(kept_low)
    sure = "Sure: both ends of the interval agree" if least == most else f"Unsure: it may be “{least}” or “{most}”"
    return Verdict("samples", asked, answer, sentence, f"{sure}. Images are compared by {judge}.", scale)


def _kept(share: float) -> Answer:
    return next((each for each, least in KEPT.items() if share >= least), "no")


def _rounded(number: float) -> str:
    """To one digit: 1,234 -> 1,000."""
    digits = 10 ** int(math.log10(max(number, 1)))
    return f"{round(number / digits) * digits:,}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
