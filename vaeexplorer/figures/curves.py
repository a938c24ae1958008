"""Learning curves: nats per image at every epoch, for train and test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from vaeexplorer.figures.theme import AXIS, INK, LABEL, cycle_color, look


@dataclass(frozen=True)
class Curve:
    """One quantity of one run."""

    name: str
    train: Sequence[float]
    """nats per image, from epoch 1"""
    test: Sequence[float]
    """nats per image, from epoch 1"""


@dataclass(frozen=True)
class Reference:
    """A horizontal line that a curve is read against."""

    name: str
    value: float
    """nats per image"""


def learning_curves(
    curves: Sequence[Curve],
    *,
    title: str,
    unit: str,
    references: Sequence[Reference] = (),
    log: bool = False,
    height: int = 380,
) -> go.Figure:
    """Test as a solid line, train dotted, one colour a run; the page names the colours once for all its figures.

    Args:
        curves: one a run; beyond ten, colours repeat.
        title: what to see.
        unit: of the vertical axis.
        references: horizontal lines, named at their right end.
        log: logarithmic vertical axis.
        height: pixels.
    """
    # Whole parts at once: plotly takes eight times as long to change a figure bit by bit.
    layout = look(title, height) | {
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": AXIS | {"title": {"text": "epoch"}, "rangemode": "tozero"},
        "yaxis": AXIS | {"title": {"text": unit}, "type": "log" if log else "linear"},
        "shapes": [_line(reference) for reference in references],
        "annotations": [_name(reference, log=log) for reference in references],
    }
    return go.Figure([_trace(number, curve, part) for number, curve in enumerate(curves) for part in _DASHES], layout)


_DASHES = {"test": "solid", "train": "dot"}


def _trace(number: int, curve: Curve, part: str) -> dict[str, Any]:
    values = curve.test if part == "test" else curve.train
    return {
        "type": "scatter",
        "x": list(range(1, len(values) + 1)),
        "y": list(values),
        "mode": "lines+markers" if len(values) == 1 else "lines",
        "name": f"{curve.name} · {part}",
        "legendgroup": curve.name,
        "line": {"color": cycle_color(number), "width": 2, "dash": _DASHES[part]},
        "hovertemplate": "epoch %{x}: %{y:.2f}<extra>" + f"{curve.name} · {part}</extra>",
    }


def _line(reference: Reference) -> dict[str, Any]:
    height = {"y0": reference.value, "y1": reference.value}
    line = {"color": INK, "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", **height, "line": line}


def _name(reference: Reference, *, log: bool) -> dict[str, Any]:
    return {
        "text": f"{reference.name} {reference.value:.1f}",
        "font": {"color": INK, "size": LABEL},
        "x": 1,
        "xref": "x domain",
        "y": math.log10(reference.value) if log else reference.value,  # of a logarithmic axis, its exponent
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
    }
