"""The regularization report of a run as one HTML page that needs no network, and as a table."""

import base64
import csv
import io
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS
from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.analysis.report.report import Report, ReportError
from vaeexplorer.analysis.report.verdicts import Verdict
from vaeexplorer.codes import Codes, Model
from vaeexplorer.figures.report import exhibits
from vaeexplorer.files import whole_file

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


CARDS_STYLE = """
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .9rem; }
.card { border: 1px solid light-dark(#e4e1da, #2b3038); border-radius: 8px; padding: .8rem 1rem;
  background: light-dark(#fff, #181c22); }
.card h3 { font-size: 1.05rem; margin: 0 0 .6rem; padding: 0; }
.card .line { display: flex; justify-content: space-between; align-items: baseline; gap: .5rem; flex-wrap: wrap; }
.card .answer { font: 600 1.5rem Georgia, serif; white-space: nowrap; }
.card .number { font-size: 1.5rem; font-weight: 600; white-space: nowrap; }
.card .number small, .card .ends { font-size: .875rem; font-weight: 400; color: light-dark(#62656e, #979ba6); }
.card .yes { color: light-dark(#2a6b43, #74c391); } .card .nearly { color: light-dark(#2a6b43, #74c391); }
.card .partly { color: light-dark(#855800, #e0ac4a); } .card .no { color: light-dark(#9e2f1f, #f08a76); }
.card .none { color: light-dark(#62656e, #979ba6); }
.card .bar { position: relative; height: 22px; margin: .5rem 0 .1rem; }
.card .bar i { position: absolute; display: block; top: 8px; height: 6px; border-radius: 3px; }
.card .track { left: 0; right: 0; background: light-dark(#e4e1da, #2b3038); }
.card .bar .ideal { top: 1px; height: 20px; width: 8px; margin-left: -4px; background: #2a6b4399; }
.card .bar .range { background: light-dark(#0b63a8, #6fb6f2); min-width: 2px; }
.card .bar .dot { top: 4px; width: 14px; height: 14px; margin-left: -7px; border-radius: 50%;
  background: light-dark(#0b63a8, #6fb6f2); border: 2px solid light-dark(#fff, #181c22); box-sizing: border-box; }
.card .ends { display: flex; justify-content: space-between; gap: .5rem; }
.card p { margin: .5rem 0 0; font-size: .95rem; } .card .sure { color: light-dark(#62656e, #979ba6); }
"""
MARKS = {"yes": "✓", "nearly": "◕", "partly": "◑", "no": "✕", "n/a": "○"}


class Source(Protocol):
    """Whose report it is: a run, or a model of one's own."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def codes(self) -> Codes: ...  # noqa: D102
    @property
    def model(self) -> Model: ...  # noqa: D102


def strip(images: np.ndarray) -> str:
    """A row of images [N, 28, 28] in [0, 1] as the address of a PNG that holds itself."""
    row = np.round(np.concatenate(list(np.pad(images, ((0, 0), (0, 0), (0, 2)))), axis=1) * 255).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(row[:, :-2]).save(png, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def strips(source: Source, seen: Evidence) -> dict[str, str]:
    """What the decoder makes of the points that the evidence took, a PNG address each."""
    return {name: strip(source.model.decode(np.asarray(z, np.float32))) for name, z in seen.strips.items()}


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
    rows = table(found)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows({key: "n/a" if value is None else value for key, value in row.items()} for row in rows)
    return text.getvalue()


def cards(found: Report) -> str:
    """The three answers as HTML: number, ideal and interval before the sentences. `CARDS_STYLE` goes with it."""
    return f"<div class='cards'>{''.join(map(_card, found.verdicts))}</div>"


def _card(verdict: Verdict) -> str:
    scale = verdict.scale
    kind, name = ("none", "n/a") if verdict.answer == "n/a" else (verdict.answer, verdict.answer.capitalize())
    number = bar = ""
    if scale is not None:
        half = max(scale.value - scale.low, scale.high - scale.value)
        unit = f"\N{NO-BREAK SPACE}{scale.unit}"
        number = f"<span class='number'>{_figure(scale.value)}{unit} <small>± {_figure(half)}</small></span>"
        end = max(scale.most, scale.high, 1e-9)

        def at(value: float) -> float:
            return round(100 * min(max(value / end, 0.0), 1.0), 1)

        ideal = "" if scale.ideal is None else f"<i class='ideal' style='left:{at(scale.ideal)}%'></i>"
        named = "" if scale.ideal is None else f"{scale.ideal_label} {_figure(scale.ideal)}{unit}"
        most = f"{scale.most_label} {_figure(scale.most)}{unit}".strip()
        bar = (
            f"<div class='bar' role='img' aria-label='{escape(f'{scale.label}: {_figure(scale.value)} {scale.unit}')}'>"
            f"<i class='track'></i>{ideal}<i class='range' style='left:{at(scale.low)}%;"
            f"width:{round(at(scale.high) - at(scale.low), 1)}%'></i>"
            f"<i class='dot' style='left:{at(scale.value)}%'></i></div>"
            f"<div class='ends'><span>{escape(scale.label)}</span><span>{escape(named)}</span>"
            f"<span>{escape(most)}</span></div>"
        )
    return (
        f"<div class='card'><h3>{escape(verdict.asked)}</h3><div class='line'>"
        f"<span class='answer {kind}'>{MARKS[verdict.answer]} {name}</span>{number}</div>"
        f"{bar}<p>{escape(verdict.sentence)} <span class='sure'>{escape(verdict.sureness)}</span></p></div>"
    )


def _figure(value: float) -> str:
    """Three digits, or one after the point: 6.75, 57.1, .02."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def methods(found: Report) -> str:
    """How it was measured, as a paragraph of a paper would have it."""
    about, limits = found.about, found.about["thresholds"]["total_variation_and_holes"]
    budget, versions = about["budget"], about["versions"]
    split = (
        f"{about['training_images']:,} images' codes (each half of the {found.count:,} tested by the other)"
        if about["halved"]
        else f"codes of {about['training_images']:,} training images, tested on those of {found.count:,} test images"
    )
    levels = "; ".join(f"“{name}” below {tv:g} and {holes:g}" for name, (tv, holes) in limits.items())
    return (
        f"A classifier two-sample test (Lopez-Paz & Oquab 2017) between the aggregate posterior and the prior, by "
        f"{about['instrument']} learned from {split}; networks were trained for {budget['training_steps']:,} steps in "
        f"all on fresh draws. Accuracy is the mean of both kinds' shares, with {budget['draws_a_test_image']} draws a "
        f"test image and limits clustered by image, each a one-sided 95 % limit; 2 accuracy - 1 bounds the total "
        f"variation from below; p is exact, by ranks. Holes are where q/p < {about['thresholds']['hole']:g}. Answers "
        f"go by total variation and prior mass in holes: {levels}, else “no”. Moments, kernel distances and Mardia's "
        f"measures are compared with {budget['nulls']} joint nulls by the max-T rank (Westfall & Young 1993) at a "
        f"family-wise level of {about['thresholds']['family_wise_level']:g}. Decoded samples are compared by "
        f"{about['images_compared_by']}: coverage (Naeem et al. 2020) of prior samples over that of reconstructions of "
        f"other images, mean of {budget['splits_of_the_images']} splits. torch "
        f"{versions['torch']}, NumPy {versions['numpy']}; seed {found.seed}; {about['date']}; {found.seconds:g} s. "
        f"Codes {about['codes']}" + (f", images {about['images']}." if "images" in about else ".")
    )


def html(source: Source, found: Report) -> str:
    """The page, self-contained: some 5 MB, nearly all of them plotly's."""
    seen = evidence(source.codes.mean, source.codes.logvar)
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
        f"<figure><figcaption>{escape(name[0].upper() + name[1:])}</figcaption>"
        f"<img src='{address}' alt='Decoded images {escape(name)}'></figure>"
        for name, address in strips(source, seen).items()
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>" for row in table(found)
    )
    head = "".join(f"<th>{escape(name)}</th>" for name in table(found)[0])
    plotly = files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(source.name)}: is it regularized?</title>
<style>{STYLE}{CARDS_STYLE}</style><script>{plotly}</script></head><body>
<h1>{escape(source.name)}: is its latent space regularized?</h1>
<p><strong>{escape(found.summary)}</strong></p>
{cards(found)}<h2>The evidence</h2><div class="grid">{"".join(figures)}</div>
<h2>What the decoder draws</h2><div class="grid">{pictures}</div>
<h2>Methods</h2><p>{escape(methods(found))}</p>
<h2>Every number</h2><div class="scroll"><table><tr>{head}</tr>{rows}</table></div></body></html>
"""


def write_html(source: Source, found: Report, path: Path) -> None:
    """Write the page, whole or not at all.

    Raises:
        ReportError: the file cannot be written.
    """
    text = html(source, found)
    try:
        with whole_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}.") from None


def _cell(value: object) -> str:
    return "n/a" if value is None else f"{value:.4g}" if isinstance(value, float) else escape(str(value))
