"""list, evaluate, export, film, pretrain: what tells of runs."""

import dataclasses
import json as jsonlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import complain, console, progress, store_or_complain
from vaeexplorer.config import ConfigError
from vaeexplorer.files import user_path

if TYPE_CHECKING:
    from vaeexplorer.results.gaps import GapsDocument
    from vaeexplorer.runs.folder import RunCard

SCHEMA = 1
UNITS = {
    **dict.fromkeys(("total", "reconstruction", "kl", "elbo", "nll"), "nats per image"),
    "squared_error": "|x - x'|^2 per image, x' decoded from one z drawn from q(z|x)",
}
GAPS = {
    "log_likelihood": "ln p(x), 5,000 samples",
    "best": "ELBO of the best diagonal Gaussian q*",
    "elbo": "ELBO of the encoder's q",
    "approximation": "approximation gap",
    "amortization": "amortization gap",
}


def list_(json: bool = False) -> None:
    """List the runs there are.

    Args:
        json: print one JSON document and nothing else
    """
    from vaeexplorer.runs.folder import list_runs

    cards, errors = list_runs()
    show(cards, json=json)
    for error in errors:
        complain(str(error))


def evaluate(
    run: Annotated[str, tyro.conf.Positional],
    iwae_samples: int = 0,
    images: int | None = None,
    gaps: bool = False,
    json: bool = False,
) -> None:
    """Measure a run on the test images: the terms of its loss, on request its likelihood, and why the ELBO is loose.

    Args:
        run: a name or a path
        iwae_samples: noise samples an image for the negative log-likelihood (tables use 5000); 0 leaves it out
        images: how many test images, from the first; by default 10,000, and with --gaps 100, a second each
        gaps: approximation and amortization gap (Cremer et al. 2018): is the encoder good enough?
            they are stored with the run, and its report has them
        json: print one JSON document and nothing else
    """
    from vaeexplorer.network import evaluation
    from vaeexplorer.results import gaps as both_gaps
    from vaeexplorer.runs.folder import load_run
    from vaeexplorer.runs.images import images_of

    loaded = load_run(run)
    test = images_of(loaded, download=True)
    images = (100 if gaps else len(test)) if images is None else images
    if not 1 <= images <= len(test):
        raise ConfigError(f"images must be 1 to {len(test):,}, not {images}.")
    if iwae_samples < 0 or (iwae_samples and loaded.config.model.model == "ae"):
        raise ConfigError("iwae_samples must be 0 or more, and 0 for a plain autoencoder: it has no likelihood.")
    if gaps and (images < 2 or loaded.config.model.model == "ae"):
        raise ConfigError("Gaps need two images or more, and a VAE: a plain autoencoder has no posterior.")
    network, pixels = loaded.model.network, test.images[:images]
    metrics = {f"test_{key}": value for key, value in evaluation.evaluate(network, loaded.config, pixels).items()}
    if iwae_samples:
        with progress(images, f"{iwae_samples} samples an image") as bar:
            metrics["test_nll"] = evaluation.negative_log_likelihood(
                network, loaded.config, pixels, iwae_samples, progress=bar
            )
    found = None
    if gaps:
        with progress(both_gaps.total(images), "gaps") as bar:
            found = both_gaps.measure_run(loaded, images, bar)
        store_or_complain(loaded, found)
    measured: list[RunCard] = [dataclasses.replace(loaded, metrics=metrics)]
    if json:
        show(measured, json=True, more={} if found is None else {"gaps": dataclasses.asdict(found)})
        return
    show(measured, json=False)
    if found is not None:
        show_gaps(found)


def show_gaps(found: "GapsDocument") -> None:
    """Both gaps on standard output, as sentences."""
    from vaeexplorer.analysis.report.encoder import LIMITS

    out = Console(width=None if sys.stdout.isatty() else 160)
    out.print(f"[bold]{found.asked} {found.answer.capitalize()}.[/bold]  (by the mean amortization gap: ", end="")
    out.print(", ".join(f"{name} below {limit:g}" for name, limit in LIMITS.items()) + ", else no)")
    out.print(f"  {found.sentence} {found.sureness}", soft_wrap=True)
    table = Table(box=None, header_style="bold")
    for column in ("nats per image", "mean", "90 % interval", "of a linear model, where it is 0"):
        table.add_column(column)
    for name, mean in found.means.items():
        null = found.null.get(name)
        beside = "" if null is None else f"{null.value:.4f} ({null.low:.4f} to {null.high:.4f})"
        table.add_row(GAPS[name], f"{mean.value:.3f}", f"{mean.low:.3f} to {mean.high:.3f}", beside)
    out.print(table)


def export(run: Annotated[str, tyro.conf.Positional], html: Path) -> None:
    """Write a run as one HTML file that needs no server and no network.

    Args:
        run: a name or a path
        html: the file to write; one of that name is replaced
    """
    from vaeexplorer.export.explorer import export_html
    from vaeexplorer.runs.folder import load_run

    html = user_path(html)
    export_html(load_run(run), html)
    console.print(f"{html}: {html.stat().st_size / 1e6:.1f} MB")


def gallery(out: Path, runs: tuple[str, ...] = ()) -> None:
    """Write a static site: a page for each run, AE vs VAE, Turn beta, and an index. It needs no server but for files.

    Args:
        out: the folder to write; an earlier gallery is replaced, anything else is left alone
        runs: names or paths; by default the shipped runs
    """
    from vaeexplorer.export.gallery.site import count_pages, write_gallery
    from vaeexplorer.files import SHIPPED
    from vaeexplorer.runs.folder import list_runs, load_run

    chosen = [load_run(run) for run in runs or (card.path for card in list_runs()[0] if card.path.parent == SHIPPED)]
    with progress(count_pages(chosen), "pages") as bar:
        for name in write_gallery(out, chosen):
            bar(1, name)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    console.print(f"{out}/index.html: {count_pages(chosen)} pages, {size / 1e6:.1f} MB in all")


def pretrain(only: tuple[str, ...] = (), workers: int = 2) -> None:
    """Rebuild pretrained/: the data sample, the shipped runs and the classifiers. Needs the full data sets.

    Args:
        only: names of runs or classifiers to rebuild; by default all, and the sample
        workers: processes that train side by side, one thread each
    """
    from vaeexplorer.recipes import pretrain as shipped

    done = shipped.rebuild(only, workers)
    with progress(len(only or shipped.EVERYTHING), "pretrained") as bar:
        for name in done:
            bar(1, name)


def show(cards: "list[RunCard]", *, json: bool, more: dict[str, Any] | None = None) -> None:
    """Runs and their figures on standard output: a table, or one JSON document, there with `more` keys of its own."""
    from vaeexplorer.runs import remarks

    if json:
        units = {f"{split}_{key}": unit for split in ("train", "test") for key, unit in UNITS.items()}
        document = {
            "schema": SCHEMA,
            "units": units,
            "caveat": remarks.GREY,
            "runs": [describe(card) for card in cards],
            **(more or {}),
        }
        print(jsonlib.dumps(document, indent=2))
        return
    table = Table(box=None, header_style="bold")
    for column in ("run", "model", "likelihood", "beta", "epochs"):
        table.add_column(column)
    for column in UNITS:
        table.add_column(f"test {column}", justify="right")
    for card in cards:
        model, objective = card.config.model, card.config.objective
        variational = model.model == "vae"
        figures = [
            card.metrics.get(f"test_{key}") if variational or key not in ("kl", "elbo") else None for key in UNITS
        ]
        table.add_row(
            card.name,
            f"{model.arch} {model.model} {model.latent_dim}-D",
            objective.likelihood,
            f"{objective.beta:g}" if variational else "n/a",
            str(len(card.history)),
            *("n/a" if cell is None else f"{cell:.2f}" for cell in figures),
        )
    out = Console(width=None if sys.stdout.isatty() else 160)
    out.print(table)
    for remark in remarks.on_figures(cards):
        out.print(remark, soft_wrap=True)


def describe(card: "RunCard") -> dict[str, Any]:
    """A run as plain values."""
    return {
        "name": card.name,
        "config": card.config.to_json(),
        "metrics": card.metrics,
        "provenance": card.provenance,
    }


def film(run: Annotated[str, tyro.conf.Positional], out: Path, beside: str | None = None) -> None:
    """Write the film of a run: its codes, what its decoder drew where that was recorded, and its loss.

    Args:
        run: a name or a path
        out: the file to write, .gif or .mp4, which needs the package imageio-ffmpeg; one of that name is replaced
        beside: another run, on the same clock
    """
    from vaeexplorer.export.film import moments, write_film
    from vaeexplorer.runs.folder import load_run

    out = user_path(out)
    runs = [load_run(name) for name in (run, beside) if name is not None]
    with progress(moments(runs), "frames") as bar:
        write_film(runs, out, bar)
    console.print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
