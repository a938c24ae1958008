"""report: is the latent space of a run regularized? As sentences and a table, one JSON document, or one page."""

import json as jsonlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import complain, progress
from vaeexplorer.config import ConfigError
from vaeexplorer.files import user_path

if TYPE_CHECKING:
    from vaeexplorer.analysis.report.measurements import Progress
    from vaeexplorer.analysis.report.report import Report


def report(
    run: Annotated[str, tyro.conf.Positional],
    html: Path | None = None,
    nll: bool = False,
    again: bool = False,
    json: bool = False,
) -> None:
    """Is the latent space regularized? Three answers, and every number with its interval or its null.

    A report is kept with its run, and found again.

    Args:
        run: a name or a path
        html: write the report as one page that needs no network; a file of that name is replaced
        nll: measure the gap between ELBO and likelihood too, which takes another minute
        again: measure even where a report was kept
        json: print one JSON document and nothing else
    """
    from vaeexplorer.export import report as report_page
    from vaeexplorer.export.html import write
    from vaeexplorer.results import report as report_card
    from vaeexplorer.runs.folder import RunError, load_run

    loaded, html = load_run(run), html and user_path(html)
    if nll and loaded.config.model.model == "ae":
        raise ConfigError("A plain autoencoder has no likelihood: leave --nll out.")
    if html is not None and not html.parent.is_dir():
        raise ConfigError(f"{html} cannot be written: there is no folder {html.parent}.")
    found = None if again else report_card.kept_report(loaded)
    if found is None or nll:
        with progress(100, loaded.name) as bar:
            found = found or report_card.report_run(loaded, _shower(bar))
        if nll:
            with progress(100, f"{loaded.name}, likelihood") as bar:
                found = found.with_nll_gap(report_card.nll_gap(loaded, _shower(bar)))
        try:
            report_card.keep(loaded, found)
        except RunError as error:
            complain(str(error))  # the figures are there all the same
    if html is not None:
        page = report_page.html(loaded.name, loaded.codes, loaded.model.decode, found)
        write(html, page)
    if json:
        print(jsonlib.dumps(found.to_json(), indent=2, allow_nan=False))
    else:
        show_table(found)


def _shower(bar: Callable[[int, str], None]) -> "Progress":
    done = 0

    def show(share: float, doing: str) -> None:
        nonlocal done
        bar(round(100 * share) - done, doing)
        done = round(100 * share)

    return show


def show_table(found: "Report") -> None:
    """The answers, each with its number, and every diagnostic with its interval or null."""
    from vaeexplorer.analysis.report.diagnostics import DEFINITIONS

    out = Console(width=None if sys.stdout.isatty() else 170)
    out.print(f"[bold]{found.summary}[/bold]")
    for verdict in found.verdicts:
        number = ""
        if (scale := verdict.scale) is not None:
            ideal = "" if scale.ideal is None else f"; {scale.ideal_label} {scale.ideal:.4g}"
            number = f" {scale.label} {scale.value:.4g} {scale.unit} ({scale.low:.4g} to {scale.high:.4g}{ideal})."
        out.print(f"[bold]{verdict.asked} {verdict.answer.capitalize()}.[/bold]{number}")
        out.print(f"  {verdict.sentence} {verdict.sureness}")
    table = Table(box=None, header_style="bold")
    for column in ("diagnostic", "of", "value", "90 % interval", "perfect model", "effect", ""):
        table.add_column(column, justify="right" if column in ("value", "effect") else "left")
    for each in found.diagnostics:
        definition = DEFINITIONS[each.key]
        null = f"{each.null_mean:.4g} [{min(each.null):.4g}, {max(each.null):.4g}]" if each.null else ""
        notes = [each.flag] if each.flag else []
        notes += [f"p = {each.p:.3f}"] if each.p is not None else []
        table.add_row(
            f"{definition.name}{f' ({definition.unit})' if definition.unit else ''}",
            each.of,
            "n/a" if each.value is None else f"{each.value:.4g}",
            "" if each.low is None else f"{each.low:.4g} to {each.high:.4g}",
            null,
            "" if each.effect is None else f"{each.effect:+.1f}",
            "; ".join(notes),
        )
    out.print(table)
