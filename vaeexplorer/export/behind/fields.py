"""Fields behind the dots of planes side by side, as `browser/pair/field.js` reads them."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from vaeexplorer.analysis.smoothness.fields import FieldKind, Window, ellipses, field
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Subject

UNITS: dict[FieldKind, str] = {
    "nearest": "pixel distance to the nearest of {count:,} training images",
    "cycle": "whitened units",
    "magnification": "½ ln det JᵀJ, whitened",
}
_ENDS = (0.02, 0.98)  # of the values of all planes, between the ends of the colours

Measured = tuple[np.ndarray, np.ndarray]
"""values of a field, [R, C], and its ellipses, [M, 5]; of fields other than the magnification there are none"""


def measured(kind: FieldKind, subject: Subject, window: Window, nearest: NearestImages) -> Measured:
    """A field of one plane."""
    found = field(kind, subject, window, nearest)
    return found, ellipses(subject, window) if kind == "magnification" else np.zeros((0, 5))


def on_one_scale(
    kind: FieldKind, windows: Sequence[Window | None], found: Sequence[Measured | None], count: int
) -> dict[str, Any]:
    """The fields of all planes (`Fields` in field.js, without what was asked for).

    Args:
        kind: of field.
        windows: where it was measured in each plane; None where it was not.
        found: what `measured` gave.
        count: of the training images.
    """
    values = np.concatenate([each[0].ravel() for each in found if each] or [np.zeros(1, np.float32)])
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, _ENDS).tolist() if len(values) else (0.0, 1.0)
    panes = [window and each and _sent(window, *each) for window, each in zip(windows, found, strict=True)]
    return {"kind": kind, "low": low, "high": high, "unit": UNITS[kind].format(count=count), "panes": panes}


def _sent(window: Window, values: np.ndarray, drawn: np.ndarray) -> dict[str, Any]:
    return {
        **{"rows": values.shape[0], "columns": values.shape[1], "values": _text(values), "ellipses": _text(drawn)},
        **{"x": window.x, "y": window.y},
    }


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode()
