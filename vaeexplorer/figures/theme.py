"""The look that every figure shares. Backgrounds are transparent and ink is mid-grey: it reads on light and on dark."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

Figure = go.Figure  # the name by which other rooms know what they show

CLASS_COLORS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
"""Petroff's ten-colour accessible cycle (arXiv:2107.02270)"""
SEQUENTIAL = "Viridis"
"""perceptually uniform"""
INK = "#868a93"
FAINT = "rgba(134, 138, 147, 0.18)"
CLEAR = "rgba(0, 0, 0, 0)"
_PIXELS = {"size", "width", "l", "r", "t", "b", "yshift", "xshift", "thickness", "len"}
LABEL = 13
"""pixels of type on axes, in legends and in notes"""
AXIS = {
    **{"gridcolor": FAINT, "zeroline": False, "automargin": True, "ticks": "", "linecolor": FAINT},
    **{"tickfont": {"size": LABEL}, "title": {"font": {"size": LABEL}}},
}


_SHORT = {"T-shirt/top": "T-shirt", "Ankle boot": "Boot"}


def classes(names: Sequence[str]) -> dict[str, list[str]]:
    """Names and colours of classes, as every widget takes them (`Classes` in `browser/engine/codes.js`).

    Names of two words are shortened: ten of them stand below a plane, and few words are read there.
    """
    return {"classes": [_SHORT.get(name, name) for name in names], "colors": list(CLASS_COLORS)}


def cycle_color(number: int) -> str:
    """The colour of the number-th thing shown, from 0; beyond ten they repeat."""
    return CLASS_COLORS[number % len(CLASS_COLORS)]


def look(title: str, height: int) -> dict[str, Any]:
    """The common layout, with the title (what to see) and the height in pixels."""
    return {
        "title": {
            "text": title,
            "font": {"size": 15, "weight": 500},
            "x": 0,
            "xref": "container",
            "y": 0.98,
            "yanchor": "top",
        },
        "height": height,
        "font": {"size": LABEL},
        "hoverlabel": {"font": {"size": LABEL}},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
        "modebar": {"bgcolor": CLEAR, "color": INK, "activecolor": INK},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.13,
            "yanchor": "top",
            "itemsizing": "constant",
            "itemwidth": 30,
            "indentation": -8,
            "font": {"size": LABEL},
        },
    }


def themed(figure: go.Figure, *, title: str, height: int, **layout: Any) -> go.Figure:
    """The figure with the common layout and axes, changed in place."""
    figure.update_layout(**look(title, height), **layout)
    figure.update_xaxes(**AXIS)
    figure.update_yaxes(**AXIS)
    return figure


def enlarged(plain: dict[str, Any], scale: float) -> dict[str, Any]:
    """A figure in its plain form, for a projector: type, marks and margins larger by a factor, the height by half."""
    layout = _times(plain["layout"], scale) | {"height": (1 + scale) / 2 * plain["layout"]["height"]}
    return {"data": [_times(trace, scale) for trace in plain["data"]], "layout": layout}


def _times(part: Any, scale: float) -> Any:
    if isinstance(part, dict):
        return {
            name: scale * value
            if name in _PIXELS and isinstance(value, (int, float)) and not {"base", "start"} & part.keys()
            else _times(value, scale)
            for name, value in part.items()
        }
    return [_times(each, scale) for each in part] if isinstance(part, (list, tuple)) else part
