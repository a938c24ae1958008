"""What a comparison comes to, in sentences that are made of its figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Measure, Row

SCOPE = (
    "The intervals of all differences hold together at 95%, over image pairs. So this is about these two trained "
    "models, one seed each, and not about their kinds: other seeds may differ by more."
)


def verdict(rows: Sequence[Row], names: tuple[str, str], conditions: Mapping[str, Any]) -> list[str]:
    """A few plain sentences, whatever the figures are; the first one is the answer.

    Args:
        rows: of the comparison; those over all pairs are spoken of.
        names: of the two models.
        conditions: of the comparison.
    """
    judged = _judged(rows)
    sentences = [_balance(judged, names), _price(rows, names, judged.smoother), SCOPE]
    if conditions.get("training_images_are_a_sample"):
        sentences.append(
            f"Nearest training images are of the {conditions['nearest_of']:,} that are here, a sample of the full set."
        )
    return sentences


def details(rows: Sequence[Row], names: tuple[str, str], kept: tuple[int, int]) -> list[str]:
    """Sentences that name every measure over all pairs: who is ahead in it, or why nobody is.

    Args:
        rows: of the comparison.
        names: of the two models.
        kept: how many dimensions of each model carry something.
    """
    judged, found = _judged(rows), {row.key: row for row in rows if row.group == "all"}
    sentences = [
        f"{name} is ahead in {_list(_quoted(measure, found[measure.key]) for measure in measures)}."
        for name, measures in zip(names, judged.smoother, strict=True)
        if measures
    ]
    if judged.undecided:
        sentences.append(f"Undecided, because the interval of the difference holds 0: {_titles(judged.undecided)}.")
    if judged.apart:
        titles = _titles(judged.apart)
        sentences.append(
            f"Not comparable, because {names[0]} uses {kept[0]} dimensions and {names[1]} {kept[1]}: {titles}."
        )
    if judged.missing:
        sentences.append(f"Without a figure here: {_titles(judged.missing)}.")
    return sentences


def balance(rows: Iterable[Row]) -> tuple[int, int, int]:
    """In how many measures over all pairs the first model is smoother, the second, and neither for sure."""
    judged = _judged(rows)
    first, second = map(len, judged.smoother)
    return first, second, len(judged.undecided)


class _Judged(NamedTuple):
    """The measures over all pairs, by what came of them; `smoother` has those in which either model is ahead."""

    smoother: tuple[list[Measure], list[Measure]]
    undecided: list[Measure]
    apart: list[Measure]
    missing: list[Measure]


def _judged(rows: Iterable[Row]) -> _Judged:
    found = {row.key: row for row in rows if row.group == "all"}
    judged = _Judged(([], []), [], [], [])
    for measure in MEASURES:
        row = found[measure.key]
        if not measure.number:
            continue
        if row.difference is None:
            (judged.missing if row.a is None else judged.apart).append(measure)
        elif not row.decided:
            judged.undecided.append(measure)
        else:
            judged.smoother[(row.difference.value > 0) == (measure.smoother < 0)].append(measure)
    return judged


def _balance(judged: _Judged, names: tuple[str, str]) -> str:
    first, second = map(len, judged.smoother)
    undecided = len(judged.undecided)
    total = first + second + undecided
    if not total:
        return "Nothing could be measured: the codes do not vary, or the decoders do not change."
    counts = f"{first} of {total} figures for {names[0]}, {second} for {names[1]}, {undecided} undecided"
    if not first and not second:
        return f"No difference in smoothness is larger than chance ({counts})."
    if not first or not second:
        return f"Where the two differ beyond chance, {names[first == 0]} is the smoother one ({counts})."
    return f"Neither is smoother in every respect ({counts})."


def _price(rows: Iterable[Row], names: tuple[str, str], smoother: tuple[list[Measure], list[Measure]]) -> str:
    error = next(row for row in rows if (row.key, row.group) == ("error", "all"))
    if error.a is None or error.b is None:
        return "The reconstruction errors could not be compared."
    figures = f"{error.a.value:.2f} against {error.b.value:.2f}, with x' decoded from the mean of q(z|x)"
    if not error.decided:
        return f"Their reconstruction errors differ by no more than chance ({figures}), so blur explains little."
    worse = int(error.a.value < error.b.value)
    said = f"{names[worse]} reconstructs worse ({figures})"
    if len(smoother[worse]) > len(smoother[1 - worse]):
        return f"{said}: part of its smoothness may be blur, for a decoder that draws one image is trivially smooth."
    return f"{said}, and is not the smoother one for it."


def _quoted(measure: Measure, row: Row) -> str:
    assert row.a
    assert row.b
    return f"{measure.title[0].lower()}{measure.title[1:]} ({row.a.value:.3g} against {row.b.value:.3g})"


def _titles(measures: Iterable[Measure]) -> str:
    return _list(f"{measure.title[0].lower()}{measure.title[1:]}" for measure in measures)


def _list(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
