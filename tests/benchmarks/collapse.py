"""Linear VAEs of MNIST trained at many betas beside the closed form, as a picture: KL_j reaches 0 without a jump.

python -m tests.benchmarks.collapse docs/pictures/collapse.svg
"""

import sys

import numpy as np
import plotly.graph_objects as go

from vaeexplorer.analysis.linear.vae import closed_form, train_linear_vae
from vaeexplorer.analysis.pca import pca
from vaeexplorer.data.moments import load_moments

DIMENSIONS, TRAINED = 4, 45
COLORS = ("#0b63a8", "#c2571a", "#2e7d4f", "#8a4fae")


def main(path: str) -> None:
    """Train, draw, and print by how much the trained models miss the closed form at the most, nats."""
    values = pca(load_moments("mnist")).values
    floors = np.linspace(0.85 * values[DIMENSIONS - 1], 1.08 * values[0], TRAINED)  # beta sigma_x^2
    trained = np.array(
        [train_linear_vae(values, DIMENSIONS, 1.0, floor, seed=seed).kl(values) for seed, floor in enumerate(floors)]
    )
    dense = np.linspace(floors[0], floors[-1], 1000)
    exact = np.array([closed_form(values, DIMENSIONS, 1.0, floor).kl(values) for floor in dense])
    truth = np.array([closed_form(values, DIMENSIONS, 1.0, floor).kl(values) for floor in floors])
    figure = go.Figure()
    for j, color in enumerate(COLORS):
        name = f"z<sub>{j + 1}</sub>, λ = {values[j]:.2f}"
        figure.add_scatter(x=dense, y=exact[:, j], mode="lines", line={"color": color, "width": 2}, name=name)
        look = {"color": color, "size": 6, "symbol": "circle-open"}
        figure.add_scatter(x=floors, y=trained[:, j], mode="markers", marker=look, showlegend=False)
    figure.update_layout(
        template="simple_white",
        width=760,
        height=360,
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        font={"size": 14},
        legend={"x": 0.98, "xanchor": "right", "y": 0.98},
        xaxis_title="β σ²",
        yaxis_title="KL of a dimension, nats",
    )
    figure.write_image(path)
    print(f"{TRAINED} models, at most {np.abs(trained - truth).max():.1e} nats from the closed form")


if __name__ == "__main__":
    main(sys.argv[1])
