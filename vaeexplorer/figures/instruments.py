"""The figures of the instruments beside the report card: effects, directions, pixels, distances over seeds."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vaeexplorer.analysis.posterior import ACTIVE_VARIANCE
from vaeexplorer.figures.theme import CLASS_COLORS, FAINT, INK, SEQUENTIAL, themed

ABOVE, BELOW, OWN = CLASS_COLORS[0], CLASS_COLORS[6], CLASS_COLORS[6]


def effect_bars(
    dimensions: Sequence[int],
    above: Sequence[float],
    below: Sequence[float],
    activity: Sequence[float | None],
) -> go.Figure:
    """The effect of each dimension on the image, each side of its mean apart, over how far its means spread.

    Args:
        dimensions: from 1, in the order in which they are drawn, [D].
        above, below: squared error per image, [D].
        activity: Var_x(mu_j), [D]; None of an autoencoder, and then not drawn.
    """
    shown = [value for value in activity if value is not None]
    names = [f"z<sub>{number}</sub>" for number in dimensions]
    figure = make_subplots(
        rows=2 if shown else 1,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.09,
        row_heights=[0.68, 0.32] if shown else None,
    )
    for name, values, color in (("above its mean", above, ABOVE), ("below it", below, BELOW)):
        figure.add_trace(
            go.Bar(
                **{"x": names, "y": list(values), "name": name, "marker": {"color": color}},
                hovertemplate=f"%{{x}}, {name}: %{{y:.3g}}<extra></extra>",
            ),
            row=1,
            col=1,
        )
    if shown:
        figure.add_trace(
            go.Scatter(
                **{"x": names, "y": [max(value, 1e-8) for value in shown], "mode": "markers", "showlegend": False},
                marker={"color": [INK if value <= ACTIVE_VARIANCE else ABOVE for value in shown], "size": 8}
                | {"symbol": ["x" if value <= ACTIVE_VARIANCE else "circle" for value in shown]},
                hovertemplate="%{x}: Var μ = %{y:.3g}<extra></extra>",
            ),
            row=2,
            col=1,
        )
        figure.add_hline(y=ACTIVE_VARIANCE, line={"color": INK, "dash": "dash", "width": 1}, row=2, col=1)
    themed(figure, title="What each dimension does to the image", height=380, barmode="group")
    figure.update_xaxes(type="category")
    figure.update_yaxes(title_text="squared error", rangemode="tozero", row=1, col=1)
    if shown:
        figure.update_yaxes(title_text="Var μ<sub>j</sub>", type="log", dtick=2, exponentformat="power", row=2, col=1)
    return figure


def worst_direction(
    bins: Sequence[float], density: Sequence[float], largest: float, null: Sequence[float], along: str
) -> go.Figure:
    """The histogram along the least normal direction, over the statistic beside those of perfect models.

    Args:
        bins, density: centres and heights along the direction, [K] each.
        largest: T/n along it.
        null: the same of perfect models, each along its own worst direction, [B].
        along: the direction in words.
    """
    figure = make_subplots(rows=2, cols=1, vertical_spacing=0.24, row_heights=[0.2, 0.8])
    figure.add_trace(
        go.Scatter(
            **{"x": list(null), "y": [0.0] * len(null), "mode": "markers", "name": "perfect models"},
            marker={"color": INK, "size": 7, "opacity": 0.6},
            hovertemplate="a perfect model: %{x:.2g}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            **{"x": [largest], "y": [0.0], "mode": "markers", "name": "this one"},
            marker={"color": OWN, "size": 11, "symbol": "diamond"},
            hovertemplate="this one: %{x:.2g}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    width = bins[1] - bins[0]
    figure.add_trace(
        go.Bar(
            **{"x": list(bins), "y": list(density), "width": width, "showlegend": False, "marker": {"color": ABOVE}},
            hovertemplate="%{x:.2f}: density %{y:.3f}<extra></extra>",
        ),
        row=2,
        col=1,
    )
    normal = [math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) for x in bins]
    figure.add_trace(
        go.Scatter(
            **{"x": list(bins), "y": normal, "mode": "lines", "name": "N(0, 1)", "hoverinfo": "skip"},
            line={"color": INK, "width": 2},
        ),
        row=2,
        col=1,
    )
    themed(figure, title="The least normal of 1,024 directions", height=380, showlegend=False)
    figure.update_xaxes(
        title_text="T/n: dots perfect models, diamond this one",
        type="log",
        dtick=1,
        exponentformat="power",
        row=1,
        col=1,
    )
    figure.update_yaxes(visible=False, row=1, col=1)
    figure.update_xaxes(title_text=along, row=2, col=1)
    figure.update_yaxes(title_text="density", rangemode="tozero", row=2, col=1)
    return figure


def pixel_maps(maps: Mapping[str, Sequence[Sequence[float]]]) -> go.Figure:
    """Mean and variance of each pixel: a row each, samples of the prior on the left and test images on the right.

    Args:
        maps: four, row by row, by what they are of.
    """
    figure = make_subplots(rows=2, cols=2, subplot_titles=list(maps), horizontal_spacing=0.04, vertical_spacing=0.12)
    for number, (name, rows) in enumerate(maps.items()):
        row, column = divmod(number, 2)
        figure.add_trace(
            go.Heatmap(
                **{"z": [list(each) for each in rows], "coloraxis": f"coloraxis{row + 1}"},
                hovertemplate=f"{name}: %{{z:.3f}}<extra></extra>",
            ),
            row=row + 1,
            col=column + 1,
        )
    themed(figure, title="Pixels of samples beside those of test images", height=380)
    figure.update_layout(margin={"t": 62})
    figure.update_annotations(font_size=13)
    for number, (lower, part) in enumerate(((0.56, "coloraxis"), (0.0, "coloraxis2"))):
        most = max(np.max(rows) for rows in list(maps.values())[2 * number : 2 * number + 2])
        bar = {"len": 0.44, "y": lower, "yanchor": "bottom", "thickness": 8, "tickfont": {"size": 12}, "nticks": 3}
        figure.update_layout({part: {"colorscale": SEQUENTIAL, "cmin": 0, "cmax": float(most), "colorbar": bar}})
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    for number in range(1, 4):
        figure.update_yaxes(scaleanchor=f"x{number + 1}", row=number // 2 + 1, col=number % 2 + 1)
    return figure


def variations(euclidean: Sequence[float], geodesic: Sequence[float]) -> go.Figure:
    """Coefficients of variation over seeds of each pair's two distances, one against the other; medians as lines."""
    end = 1.05 * max(*euclidean, *geodesic, 1e-9)
    figure = go.Figure(
        go.Scatter(
            **{"x": [0, end], "y": [0, end], "mode": "lines", "hoverinfo": "skip", "name": "as stable as each other"},
            line={"color": INK, "dash": "dash", "width": 1},
        )
    )
    figure.add_trace(
        go.Scatter(
            **{"x": list(euclidean), "y": list(geodesic), "mode": "markers", "name": "a pair of test images"},
            marker={"color": ABOVE, "size": 8, "opacity": 0.75},
            hovertemplate="Euclidean %{x:.2f}, geodesic %{y:.2f}<extra></extra>",
        )
    )
    line = {"color": OWN, "width": 1.5, "dash": "dot"}
    figure.add_vline(x=float(np.median(euclidean)), line=line)
    figure.add_hline(y=float(np.median(geodesic)), line=line)
    themed(figure, title="How distances vary from seed to seed", height=380, showlegend=False)
    figure.update_xaxes(title_text="Euclidean, between codes", range=[0, end], showgrid=True, gridcolor=FAINT)
    figure.update_yaxes(title_text="geodesic, of decoded curves", range=[0, end])
    return figure
