"""Learning curves: nats per image at every epoch, for train and test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from vaeexplorer.figures.theme import INK, cycle_color, themed


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
    figure = go.Figure()
    for number, curve in enumerate(curves):
        color = cycle_color(number)
        for part, values, dash in (("test", curve.test, "solid"), ("train", curve.train, "dot")):
            figure.add_trace(
                go.Scatter(
                    x=list(range(1, len(values) + 1)),
                    y=list(values),
                    mode="lines+markers" if len(values) == 1 else "lines",
                    name=f"{curve.name} · {part}",
                    legendgroup=curve.name,
                    line={"color": color, "width": 2, "dash": dash},
                    hovertemplate="epoch %{x}: %{y:.2f}<extra>" + f"{curve.name} · {part}</extra>",
                )
            )
    for reference in references:
        figure.add_hline(y=reference.value, line={"color": INK, "width": 1, "dash": "dash"})
        figure.add_annotation(
            text=f"{reference.name} {reference.value:.1f}",
            font={"color": INK, "size": 11},
            x=1,
            xref="x domain",
            y=math.log10(reference.value) if log else reference.value,  # of a logarithmic axis, its exponent
            xanchor="right",
            yanchor="bottom",
            showarrow=False,
        )
    themed(figure, title=title, height=height, hovermode="closest", showlegend=False)
    figure.update_xaxes(title="epoch", rangemode="tozero")
    figure.update_yaxes(title=unit, type="log" if log else "linear")
    return figure
