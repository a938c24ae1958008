"""The regularization report of a run as one HTML page that needs no network, and as a table."""

import base64
import csv
import io
from collections.abc import Callable
from html import escape
from importlib.resources import files

import numpy as np
from PIL import Image

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS
from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.codes import Codes
from vaeexplorer.figures.report import exhibits

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: light-dark(#1d2026, #e6e7ea); background: light-dark(#fff, #12151a); }
h1, h2, h3 { font-family: Georgia, serif; line-height: 1.2; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 2rem; }
figure { margin: 0; } figcaption, .sure, .about { color: light-dark(#62656e, #979ba6); font-size: .9rem; }
img { width: 100%; image-rendering: pixelated; } table { border-collapse: collapse; font-size: .85rem; }
td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #86868633; }
.scroll { overflow-x: auto; }
"""


def strip(images: np.ndarray) -> str:
    """A row of images [N, 28, 28] in [0, 1] as the address of a PNG that holds itself."""
    row = np.round(np.concatenate(list(np.pad(images, ((0, 0), (0, 0), (0, 2)))), axis=1) * 255).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(row[:, :-2]).save(png, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def strips(decode: Callable[[np.ndarray], np.ndarray], seen: Evidence) -> dict[str, str]:
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
            "perfect models": each.null_mean,
            "lowest": min(each.null, default=None),
            "highest": max(each.null, default=None),
            "effect": each.effect,
            "p": each.p,
            "note": each.flag,
            "meaning": DEFINITIONS[each.key].meaning,
        }
        for each in found.diagnostics
    ]


def table_csv(found: Report) -> str:
    """The table as text; what has no value is n/a."""
    rows = table(found)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows({key: "n/a" if value is None else value for key, value in row.items()} for row in rows)
    return text.getvalue()


def html(name: str, codes: Codes, decode: Callable[[np.ndarray], np.ndarray], found: Report) -> str:
    """The page, self-contained: some 5 MB, nearly all of them plotly's."""
    seen = evidence(codes.mean, codes.logvar)
    verdicts = "".join(
        f"<h3>{escape(each.asked)} {escape(each.answer.capitalize())}.</h3><p>{escape(each.sentence)} "
        f"<span class='sure'>{escape(each.sureness)}</span></p>"
        for each in found.verdicts
    )
    figures = []
    for number, exhibit in enumerate(exhibits(found, seen)):
        exhibit.figure.update_layout(font={"color": "#868a93"})
        drawn = exhibit.figure.to_html(
            full_html=False, include_plotlyjs=False, div_id=f"figure-{number}", config={"displaylogo": False}
        )
        figures.append(
            f"<figure role='group' aria-label='{escape(exhibit.alt, quote=True)}'>{drawn}"
            f"<figcaption>{escape(exhibit.reading)}</figcaption></figure>"
        )
    pictures = "".join(
        f"<figure><figcaption>{escape(title[0].upper() + title[1:])}</figcaption>"
        f"<img src='{address}' alt='Decoded images {escape(title)}'></figure>"
        for title, address in strips(decode, seen).items()
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>" for row in table(found)
    )
    head = "".join(f"<th>{escape(column)}</th>" for column in table(found)[0])
    plotly = files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(name)}: is it regularized?</title><style>{STYLE}</style><script>{plotly}</script></head><body>
<h1>{escape(name)}: is its latent space regularized?</h1>
<p class="about">{found.count:,} test images, {found.dimensions} dimensions; nulls of {len(found.find("mmd").null)}
perfect models of the same size.</p>
{verdicts}<h2>The evidence</h2><div class="grid">{"".join(figures)}</div>
<h2>What the decoder draws</h2><div class="grid">{pictures}</div>
<h2>Every number</h2><div class="scroll"><table><tr>{head}</tr>{rows}</table></div></body></html>
"""


def _cell(value: object) -> str:
    return "n/a" if value is None else f"{value:.4g}" if isinstance(value, float) else escape(str(value))
