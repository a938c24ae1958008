"""The fourth answer, of models whose gaps were measured: does the encoder lose much of the bound?"""

from dataclasses import replace

from vaeexplorer.analysis.report.diagnostics import Diagnostic, Estimate
from vaeexplorer.analysis.report.verdicts import ORDER, QUESTIONS, Answer, Scale, Verdict

LIMITS: dict[Answer, float] = {"yes": 0.5, "nearly": 1.0, "partly": 3.0}
"""nats of mean amortization gap, which must be smaller: neighbouring rows of published tables differ by .3 to .5"""
MOST = 5.0  # nats, where the axis ends


def level(nats: float) -> Answer:
    """By `LIMITS`."""
    return next((answer for answer, limit in LIMITS.items() if nats < limit), "no")


def encoder(lost: Diagnostic, missing: Diagnostic, median: float, images: int) -> Verdict:
    """The answer by the mean amortization gap, as sure as its interval over images.

    Args:
        lost: amortization gap, nats, its interval and its null.
        missing: approximation gap.
        median: of the amortization gap of single images, nats.
        images: how many were measured.
    """
    assert lost.value is not None
    assert lost.low is not None
    assert lost.high is not None
    answer, least, most = (level(value) for value in (lost.value, lost.low, lost.high))
    sentence = (
        f"The encoder's q(z|x) loses {lost.value:.2f} nats an image to the best diagonal Gaussian (half of the images "
        f"less than {median:.2f}), and that one {missing.value:.2f} to ln p(x)."
    )
    if lost.null:
        sentence += f" Of a linear model, where both are 0, {lost.null[0]:.3f} is measured."
    over = f"over {images:,} images"
    if least == most:
        sureness = f"Sure: both ends of the interval {over} agree."
    else:
        first, last = sorted((least, most), key=ORDER.index)
        sureness = f"Unsure: “{first}” to “{last}”, {over}."
    scale = Scale(
        *(lost.value, max(0.0, lost.low), lost.high, 0.0, MOST),
        *("nats", "Amortization gap", "none", ""),
    )
    return Verdict("encoder", QUESTIONS["encoder"], answer, sentence, sureness, scale)


def diagnostics(
    approximation: Estimate, amortization: Estimate, nulls: tuple[float, float] | None = None
) -> tuple[Diagnostic, Diagnostic]:
    """Both gaps as a report has them.

    Args:
        approximation, amortization: nats.
        nulls: the same of a linear model, where they are 0.
    """
    names, gaps = ("approximation_gap", "amortization_gap"), (approximation, amortization)
    first, second = (Diagnostic.estimated(name, "encoder", gap) for name, gap in zip(names, gaps, strict=True))
    if nulls is not None:
        first, second = replace(first, null=nulls[:1]), replace(second, null=nulls[1:])
    return first.in_short(), second.in_short()
