"""Tables as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence

from vaeexplorer.analysis.smoothness.bootstrap import Estimate
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Group
from vaeexplorer.results.comparison import Comparison

GROUPS: dict[Group, str] = {"all": "all pairs", "within": "within a class", "between": "between classes"}
"""of pairs of images, by the words of the tables"""


def to_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of the same names, in the order of the first: numbers to seven digits; what has no value is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    return f"{value:.7g}" if isinstance(value, float) else value


def cell(estimate: Estimate | None) -> str:
    """A figure with its interval."""
    return "n/a" if estimate is None else f"{estimate.value:.3f}  [{estimate.low:.3f}, {estimate.high:.3f}]"


def comparison_table(found: Comparison, group: Group) -> list[dict[str, str]]:
    """The measures over pairs of a group; those that are over images stand with all pairs."""
    about = {measure.key: measure for measure in MEASURES}
    first, second = found.runs
    return [
        {
            "measure": about[row.key].title + (f" ({about[row.key].unit})" if about[row.key].unit else ""),
            "perfect": about[row.key].better,
            first: cell(row.a),
            second: cell(row.b),
            "difference": cell(row.difference),
            "ratio": cell(row.ratio),
            "": row.note,
        }
        for row in found.rows
        if row.group == group
    ]


def comparison_figures(found: Comparison) -> list[dict[str, object]]:
    """Every row, figures and intervals in columns of their own."""
    return [
        {"run_a": found.runs[0], "run_b": found.runs[1], "measure": row.key, "pairs": row.group, "count": row.count}
        | {
            f"{which}_{part}": None if each is None else getattr(each, part)
            for which, each in (("a", row.a), ("b", row.b), ("difference", row.difference), ("ratio", row.ratio))
            for part in ("value", "low", "high")
        }
        | {"decided": row.decided, "note": row.note}
        for row in found.rows
    ]


def comparison_conditions(found: Comparison) -> str:
    """What was compared, and what the brackets are, as a caption."""
    held = found.conditions
    a_sample = ", a sample of the full set" if held["training_images_are_a_sample"] else ""
    unjudged = any(row.key == "entropy" and row.a is None for row in found.rows)
    left_out = " No classifier of such images is here: what is measured by one is left out." if unjudged else ""
    return (
        f"{held['pairs']} pairs of test images, {held['pairs_within_classes']} of them within a class; nearest of "
        f"{held['nearest_of']:,} training images{a_sample}. Brackets: bootstrap intervals, of "
        f"{held['resamples']:,} resamples. Of each run: 95% on its own. Of differences and ratios: 95% for all of them "
        f"together (minP, Westfall & Young 1993).{left_out}"
    )
