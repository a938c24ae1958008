"""Plotly figures that a browser fetches once, by an address with a hash of their content, and draws itself.

Streamlit sends a figure with every run of the script that shows another one, 60 kB each, through Python and the one
connection that the page has. Here a run sends addresses. A figure has the colours of the page that shows it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from vaeexplorer.app import present
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.figures.theme import Figure, enlarged

_figures = component("figures", "figures", "charts/figures.css", is_isolated=False)


@dataclass(frozen=True)
class Drawn:
    """A figure that changes no more, to be kept for all who see it.

    Attributes:
        figure: as it was made.
        alt: what it shows, for those who do not see it.
        reading: one line below it.
    """

    figure: Figure
    alt: str
    reading: str = ""

    @cached_property
    def asset(self) -> assets.Asset:
        """Its JSON, without the theme that Streamlit gives figures."""
        document = json.loads(self.figure.to_json(validate=False))
        document["layout"].pop("template", None)
        return assets.figure(json.dumps(document, separators=(",", ":")).encode())

    @cached_property
    def large(self) -> "Drawn":
        """The same for a projector."""
        return replace(self, figure=enlarged(self.figure, present.SCALE))


def drawn(figure: Figure, alt: str, reading: str = "") -> Drawn:
    """A figure made ready for all who see it."""
    found = Drawn(figure, alt, reading)
    assert found.asset
    return found


def show(shown: Sequence[Drawn | None], key: str, *, columns: int = 1) -> None:
    """Figures in rows of so many columns; None leaves a place empty."""
    is_large = present.is_on()
    places = [each and _place(each.large if is_large else each) for each in shown]
    _figures(data={"plotly": assets.script_url(assets.PLOTLY), "columns": columns, "figures": places}, key=key)


def _place(shown: Drawn) -> dict[str, Any]:
    height = shown.figure.layout.height
    return {"url": assets.kept_url(shown.asset), "height": height, "alt": shown.alt, "reading": shown.reading}
