"""Linear autoencoders beside what theory predicts of them."""

from collections.abc import Sequence

import plotly.graph_objects as go

from vaeexplorer.figures.theme import INK, cycle_color, themed


def singular_values(predicted: Sequence[float], measured: Sequence[float], *, height: int = 260) -> go.Figure:
    """Singular values of W2 with weight decay: bars as predicted, dots as measured, largest first."""
    numbers = list(range(1, len(predicted) + 1))
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=numbers,
            y=list(predicted),
            name="predicted √(1 − λ/λⱼ)",
            marker={"color": cycle_color(0), "opacity": 0.5},
            hovertemplate="axis %{x}: predicted %{y:.6f}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=numbers,
            y=list(measured),
            name="measured",
            mode="markers",
            marker={"color": INK, "size": 8},
            hovertemplate="axis %{x}: measured %{y:.6f}<extra></extra>",
        )
    )
    themed(figure, title="Weight decay shrinks each axis as predicted", height=height, hovermode="closest")
    figure.update_layout(legend={"x": 1, "xanchor": "right", "y": 1.12, "yanchor": "bottom"})
    figure.update_xaxes(title="axis j")
    figure.update_yaxes(title="singular value sⱼ of W₂", range=[0, 1.03])
    return figure
