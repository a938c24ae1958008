"""Plotly figures that a browser fetches once, by an address with a hash of their content, and draws itself.

Streamlit sends a figure with every run of the script that shows another one, 60 kB each, through Python and the one
connection that the page has. Here a run sends addresses. A figure has the colours of the page that shows it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vaeexplorer.app import present
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.figures.theme import Figure, enlarged

_figures = component("figures", "figures", "charts/figures.css", is_isolated=False)


@dataclass(frozen=True)
class Drawn:
    """A figure as it is shown.

    Attributes:
        asset: its JSON, without the theme that Streamlit gives figures.
        height: pixels.
        alt: what it shows, for those who do not see it.
        reading: one line below it.
    """

    asset: assets.Asset
    height: int
    alt: str
    reading: str = ""


def drawn(figure: Figure, alt: str, reading: str = "") -> Drawn:
    """A figure that changes no more, to be kept for all who see it."""
    document = json.loads(figure.to_json(validate=False))
    document["layout"].pop("template", None)
    return _drawn(document, alt, reading)


@lru_cache(maxsize=256)
def _for_projector(shown: Drawn) -> Drawn:
    """The same with larger type."""
    return _drawn(enlarged(json.loads(shown.asset.data), present.SCALE), shown.alt, shown.reading)


def _drawn(document: dict[str, Any], alt: str, reading: str) -> Drawn:
    data = json.dumps(document, separators=(",", ":")).encode()
    return Drawn(assets.figure(data), int(document["layout"]["height"]), alt, reading)


def show(shown: Sequence[Drawn | None], key: str, *, columns: int = 1) -> None:
    """Figures in rows of so many columns, with larger type where the page is presented; None leaves a place empty."""
    if present.is_on():
        shown = [each and _for_projector(each) for each in shown]
    places = [
        each and {"url": assets.kept_url(each.asset), "height": each.height, "alt": each.alt, "reading": each.reading}
        for each in shown
    ]
    _figures(data={"plotly": assets.script_url(assets.PLOTLY), "columns": columns, "figures": places}, key=key)
