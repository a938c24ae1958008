"""What a comparison comes to, in sentences that are made of its figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Measure, Row


def verdict(
    rows: Sequence[Row], names: tuple[str, str], conditions: Mapping[str, Any], kept: tuple[int, int]
) -> list[str]:
    """A few plain sentences, whatever the figures are.

    Args:
        rows: of the comparison; those over all pairs are spoken of.
        names: of the two models.
        conditions: of the comparison.
        kept: how many dimensions of each model carry something.
    """
    found = {row.key: row for row in rows if row.group == "all"}
    judged = [measure for measure in MEASURES if measure.number]
    smoother: tuple[list[Measure], list[Measure]] = ([], [])
    undecided, missing = [], []
    for measure in judged:
        row = found[measure.key]
        if row.difference is None:
            missing.append(measure)
        elif not row.decided:
            undecided.append(measure)
        else:
            smoother[(row.difference.value > 0) == (measure.smoother < 0)].append(measure)
    sentences = [_balance(smoother, undecided, names)]
    sentences += [
        f"{name} is ahead in {_list(_quoted(measure, found[measure.key]) for measure in measures)}."
        for name, measures in zip(names, smoother, strict=True)
        if measures
    ]
    if undecided:
        sentences.append(f"Undecided, because the interval of the difference holds 0: {_titles(undecided)}.")
    if missing:
        sentences.append(f"Without a figure here: {_titles(missing)}.")
    sentences.append(_price(found["error"], names, smoother))
    if kept[0] != kept[1]:
        sentences.append(
            f"Whitened measures are over the {kept[0]} dimensions that {names[0]} uses and the {kept[1]} of {names[1]}."
        )
    if conditions.get("training_images_are_a_sample"):
        sentences.append(
            f"Nearest training images are of the {conditions['nearest_of']:,} that are here, a sample of the full set."
        )
    return sentences


def _balance(smoother: tuple[list[Measure], list[Measure]], undecided: list[Measure], names: tuple[str, str]) -> str:
    first, second = map(len, smoother)
    total = first + second + len(undecided)
    if not total:
        return "Nothing could be measured: the codes do not vary, or the decoders do not change."
    counts = f"{first} of {total} figures for {names[0]}, {second} for {names[1]}, {len(undecided)} undecided"
    if not first and not second:
        return f"No difference in smoothness is certain ({counts})."
    if not first or not second:
        return f"Where the two differ for certain, {names[first == 0]} is the smoother one ({counts})."
    return f"Neither is smoother in every respect ({counts})."


def _price(error: Row, names: tuple[str, str], smoother: tuple[list[Measure], list[Measure]]) -> str:
    if error.a is None or error.b is None:
        return "The reconstruction errors could not be compared."
    figures = f"{error.a.value:.2f} against {error.b.value:.2f} squared error an image"
    if not error.decided:
        return f"They reconstruct equally well as far as can be told ({figures}), so blur is no explanation."
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
