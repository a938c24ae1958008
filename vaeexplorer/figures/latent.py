"""The latent plane: one dot per test image."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vaeexplorer.figures.theme import CLASS_COLORS, INK, SEQUENTIAL, themed


@dataclass(frozen=True)
class Points:
    """What is known of each dot of the plane."""

    positions: np.ndarray
    """[N, 2]"""
    labels: np.ndarray
    """[N]"""
    class_names: tuple[str, ...]
    error: np.ndarray
    """|x - x'|^2, [N]"""
    kl: np.ndarray | None
    """nats, [N]; None for an autoencoder"""


def latent_plane(
    points: Points,
    *,
    title: str,
    axes: tuple[str, str],
    color_by: str = "class",
    prior_circles: bool = False,
    height: int = 640,
) -> go.Figure:
    """A square scatter with one trace a class, so that the legend toggles classes.

    The index of each dot among the test images is `customdata[0]`.

    Args:
        points: the dots.
        title: what to see.
        axes: names of the horizontal and the vertical axis.
        color_by: "class", "error" or "KL".
        prior_circles: draw the 1, 2 and 3 sigma circles of N(0, I).
        height: pixels.
    """
    values = {"class": None, "error": points.error, "KL": points.kl}[color_by]
    known = [np.arange(len(points.labels)), points.error] + ([] if points.kl is None else [points.kl])
    details = np.stack(known, axis=1).astype(np.float32)  # exact for indices below 2^24
    hover = "<b>%{meta}</b> · test #%{customdata[0]:.0f}<br>error %{customdata[1]:.1f}"
    hover += "" if points.kl is None else "<br>KL %{customdata[2]:.1f} nats"

    figure = go.Figure()
    for label, name in enumerate(points.class_names):
        own = points.labels == label
        if values is None:
            color = {"color": CLASS_COLORS[label]}
        else:
            color = {"color": values[own], "coloraxis": "coloraxis"}
            figure.add_trace(_legend_only(name))
        figure.add_trace(
            go.Scattergl(
                x=points.positions[own, 0],
                y=points.positions[own, 1],
                customdata=details[own],
                mode="markers",
                name=name,
                meta=name,
                legendgroup=name,
                showlegend=values is None,
                marker={"size": 4, "opacity": 0.65, **color},
                unselected={"marker": {"opacity": 0.65}},
                hovertemplate=hover + "<extra></extra>",
            )
        )
    if prior_circles:
        _add_prior_circles(figure)
    themed(figure, title=title, height=height, hovermode="closest", dragmode=False, clickmode="event+select")
    width = 6 + 6 * max(len(name) for name in points.class_names)
    figure.update_layout(legend={"entrywidth": width}, uirevision="plane")
    if values is not None:
        unit = "|x − x′|²" if color_by == "error" else "KL, nats"
        low, high = np.quantile(values, [0.01, 0.99])
        bar = {"title": {"text": unit, "side": "right"}, "thickness": 10, "outlinewidth": 0, "len": 0.7}
        figure.update_layout(coloraxis={"colorscale": SEQUENTIAL, "cmin": low, "cmax": high, "colorbar": bar})
    figure.update_xaxes(title={"text": axes[0], "standoff": 4})
    figure.update_yaxes(title=axes[1], scaleanchor="x", scaleratio=1)
    return figure


def _legend_only(name: str) -> go.Scattergl:
    """A grey entry that toggles a class where colour says something else."""
    return go.Scattergl(x=[None], y=[None], mode="markers", name=name, legendgroup=name, marker={"color": INK})


def _add_prior_circles(figure: go.Figure) -> None:
    for radius in (1, 2, 3):
        figure.add_shape(
            type="circle",
            x0=-radius,
            x1=radius,
            y0=-radius,
            y1=radius,
            line={"color": INK, "width": 1, "dash": "dash"},
        )
        figure.add_annotation(
            x=0, y=radius, text=f"{radius}σ", showarrow=False, yshift=8, font={"color": INK, "size": 11}
        )
