"""Fields over a plane of latent space: where decoded images are like no training image, where a code does not come back
to itself, and how much the decoder magnifies.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vaeexplorer.analysis.smoothness import magnification
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Subject, whitened_metrics

FieldKind = Literal["nearest", "cycle", "magnification"]
CELLS = 28  # along the longer side of a field
ELLIPSES = 8  # along it, of the indicatrices


@dataclass(frozen=True)
class Window:
    """A rectangle in a plane of latent space: z = origin + x across + y up.

    Attributes:
        origin, across, up: [D].
        x, y: lowest and highest plane coordinates that are seen.
    """

    origin: np.ndarray
    across: np.ndarray
    up: np.ndarray
    x: tuple[float, float]
    y: tuple[float, float]

    def centres(self, cells: int) -> tuple[np.ndarray, tuple[int, int], np.ndarray]:
        """Centres of about square cells, so many along the longer side.

        Returns:
            z [R * C, D], rows from the top down; (R, C); and the plane coordinates [R * C, 2].
        """
        width, height = self.x[1] - self.x[0], self.y[1] - self.y[0]
        longer = max(width, height)
        columns, rows = max(1, round(cells * width / longer)), max(1, round(cells * height / longer))
        x = self.x[0] + width * (np.arange(columns) + 0.5) / columns
        y = self.y[1] - height * (np.arange(rows) + 0.5) / rows
        plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        z = self.origin + plane[:, :1] * self.across + plane[:, 1:] * self.up
        return z.astype(np.float32), (rows, columns), plane


def field(kind: FieldKind, subject: Subject, window: Window, nearest: NearestImages) -> np.ndarray:
    """A figure of every cell, [R, C], the top row first; NaN where it has none.

    nearest: Euclidean distance over the pixels from the decoded image to the nearest training image.
    cycle: |e(d(z)) - z| in whitened units: how far from z the decoded image is encoded again.
    magnification: 1/2 ln det(J^T J) in whitened coordinates, so that scales of two models compare.
    """
    z, shape, _ = window.centres(CELLS)
    whitening = subject.whitening
    if kind == "nearest":
        values = nearest.distance(subject.decode(z))
    elif not whitening.kept:
        values = np.full(len(z), np.nan)
    elif kind == "cycle":
        values = np.linalg.norm((subject.encode(subject.decode(z)) - z) @ whitening.forward, axis=1)
    else:
        values = magnification.log_magnification(whitened_metrics(subject, z))
    return np.asarray(values, np.float32).reshape(shape)


def ellipses(subject: Subject, window: Window) -> np.ndarray:
    """Indicatrices over the window: equal changes of the image around points of a grid.

    Returns:
        [M, 5]: plane coordinates of the centre, longer and shorter semi-axis in plane units for an image change of 1,
        and the longer one's angle in radians, from `across` towards `up`.
    """
    z, _, plane = window.centres(ELLIPSES)
    axes = np.stack([window.across, window.up])  # [2, D]
    if subject.jacobian:
        jacobian = subject.jacobian(z)
        in_plane = jacobian @ axes.T.astype(jacobian.dtype)  # [M, F, 2]
    else:
        spread = np.maximum((subject.codes @ np.linalg.pinv(axes)).std(axis=0), 1e-6)  # [2]
        in_plane = magnification.central_differences(subject.decode, z, axes * spread[:, None]) / spread
    return np.column_stack([plane, magnification.indicatrices(magnification.metric(in_plane))])
