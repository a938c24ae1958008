"""The forest plot of a comparison: every measure of two models as a ratio with its interval, decided or not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from vaeexplorer.analysis.smoothness.bootstrap import Estimate
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Group, Measure, Row
from vaeexplorer.figures.theme import CLASS_COLORS, CLEAR, INK, themed

FIRST, SECOND = CLASS_COLORS[0], CLASS_COLORS[6]
FARTHEST = 8.0  # a ratio beyond is drawn as an arrow at the edge
TICKS, FINE_TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8), (0.75, 1, 1.5)  # the latter where the former are too far apart
ROW = 24  # pixels


@dataclass(frozen=True)
class _Line:
    """A row of the plot; `ratio` is turned so that below 1 the first model is the smoother one."""

    measure: Measure
    row: Row
    ratio: Estimate | None


def forest(rows: Sequence[Row], names: tuple[str, str], group: Group = "all", has_sides: bool = True) -> go.Figure:
    """Ratios of the two models' figures on a logarithmic axis, the smoother model's side left or right of 1.

    Args:
        rows: of a comparison.
        names: of the two models.
        group: of pairs.
        has_sides: whether the figure itself says which side is whose.
    """
    lines = _lines(rows, group)
    drawn = [line for line in lines if line.ratio]
    ends = [end for line in drawn if line.ratio for end in (line.ratio.low, line.ratio.high) if end > 0]
    reach = min(FARTHEST, max([1.25, *ends, *(1 / end for end in ends)]) * 1.08)
    kinds = (
        (FIRST, [x for x in drawn if x.row.decided and x.ratio and x.ratio.value < 1]),
        (SECOND, [x for x in drawn if x.row.decided and x.ratio and x.ratio.value > 1]),
        (INK, [line for line in drawn if not line.row.decided]),
    )
    figure = go.Figure([_dots(some, color, names, reach) for color, some in kinds if some])
    ink = {"color": INK, "size": 14}
    for line in lines:
        if line.ratio is None:
            text: str = line.row.note if line.row.difference is None else "a figure is 0"
            figure.add_annotation(
                x=0, y=line.measure.title, text=text, xanchor="left", xshift=8, showarrow=False, font=ink
            )
    figure.add_vline(1, line={"color": INK, "width": 1})
    themed(figure, title="", height=ROW * len(lines) + 104)
    figure.update_layout(margin={"t": 48 if has_sides else 8, "b": 8}, showlegend=False)
    for text, color, side, up in (
        (f"← {names[0]} smoother", FIRST, "left", 1),
        (f"{names[1]} smoother →", SECOND, "right", 0),  # a line lower: on a phone there is no room beside the other
    )[: 2 * has_sides]:
        where = {"x": int(side == "right"), "xref": "paper", "xanchor": side}
        height = {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 20 * up}
        figure.add_annotation(text=text, showarrow=False, font={"color": color, "size": 14}, **where, **height)
    ticks = [tick for tick in (TICKS if reach >= 2 else FINE_TICKS) if 1 / reach <= tick <= reach]
    figure.update_xaxes(
        type="log",
        range=[-math.log10(reach), math.log10(reach)],
        tickvals=ticks,
        ticktext=["×1" if tick == 1 else f"×{tick:g}" for tick in ticks],
        tickangle=0,
        fixedrange=True,
    )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=[line.measure.title for line in reversed(lines)],
        range=[-0.6, len(lines) - 0.4],
        showgrid=False,
        fixedrange=True,
    )
    return figure


def in_words(rows: Sequence[Row], names: tuple[str, str], group: Group = "all") -> str:
    """What the plot shows, for those who do not see it."""
    lines = [line for line in _lines(rows, group) if line.ratio]
    told = (
        f"{line.measure.title} {line.ratio.value:.2f}{'' if line.row.decided else ' (undecided)'}"
        for line in lines
        if line.ratio
    )
    return f"Ratios of {names[0]} to {names[1]}, below 1 where {names[0]} is smoother: {', '.join(told)}."


def _lines(rows: Sequence[Row], group: Group) -> list[_Line]:
    """From the first model's largest lead to the second's; what does not compare comes last."""
    about = {measure.key: measure for measure in MEASURES}
    lines = []
    for row in rows:
        measure, ratio = about[row.key], row.ratio
        if row.group != group or not measure.number:
            continue
        if ratio and measure.smoother > 0:
            ratio = Estimate(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
        lines.append(_Line(measure, row, ratio))
    return sorted(lines, key=lambda line: line.ratio.value if line.ratio else math.inf)


def _dots(lines: Sequence[_Line], color: str, names: tuple[str, str], reach: float) -> go.Scatter:
    """Dots with their whiskers, filled where decided; what lies beyond the axis is an arrow at its edge."""
    ratios = [line.ratio for line in lines if line.ratio]
    x = [min(max(ratio.value, 1 / reach), reach) for ratio in ratios]
    symbols = [
        "triangle-left" if ratio.value < 1 / reach else "triangle-right" if ratio.value > reach else "circle"
        for ratio in ratios
    ]
    return go.Scatter(
        x=x,
        y=[line.measure.title for line in lines],
        mode="markers",
        marker={
            "color": [color if line.row.decided else CLEAR for line in lines],
            "line": {"color": color, "width": 2},
            "size": 10,
            "symbol": symbols,
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, min(ratio.high, reach) - at) for ratio, at in zip(ratios, x, strict=True)],
            "arrayminus": [max(0.0, at - max(ratio.low, 1 / reach)) for ratio, at in zip(ratios, x, strict=True)],
            "color": color,
            "thickness": 2,
            "width": 0,
        },
        customdata=[_hover(line, names) for line in lines],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(line: _Line, names: tuple[str, str]) -> str:
    row = line.row
    figures = [
        f"{name} {estimate.value:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"
        for name, estimate in zip(names, (row.a, row.b), strict=True)
        if estimate
    ]
    if row.ratio:
        figures.append(f"ratio {row.ratio.value:.3g} [{row.ratio.low:.3g}, {row.ratio.high:.3g}]")
    unit = f" ({line.measure.unit})" if line.measure.unit else ""
    return "<br>".join([f"<b>{line.measure.title}</b>{unit}", *figures, line.row.note or "decided"])
