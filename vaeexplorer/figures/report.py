"""The figures of a regularization report, each with its one line on how to read it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, LEVEL, Diagnostic, joint_band
from vaeexplorer.analysis.report.evidence import Evidence, Field
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.figures.theme import CLASS_COLORS, FAINT, INK, themed

GOOD, BAD = CLASS_COLORS[0], CLASS_COLORS[6]
RATIO_COLORS = [[0, "#b3500f"], [0.5, "#e8b98f"], [2 / 3, "#f4f2ef"], [1, "#2166ac"]]  # of log10 q/p from -2 to 1
SHORT = {
    **{key: key for key in ("mean", "variance", "correlation", "skewness", "kurtosis")},
    "sliced_wasserstein": "Wasserstein",
    "energy": "energy",
}
"""of diagnostics, beside the band of ideal models"""
RATIO_TITLES = {
    "whitened codes": "The same of whitened codes",
    "a perfect model": "The same of a perfect model",
}
FAR = 1e4  # effects beyond are drawn at the edge


Kind = Literal[
    "deviation", "ratio", "whitened ratio", "perfect ratio", "marginals", "quantiles", "spectrum", "kl", "collapse"
]
"""in the order in which figures are looked at"""
FIELDS: dict[str, Kind] = {"whitened codes": "whitened ratio", "a perfect model": "perfect ratio"}


@dataclass(frozen=True)
class Exhibit:
    """A figure, how to read it, and what it shows for those who do not see it."""

    kind: Kind
    figure: go.Figure
    reading: str
    alt: str


def exhibits(found: Report, seen: Evidence) -> Iterator[Exhibit]:
    """Every figure that a report has, in the order in which they are looked at."""
    yield Exhibit(
        "deviation",
        against_null(found.diagnostics),
        f"The band holds all rows of {1 - LEVEL:.0%} of ideal models. Outside it: a real difference. Distance shows "
        "certainty, not size: read the value.",
        "Each diagnostic as a dot beside the band of perfect models, in standard deviations of the null.",
    )
    for field in seen.fields:
        yield Exhibit(
            FIELDS.get(field.of, "ratio"),
            ratio_map(field),
            "Orange: the prior puts mass where codes are rare; blue: the reverse. Outlined: holes, q/p < 1/10. "
            "Circles: 1, 2 and 3 standard deviations of the prior, 98.9 % of its mass. Smoothed by held-out codes.",
            f"Density ratio of {field.of} to the prior over two latent dimensions.",
        )
    yield Exhibit(
        "marginals",
        marginals(seen, found),
        "One line a dimension of z; the grey band is N(0, 1). Collapsed dimensions lie on it too.",
        f"Marginal densities of {found.dimensions} dimensions against the standard normal.",
    )
    yield Exhibit(
        "quantiles",
        quantile_plot(seen, found),
        "On the diagonal a dimension is N(0, 1). Flatter: too narrow. Shifted: off centre. Bent ends: heavy tails.",
        f"Quantiles of {found.dimensions} dimensions against those of the standard normal.",
    )
    yield Exhibit(
        "spectrum",
        spectrum(found.spectrum),
        "Of the covariance of q(z). The prior's are all 1: above, the codes are stretched in that direction.",
        f"{found.dimensions} eigenvalues of the covariance of the aggregate posterior.",
    )
    if found.kl is not None:
        yield Exhibit(
            "kl",
            kl_bars(found),
            "Active dimensions move with the image; collapsed ones are N(0, 1) for every image and carry nothing.",
            f"KL of {found.dimensions} dimensions in nats, active and collapsed ones marked.",
        )
        yield Exhibit(
            "collapse",
            collapse_curve(found.collapse),
            "A dimension counts as collapsed if 99 % of the images spend fewer than eps nats on it. A flat piece is "
            "a clear gap between used and unused dimensions.",
            "Share of collapsed dimensions against the threshold eps.",
        )


def named(found: Report, seen: Evidence) -> dict[str, go.Figure]:
    """The figures by what they show."""
    figures: dict[str, go.Figure] = {}
    for each in exhibits(found, seen):
        figures[each.kind if each.kind not in figures else f"{each.kind} {len(figures)}"] = each.figure
    return figures


def against_null(diagnostics: list[Diagnostic]) -> go.Figure:
    """Values as dots on the joint band of their nulls, all in standard deviations of the null, an asinh axis."""
    shown = [each for each in diagnostics if each.effect is not None]
    names = [f"{SHORT.get(each.key, DEFINITIONS[each.key].name)}{f' · {each.of}' if each.of else ''}" for each in shown]
    figure = go.Figure()
    band = math.asinh(min(joint_band(shown), FAR))
    figure.add_trace(
        go.Bar(
            y=names, x=[2 * band] * len(shown), base=[-band] * len(shown), orientation="h", width=0.45,
            marker={"color": FAINT}, hoverinfo="skip",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            y=names,
            x=[math.asinh(float(np.clip(each.effect or 0, -FAR, FAR))) for each in shown],
            mode="markers",
            marker={"size": 9}
            | {"color": [BAD if each.outside else GOOD for each in shown]}
            | {"symbol": ["diamond" if each.outside else "circle" for each in shown]},
            customdata=[
                f"{each.value:.4g}, perfect models {each.null_mean:.4g}<br>{each.effect:+.1f} standard deviations"
                f"<br>adjusted p {each.p:.2g}"
                for each in shown
            ],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    ticks = [-1000, -100, -10, 0, 10, 100, 1000]
    themed(figure, title="Deviation from ideal", height=max(400, 70 + 21 * len(shown)), showlegend=False)
    places, labels = [math.asinh(tick) for tick in ticks], [f"{tick:,}" for tick in ticks]
    figure.update_xaxes(tickvals=places, ticktext=labels, title="standard deviations from the ideal")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def ratio_map(field: Field) -> go.Figure:
    """log10 q/p over the plane within 3 sigma of the prior, holes outlined; beyond, there is nothing to miss."""
    axis, shown = field.axis, np.clip(field.log_ratio / math.log(10), -2, 1).astype(np.float32)  # half the bytes
    typical = np.hypot(axis[:, None], axis[None, :]) <= 3
    across, up = (f"z<sub>{dimension + 1}</sub>" for dimension in field.plane)
    figure = go.Figure(
        go.Heatmap(
            x=axis,
            y=axis,
            z=np.where(typical, shown, np.nan),
            zmin=-2,
            zmax=1,
            colorscale=RATIO_COLORS,
            colorbar={
                "tickvals": [-2, -1, 0, 1],
                "ticktext": ["1/100", "1/10", "1", "10"],
                "orientation": "h",
                "lenmode": "pixels",  # below the map and no longer than it, however wide the page
                "len": 240,
                "thickness": 8,
                "y": -0.16,
                "yanchor": "top",
                "tickfont": {"size": 12},
            },
            hovertemplate=f"{across} %{{x:.2f}}, {up} %{{y:.2f}}: q/p = 10^%{{z:.1f}}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Contour(
            x=axis,
            y=axis,
            z=np.where(typical, shown, 0),
            contours={"start": -1, "end": -1, "size": 1, "coloring": "none"},
            line={"color": "#3a1c06", "width": 1.2},
            showscale=False,
            hoverinfo="skip",
        )
    )
    for radius in (1, 2, 3):
        figure.add_shape(
            type="circle",
            x0=-radius,
            y0=-radius,
            x1=radius,
            y1=radius,
            line={"color": INK, "width": 1, "dash": "dot"} if radius < 3 else {"color": INK, "width": 2},
        )
    figure = themed(figure, title=RATIO_TITLES.get(field.of, "Codes missing, q/p"), height=430)
    figure.update_xaxes(title=across, range=[-3.2, 3.2], constrain="domain", showgrid=False)
    figure.update_yaxes(title=up, range=[-3.2, 3.2], scaleanchor="x", constrain="domain", showgrid=False)
    return figure


def marginals(seen: Evidence, found: Report) -> go.Figure:
    """Density of each dimension of z over that of N(0, 1)."""
    figure = go.Figure(
        go.Scatter(
            x=seen.bins,
            y=np.exp(-(seen.bins**2) / 2) / math.sqrt(2 * math.pi),
            fill="tozeroy",
            fillcolor=FAINT,
            line={"color": INK, "width": 1},
            name="N(0, 1)",
            hoverinfo="skip",
        )
    )
    _add_lines(figure, seen.bins, seen.marginals, found)
    themed(figure, title="Each dimension should be a standard normal", height=340, showlegend=False)
    figure.update_xaxes(title="z<sub>j</sub>")
    figure.update_yaxes(title="density", rangemode="tozero")
    return figure


def quantile_plot(seen: Evidence, found: Report) -> go.Figure:
    """Quantiles of each dimension against those of N(0, 1)."""
    normal = seen.normal_quantiles
    ends = [float(normal[0]), float(normal[-1])]
    diagonal = {"color": INK, "dash": "dash", "width": 1}
    figure = go.Figure(go.Scatter(x=ends, y=ends, mode="lines", line=diagonal, hoverinfo="skip"))
    _add_lines(figure, normal, seen.quantiles, found)
    themed(figure, title="Quantiles should lie on the diagonal", height=340, showlegend=False)
    figure.update_xaxes(title="quantile of N(0, 1)")
    figure.update_yaxes(title="quantile of z<sub>j</sub>")
    return figure


def _add_lines(figure: go.Figure, x: np.ndarray, rows: np.ndarray, found: Report) -> None:
    active = found.per_dimension.get("active", [True] * len(rows))
    for dimension, (row, used) in enumerate(zip(rows, active, strict=True)):
        figure.add_trace(
            go.Scatter(
                x=x.round(3),
                y=row.round(4),
                mode="lines",
                line={"color": CLASS_COLORS[dimension % 3] if used else INK, "width": 1.6 if used else 0.8},
                opacity=0.9 if len(rows) <= 4 else 0.6,
                hovertemplate=f"z<sub>{dimension + 1}</sub>: %{{y:.2f}} at %{{x:.2f}}<extra></extra>",
            )
        )


def spectrum(eigenvalues: list[float]) -> go.Figure:
    """Eigenvalues of the covariance of q(z), on a logarithmic axis where they spread widely."""
    figure = go.Figure(
        go.Bar(
            x=list(range(1, len(eigenvalues) + 1)),
            y=eigenvalues,
            marker={"color": GOOD},
            hovertemplate="direction %{x}: %{y:.3g}<extra></extra>",
        )
    )
    wide = max(eigenvalues) > 20 * max(min(eigenvalues), 1e-12)
    figure.add_hline(y=1, line={"color": INK, "dash": "dash", "width": 1})
    themed(figure, title="Variance in every direction should be 1", height=300, showlegend=False)
    figure.update_xaxes(title="principal direction", dtick=1 if len(eigenvalues) < 20 else None)
    figure.update_yaxes(title="variance", type="log" if wide else "linear")
    return figure


def kl_bars(found: Report) -> go.Figure:
    """KL of each dimension, the largest first, active and collapsed ones told apart by colour and by name."""
    kl, active = found.per_dimension["kl"], found.per_dimension["active"]
    order = sorted(range(len(kl)), key=lambda dimension: -kl[dimension])
    figure = go.Figure()
    for used, name, color in ((True, "active", GOOD), (False, "collapsed", INK)):
        chosen = [dimension for dimension in order if active[dimension] == used]
        if not chosen:
            continue
        figure.add_trace(
            go.Bar(
                x=[f"z<sub>{dimension + 1}</sub>" for dimension in chosen],
                y=[kl[dimension] for dimension in chosen],
                name=name,
                marker={"color": color, "pattern": {"shape": "" if used else "/"}},
                text=[name] * len(chosen) if len(kl) <= 3 else None,
                hovertemplate="%{x}: %{y:.3f} nats, " + name + "<extra></extra>",
            )
        )
    both = len(set(active)) == 2
    themed(figure, title="How much each dimension says", height=300, showlegend=both)
    figure.update_yaxes(title="KL, nats")
    return figure


def collapse_curve(curve: list[list[float]]) -> go.Figure:
    """Share of collapsed dimensions over the threshold."""
    figure = go.Figure(
        go.Scatter(
            x=[epsilon for epsilon, _ in curve],
            y=[share for _, share in curve],
            line={"color": GOOD, "shape": "hv", "width": 2},
            hovertemplate="below %{x:.3g} nats: %{y:.0%}<extra></extra>",
        )
    )
    themed(figure, title="How many dimensions have collapsed", height=300, showlegend=False)
    figure.update_xaxes(title="eps, nats", type="log", dtick=1)
    figure.update_yaxes(title="share collapsed", range=[-0.03, 1.03], tickformat=".0%")
    return figure
