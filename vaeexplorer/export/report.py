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


def methods(found: Report) -> str:
    """How it was measured, as a paragraph of a paper would have it."""
    about, limits = found.about, found.about["thresholds"]["total_variation_and_holes"]
    budget, versions = about["budget"], about["versions"]
    split = (
        f"{about['training_images']:,} images' codes (each half of the {found.count:,} tested by the other)"
        if about["halved"]
        else f"codes of {about['training_images']:,} training images, tested on those of {found.count:,} test images"
    )
    scaled = "Images were bytes, and were divided by 255. " if about.get("bytes_divided_by_255") else ""
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
        f"{scaled}Codes {about['codes']}" + (f", images {about['images']}." if "images" in about else ".")
    )


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
        rows=[{column: _cell(value) for column, value in row.items()} for row in table(found)],
        plotly=files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8"),
    )


def _cell(value: object) -> str:
    return "n/a" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
