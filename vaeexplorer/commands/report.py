"""report: is the latent space of a run regularized? As sentences and a table, one JSON document, or one page."""

import json as jsonlib
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import complain, progress, store_or_complain
from vaeexplorer.config import ConfigError
from vaeexplorer.documents import to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import user_path, why

if TYPE_CHECKING:
    from vaeexplorer.analysis.report.measurements import Progress
    from vaeexplorer.analysis.report.report import Report
    from vaeexplorer.codes import Codes
    from vaeexplorer.results.seeds import SeedsDocument
    from vaeexplorer.runs.folder import Run


GAP_IMAGES = 100
Format = Literal["table", "json", "md", "latex", "html"]


def report(
    runs: Annotated[tuple[str, ...], tyro.conf.Positional] = (),
    *,
    codes: Path | None = None,
    format: Format = "table",
    html: Path | None = None,
    figures: Path | None = None,
    nll: bool = False,
    gaps: bool = False,
    again: bool = False,
    json: bool = False,
) -> None:
    """Is the latent space regularized? Three answers, and every number with its interval or its null.

    A report is kept with its run, and found again. Of several runs, as `train --seeds` makes them, every number's mean
    and spread over the seeds of each recipe, and how far the recipes differ.

    Args:
        runs: names or paths; those that differ in their seed alone are one recipe
        codes: an npz file of codes in the place of a run: mean [N, D], and if you have them logvar [N, D],
            images [N, H, W] and samples of the prior [M, H, W]
        format: how it is printed; md and latex are for a model card or a paper, html is the page of --html
        html: write the report as one page that needs no network; a file of that name is replaced
        figures: a folder for the figures, each as SVG and PDF; needs kaleido and Chrome
        nll: measure the gap between ELBO and likelihood too, which takes another minute
        gaps: measure approximation and amortization gap too, on 100 test images: is the encoder good enough?
        again: measure even where a report was kept
        json: the same as --format json
    """
    from vaeexplorer.export import report as report_page
    from vaeexplorer.export.html import write
    from vaeexplorer.results.codes_file import read_codes, report_arrays
    from vaeexplorer.results.seeds import over_seeds
    from vaeexplorer.runs.folder import load_run

    format = "json" if json else format
    _check(runs, codes, format, html)
    if figures is not None and len(runs) > 1:
        raise ConfigError("Figures are of one run: leave --figures out, or the other runs.")
    loaded, html = [load_run(name) for name in runs], html and user_path(html)
    if (nll or gaps) and (codes is not None or any(each.config.model.model == "ae" for each in loaded)):
        raise ConfigError(
            "Without a decoder, and of a plain autoencoder, there is no likelihood: leave --nll and --gaps out."
        )
    if html is not None and not html.parent.is_dir():
        raise ConfigError(f"{html} cannot be written: there is no folder {html.parent}.")
    if codes is not None:
        arrays = read_codes(codes)
        with progress(100, codes.name) as bar:
            found = report_arrays(codes.name, arrays, _shower(bar))
        if figures is not None:
            from vaeexplorer.codes import Codes

            _write_figures(found, Codes(arrays["mean"], arrays.get("logvar")), user_path(figures))
        _print(codes.name, found, format)
        return
    reports = [_report(each, nll=nll, gaps=gaps, again=again) for each in loaded]
    if len(runs) > 1:
        document = over_seeds(list(zip(loaded, reports, strict=True)))
        if format == "json":
            print(to_json(asdict(document)))
        else:
            show_seeds(document)
        return
    run, found = loaded[0], reports[0]
    if figures is not None:
        _write_figures(found, run.codes, user_path(figures))
    if html is not None or format == "html":
        page = report_page.html(run.name, run.codes, run.model.decode, found)
        if html is not None:
            write(html, page)
        if format == "html":
            print(page)
            return
    _print(run.name, found, format)


def _write_figures(found: "Report", codes: "Codes", folder: Path) -> None:
    """Every figure as SVG and as PDF."""
    from vaeexplorer.analysis.report.evidence import evidence
    from vaeexplorer.export.pictures import write_figures
    from vaeexplorer.figures.report import named

    drawn = named(found, evidence(codes))
    try:
        write_figures(drawn, folder, "svg")
        write_figures(drawn, folder, "pdf")
    except OSError as error:
        raise UserError(f"The figures cannot be written to {folder}: {why(error)}.") from None


def _check(runs: tuple[str, ...], codes: Path | None, format: Format, html: Path | None) -> None:
    """Refuse what does not go together."""
    if (codes is None) == (not runs):
        raise ConfigError("A report is of runs, a name or a path each, or of --codes FILE: give one of the two.")
    page = html is not None or format == "html"
    if len(runs) > 1 and (page or format not in ("table", "json")):
        raise ConfigError("A page or a text is of one run: leave --html or --format out, or the other runs.")
    if codes is not None and page:
        raise ConfigError("A page shows what a decoder makes of codes: of --codes there are table, json, md and latex.")


def _print(name: str, found: "Report", format: Format) -> None:
    from vaeexplorer.export import paper

    match format:
        case "json":
            print(jsonlib.dumps(paper.document(name, found), indent=2, allow_nan=False))
        case "md":
            print(paper.markdown(name, found), end="")
        case "latex":
            print(paper.latex(name, found), end="")
        case _:
            show_table(found)
            if unasked := paper.not_asked(found):
                print(f"Not asked: {unasked}.")


def _report(run: "Run", *, nll: bool, gaps: bool, again: bool) -> "Report":
    """The report that was kept, or one that is made, and kept."""
    from vaeexplorer.results import gaps as both_gaps
    from vaeexplorer.results import report as report_card
    from vaeexplorer.runs.folder import RunError

    found = None if again else report_card.kept_report(run)
    if found is not None and not (nll or gaps):
        return found
    with progress(100, run.name) as bar:
        found = found or report_card.report_run(run, _shower(bar))
    if nll:
        with progress(100, f"{run.name}, likelihood") as bar:
            found = found.with_nll_gap(report_card.nll_gap(run, _shower(bar)))
    if gaps:
        with progress(both_gaps.total(GAP_IMAGES), f"{run.name}, gaps") as bar:
            measured = both_gaps.measure_run(run, GAP_IMAGES, bar)
        found = measured.added_to(found)
        store_or_complain(run, measured)
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
    from vaeexplorer.export.paper import p_text

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
        notes += [f"p = {p_text(each.p)}".replace("= <", "<")] if each.p is not None else []
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
