"""The decoded manifold of a 2-D latent space: the image at every point of a grid."""

import numpy as np
import plotly.graph_objects as go

from vaeexplorer.figures.images import mosaic, png_uri
from vaeexplorer.figures.theme import themed


def manifold(
    images: np.ndarray,
    horizontal: np.ndarray,
    vertical: np.ndarray,
    *,
    title: str,
    height: int = 640,
) -> go.Figure:
    """Decoded images at the grid of z_1 in `horizontal` and z_2 in `vertical`, equally large whatever their spacing.

    Each cell holds an invisible marker whose `customdata` is its z, so that a click can choose it.

    Args:
        images: [V * H, 28, 28] in [0, 1], left to right and from the highest z_2 down.
        horizontal: z_1 of the columns, ascending, [H].
        vertical: z_2 of the rows, ascending, [V].
        title: what to see.
        height: pixels.
    """
    columns, rows = len(horizontal), len(vertical)
    side = images.shape[-1]
    figure = go.Figure(
        go.Image(
            source=png_uri(mosaic(images, columns)),
            x0=-0.5 + 0.5 / side,
            dx=1 / side,
            y0=rows - 0.5 - 0.5 / side,
            dy=-1 / side,
            hoverinfo="skip",
        )
    )
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    figure.add_trace(
        go.Scatter(
            x=column.ravel(),
            y=row.ravel(),
            customdata=np.stack([horizontal[column.ravel()], vertical[row.ravel()]], axis=1),
            mode="markers",
            marker={"size": 24, "symbol": "square", "opacity": 0},
            unselected={"marker": {"opacity": 0}},
            selected={"marker": {"opacity": 0}},
            hovertemplate="z = (%{customdata[0]:.2f}, %{customdata[1]:.2f})<extra></extra>",
            showlegend=False,
        )
    )
    themed(figure, title=title, height=height, dragmode=False, hovermode="closest")
    common = {"showgrid": False, "showline": False, "constrain": "domain"}
    figure.update_xaxes(title="z₁", range=[-0.5, columns - 0.5], **common, **_ticks(horizontal))
    figure.update_yaxes(
        title="z₂", range=[-0.5, rows - 0.5], scaleanchor="x", constraintoward="top", **common, **_ticks(vertical)
    )
    return figure


def _ticks(values: np.ndarray) -> dict[str, object]:
    shown = np.unique(np.linspace(0, len(values) - 1, 7).round().astype(int))
    return {"tickvals": shown.tolist(), "ticktext": [f"{values[index]:.2f}".replace("-", "−") for index in shown]}
