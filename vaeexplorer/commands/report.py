"""report: is the latent space of a run regularized? As sentences and a table, one JSON document, or one page."""

import json as jsonlib
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import complain, progress
from vaeexplorer.config import ConfigError
from vaeexplorer.documents import to_json
from vaeexplorer.files import user_path

if TYPE_CHECKING:
    from vaeexplorer.analysis.report.measurements import Progress
    from vaeexplorer.analysis.report.report import Report
    from vaeexplorer.results.seeds import SeedsDocument
    from vaeexplorer.runs.folder import Run


def report(
    run: Annotated[str, tyro.conf.Positional],
    others: Annotated[tuple[str, ...], tyro.conf.Positional] = (),
    *,
    html: Path | None = None,
    nll: bool = False,
    again: bool = False,
    json: bool = False,
) -> None:
    """Is the latent space regularized? Three answers, and every number with its interval or its null.

    A report is kept with its run, and found again. Of several runs, as `train --seeds` makes them, every number's mean
    and spread over the seeds of each recipe, and how far the recipes differ.

    Args:
        run: a name or a path
        others: more runs; those that differ in their seed alone are one recipe
        html: write the report as one page that needs no network; a file of that name is replaced
        nll: measure the gap between ELBO and likelihood too, which takes another minute
        again: measure even where a report was kept
        json: print one JSON document and nothing else
    """
    from vaeexplorer.export import report as report_page
    from vaeexplorer.export.html import write
    from vaeexplorer.results.seeds import over_seeds
    from vaeexplorer.runs.folder import load_run

    runs, html = [load_run(name) for name in (run, *others)], html and user_path(html)
    if nll and any(each.config.model.model == "ae" for each in runs):
        raise ConfigError("A plain autoencoder has no likelihood: leave --nll out.")
    if html is not None and others:
        raise ConfigError("A page is of one run: leave --html out, or the other runs.")
    if html is not None and not html.parent.is_dir():
        raise ConfigError(f"{html} cannot be written: there is no folder {html.parent}.")
    found = [_report(each, nll=nll, again=again) for each in runs]
    if others:
        document = over_seeds(list(zip(runs, found, strict=True)))
        if json:
            print(to_json(asdict(document)))
        else:
            show_seeds(document)
        return
    if html is not None:
        write(html, report_page.html(runs[0].name, runs[0].codes, runs[0].model.decode, found[0]))
    if json:
        print(jsonlib.dumps(found[0].to_json(), indent=2, allow_nan=False))
    else:
        show_table(found[0])


def _report(run: "Run", *, nll: bool, again: bool) -> "Report":
    """The report that was kept, or one that is made, and kept."""
    from vaeexplorer.results import report as report_card
    from vaeexplorer.runs.folder import RunError

    found = None if again else report_card.kept_report(run)
    if found is not None and not nll:
        return found
    with progress(100, run.name) as bar:
        found = found or report_card.report_run(run, _shower(bar))
    if nll:
        with progress(100, f"{run.name}, likelihood") as bar:
            found = found.with_nll_gap(report_card.nll_gap(run, _shower(bar)))
    try:
        report_card.keep(run, found)
    except RunError as error:
        complain(str(error))  # the figures are there all the same
    return found


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


def show_seeds(document: "SeedsDocument") -> None:
    """Every number over the seeds, by recipe, and what other recipes have more than the first."""
    from vaeexplorer.analysis.report.diagnostics import DEFINITIONS

    out = Console(width=None if sys.stdout.isatty() else 170)
    for recipe in document.recipes:
        out.print(f"[bold]{recipe.name}[/bold]: seeds {', '.join(map(str, recipe.seeds))}")
    more = {(each.recipe, each.key, each.of): each for each in document.differences}
    first = document.recipes[0].name
    table = Table(box=None, header_style="bold")
    for column in ("diagnostic", "of", "recipe", "mean", "least", "most", "sd of seeds", "se of one report"):
        table.add_column(column, justify="left" if column in ("diagnostic", "of", "recipe") else "right")
    table.add_column(f"more than {first} (90 %)")
    order = {(each.key, each.of): number for number, each in reversed(list(enumerate(document.numbers)))}
    for each in sorted(document.numbers, key=lambda each: order[each.key, each.of]):
        other = more.get((each.recipe, each.key, each.of))
        difference = "" if other is None else f"{other.value:+.4g} ({other.low:+.4g} to {other.high:+.4g})"
        table.add_row(
            *(DEFINITIONS[each.key].name, each.of, each.recipe, f"{each.mean:.4g}"),
            *(f"{min(each.values):.4g}", f"{max(each.values):.4g}"),
            *("" if part is None else f"{part:.2g}" for part in (each.between, each.within)),
            difference if other is None or other.decided else f"{difference}, undecided",
        )
    out.print(table)
