"""Figures that are made once for all visitors, and that nobody changes."""

from functools import lru_cache
from typing import Any

from vaeexplorer.figures import curves
from vaeexplorer.figures.theme import Figure, finished


@lru_cache(maxsize=96)
def learning_curves(shown: tuple[curves.Curve, ...], **looks: Any) -> Figure:
    """As `figures.curves.learning_curves`, whose arguments it takes: a figure takes 20 ms to make, and little room."""
    return finished(curves.learning_curves(shown, **looks))
