"""The forest plot: left is smoother for the first model, filled is decided, and no ratio leaves the axis."""

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from vaeexplorer.analysis.smoothness.bootstrap import Estimate
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Row
from vaeexplorer.figures.smoothness import FARTHEST, FIRST, SECOND, forest, in_words
from vaeexplorer.figures.theme import CLEAR, INK

NAMES = ("ours", "theirs")


def row(key: str, ratio: float, half: float = 0.1) -> Row:
    one = Estimate(1.0, 0.9, 1.1)
    decided = abs(ratio - 1) > half
    difference = Estimate(ratio - 1, ratio - 1 - half, ratio - 1 + half)
    found = Row(key, "all", one, one, difference, Estimate(ratio, ratio - half, ratio + half), 500)
    assert found.decided == decided
    return found


@pytest.fixture
def rows() -> list[Row]:
    table = {measure.key: row(measure.key, 1.0) for measure in MEASURES}
    table["curvature_pixels"] = row("curvature_pixels", 0.5)  # less is smoother: ours
    table["trustworthiness"] = row("trustworthiness", 0.5)  # more is smoother: theirs
    table["entropy"] = replace(row("entropy", 2.0), ratio=None)
    table["cycle"] = replace(row("cycle", 0.2), difference=None, ratio=None)
    return list(table.values())


def dots(figure: go.Figure) -> dict[str, tuple[float, str, str]]:
    """By title: where, in which colour, and filled with which."""
    return {
        title: (x, trace.marker.line.color, fill)
        for trace in figure.data
        for title, x, fill in zip(trace.y, trace.x, trace.marker.color, strict=True)
    }


def test_left_is_smoother_for_the_first_whichever_way_a_measure_runs(rows: list[Row]) -> None:
    found = dots(forest(rows, NAMES))
    assert found["Curvature, pixels"] == (0.5, FIRST, FIRST)
    assert found["Trustworthiness"] == (2.0, SECOND, SECOND)
    assert found["Detour ratio, pixels"] == (1.0, INK, CLEAR)
    assert "entropy" not in " ".join(found).lower()
    assert len(found) == 12  # of fourteen: what has no ratio says why
    turned = dots(forest([replace(each, ratio=each.ratio and Estimate(2, 1.9, 2.1)) for each in rows], NAMES))
    assert turned["Curvature, pixels"][0] == 2


def test_what_does_not_compare_says_why_and_stands_last(rows: list[Row]) -> None:
    figure = forest(rows, NAMES)
    texts = {note.y: note.text for note in figure.layout.annotations}
    assert texts["Cycle error"] == "not comparable: D differs"
    assert texts["Class entropy"] == "a figure is 0"
    assert set(figure.layout.yaxis.categoryarray[:2]) == {"Cycle error", "Class entropy"}
    assert {"← ours smoother", "theirs smoother →"} <= {note.text for note in figure.layout.annotations}
    assert "Curvature, pixels 0.50, Detour" in in_words(rows, NAMES)
    assert "Trustworthiness 2.00." in in_words(rows, NAMES)


def test_a_ratio_beyond_the_axis_is_an_arrow_at_its_edge(rows: list[Row]) -> None:
    far = [replace(each, ratio=Estimate(1e-6, 1e-7, 1e-5)) if each.key == "curvature_pixels" else each for each in rows]
    figure = forest(far, NAMES)
    low, high = figure.layout.xaxis.range
    assert high < 1.0 < FARTHEST  # 10^high is the reach
    ours = next(trace for trace in figure.data if trace.marker.line.color == FIRST)
    assert ours.marker.symbol[ours.y.index("Curvature, pixels")] == "triangle-left"
    assert min(ours.x) >= 10**low
    assert all(each >= 0 for trace in figure.data for each in (*trace.error_x.array, *trace.error_x.arrayminus))
    assert forest([replace(each, group="within") for each in rows], NAMES).data == ()
