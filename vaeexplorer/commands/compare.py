"""compare: latent smoothness of two runs, as a table or as one JSON document."""

import json as jsonlib
import os
import sys
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import complain, progress

if TYPE_CHECKING:
    from vaeexplorer.analysis.smoothness.bootstrap import Estimate
    from vaeexplorer.results.comparison import Comparison


def compare(
    run_a: Annotated[str, tyro.conf.Positional],
    run_b: Annotated[str, tyro.conf.Positional],
    again: bool = False,
    json: bool = False,
) -> None:
    """Measure the latent smoothness of two runs of one data set, on the same pairs of test images.

    A comparison is kept, and found again unless a run was trained anew.

    Args:
        run_a: a name or a path
        run_b: a name or a path
        again: measure even where a comparison was kept
        json: print one JSON document and nothing else
    """
    from vaeexplorer.data.datasets import load_dataset
    from vaeexplorer.network.inference import set_threads
    from vaeexplorer.results import comparison
    from vaeexplorer.results.smoothness import compare as compare_spaces
    from vaeexplorer.runs.folder import load_run
    from vaeexplorer.runs.images import images_of, training_images_of
    from vaeexplorer.spaces.space import open_run

    a, b = (open_run(run, images_of(run)) for run in (load_run(run_a), load_run(run_b)))
    comparison.check_comparable(a, b)
    assert a.image_set is not None
    train = load_dataset(a.image_set, "train", download=False)
    for space in (a, b):
        if space.run and training_images_of(space.run) is None:
            complain(
                f"{space.name} was trained on other images than those here ({train.source}), which stand in for them."
            )
    found = None if again else comparison.load_comparison(a, b, train)
    if found is None:
        set_threads(max(1, (os.cpu_count() or 1) // 2))  # both runs are measured at once
        with progress(100, f"{a.name}, {b.name}") as bar:
            done = 0

            def show(share: float, doing: str) -> None:
                nonlocal done
                bar(round(100 * share) - done, doing)
                done = round(100 * share)

            found = compare_spaces(a, b, train, show)
        try:
            comparison.save_comparison(found)
        except comparison.ComparisonError as error:
            complain(str(error))  # the figures are there all the same
    if json:
        print(jsonlib.dumps(found.to_json(), indent=2, allow_nan=False))
    else:
        show_table(found)


def show_table(found: "Comparison") -> None:
    """The figures with their intervals, what was compared with what, and what it comes to."""
    from vaeexplorer.analysis.smoothness.smoothness import MEASURES
    from vaeexplorer.analysis.smoothness.verdict import details, verdict

    about = {measure.key: measure for measure in MEASURES}
    table = Table(box=None, header_style="bold")
    for column in ("measure", "pairs", *found.runs, "difference", "ratio", ""):
        table.add_column(column)
    for row in found.rows:
        measure = about[row.key]
        title = measure.title + (f" ({measure.unit})" if measure.unit else "")
        cells = (_cell(estimate) for estimate in (row.a, row.b, row.difference, row.ratio))
        table.add_row(title, row.group if measure.per_pair else "", *cells, row.note)
    out = Console(width=None if sys.stdout.isatty() else 200)
    out.print(table)
    out.print("Each run: its own 95% interval. Differences and ratios: intervals that hold together at 95%.")
    answer, *grounds = verdict(found.rows, found.runs, found.conditions)
    for sentence in (answer, *details(found.rows, found.runs, found.kept_dimensions), *grounds):
        out.print(sentence)


def _cell(estimate: "Estimate | None") -> str:
    return "n/a" if estimate is None else f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
