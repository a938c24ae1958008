"""Figures that are made once for all visitors, and that nobody changes."""

from functools import lru_cache
from typing import Any

from vaeexplorer.app.server.figures import Drawn, drawn
from vaeexplorer.figures import curves


@lru_cache(maxsize=96)
def learning_curves(shown: tuple[curves.Curve, ...], alt: str, **looks: Any) -> Drawn:
    """As `figures.curves.learning_curves`, whose arguments it takes: a figure takes 20 ms to make, and little room."""
    return drawn(curves.learning_curves(shown, **looks), alt)
