"""The regularization report as one HTML page that needs no network, and as a table."""

import base64
import io
from collections.abc import Callable
from importlib.resources import files

import numpy as np
from PIL import Image

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS
from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.codes import Codes
from vaeexplorer.export import cards
from vaeexplorer.export.html import render
from vaeexplorer.export.paper import about, citation, methods
from vaeexplorer.export.tables import to_csv
from vaeexplorer.figures.report import exhibits

Decode = Callable[[np.ndarray], np.ndarray]


def strip(images: np.ndarray) -> str:
    """A row of images [N, H, W] or [N, H, W, 3] in [0, 1] as the address of a PNG that holds itself."""
    row = np.concatenate(list(np.pad(images, ((0, 0), (0, 0), (0, 2), (0, 0))[: images.ndim])), axis=1)
    row = np.round(np.clip(row, 0, 1) * 255).astype(np.uint8)  # a decoder may leave [0, 1], and bytes wrap round
    png = io.BytesIO()
    Image.fromarray(row[:, :-2]).save(png, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def strips(decode: Decode, seen: Evidence) -> dict[str, str]:
    """What the decoder makes of the points that the evidence took, a PNG address each."""
    return {name: strip(decode(np.asarray(z, np.float32))) for name, z in seen.strips.items()}


def table(found: Report) -> list[dict[str, object]]:
    """Every diagnostic as a row of plain values."""
    return [
        {
            "question": each.question,
            "diagnostic": DEFINITIONS[each.key].name,
            "of": each.of,
            "value": each.value,
            "unit": DEFINITIONS[each.key].unit,
            "low": each.low,
            "high": each.high,
            "perfect models": each.null_mean,
            "effect": each.effect,
            "p": each.p,
            "note": each.flag,
            "meaning": DEFINITIONS[each.key].meaning,
        }
        for each in found.diagnostics
    ]


def table_csv(found: Report) -> str:
    """The table as text; what has no value is n/a."""
    return to_csv([{key: "n/a" if value is None else value for key, value in row.items()} for row in table(found)])


def html(name: str, codes: Codes, decode: Decode | None, found: Report) -> str:
    """The page, self-contained: some 5 MB, nearly all of them plotly's. Without a decoder it has no pictures."""
    seen = evidence(codes)
    figures = []
    for number, exhibit in enumerate(exhibits(found, seen)):
        exhibit.figure.update_layout(font={"color": "#868a93"})
        drawn = exhibit.figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            div_id=f"figure-{number}",
            default_width="100%",
            config={"displaylogo": False, "responsive": True},
        )
        figures.append({"alt": exhibit.alt, "reading": exhibit.reading, "drawn": drawn})
    return render(
        "report.html",
        name=name,
        summary=found.summary,
        cards=cards.cards({name: found}),
        cards_style=cards.STYLE,
        figures=figures,
        pictures=strips(decode, seen) if decode else {},
        methods=methods(found),
        about=about(found),
        cite=citation(name, found),
        rows=[{column: _cell(value) for column, value in row.items()} for row in table(found)],
        plotly=files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8"),
    )


def _cell(value: object) -> str:
    return "n/a" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
