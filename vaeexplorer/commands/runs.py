"""train, list, evaluate, export, pretrain: what makes runs and tells of them."""

import dataclasses
import json as jsonlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import Interruption, complain, console, interrupted, progress
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.files import user_path

if TYPE_CHECKING:
    from vaeexplorer.results.gaps import GapsDocument
    from vaeexplorer.runs.folder import Run, RunCard

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


def train(
    config: Annotated[RunConfig, tyro.conf.arg(name="")],
    *,
    name: str | None = None,
    resume: bool = False,
    restart: bool = False,
    overwrite: bool = False,
    seeds: int = 1,
    json: bool = False,
) -> None:
    """Train a model and keep it as a run.

    Ctrl-C stops at the end of the epoch; the same command with --resume goes on from there. With more --epochs
    an interrupted run goes on for longer, and so does a finished one with --overwrite: from its weights as kept and a
    fresh optimizer. The step size is then that of the longer run, at the epoch reached.

    Args:
        config: what to train.
        name: of the run; by default what the options suggest
        resume: go on from where an interrupted or, with --overwrite, a finished run of this name stopped
        restart: give up what an interrupted run of this name had reached, and begin anew
        overwrite: replace a run of this name
        seeds: train so many runs, of this seed and the next ones, NAME-seed0, NAME-seed1, ...; with --resume, those
            that are finished are left as they are
        json: print one JSON document, with the run's figures, and nothing else
    """
    from vaeexplorer.results import remarks
    from vaeexplorer.runs.folder import load_run, runs_folder
    from vaeexplorer.runs.versions import DOCUMENT

    if resume and restart:
        raise ConfigError("--resume goes on and --restart begins anew: choose one.")
    if seeds < 1:
        raise ConfigError(f"seeds must be 1 or more, not {seeds}.")
    name = config.default_name if name is None else name
    done = []
    for seed in range(config.train.seed, config.train.seed + seeds):
        own = f"{name}-seed{seed}" if seeds > 1 else name
        seeded = dataclasses.replace(config, train=dataclasses.replace(config.train, seed=seed))
        path = runs_folder() / own
        if seeds > 1 and resume and not overwrite and (path / DOCUMENT).exists():
            done.append(load_run(path))
            if done[-1].config != seeded:
                raise ConfigError(f"The run {own} is of another recipe: choose another name.")
        else:
            done.append(_train(seeded, own, resume=resume, restart=restart, overwrite=overwrite))
    show(list(done), json=json)
    for remark in () if json else remarks.on_history(done):
        if remark != remarks.NEGATIVE:  # which `show` says where it is so
            print(remark)


def _train(config: RunConfig, name: str, *, resume: bool, restart: bool, overwrite: bool) -> "Run":
    from vaeexplorer.network import training
    from vaeexplorer.runs.finish import extend, finish, write
    from vaeexplorer.runs.folder import load_run, runs_folder
    from vaeexplorer.runs.names import reserved
    from vaeexplorer.runs.versions import DOCUMENT

    with reserved(name, overwrite=overwrite) as path:
        checkpoint = runs_folder() / ".checkpoints" / f"{name}.safetensors"
        if checkpoint.exists() and not (resume or restart):
            reached = training.epochs_in(checkpoint)
            raise ConfigError(
                f"There is a checkpoint of {name} at epoch {reached}: --resume goes on, --restart begins anew."
            )
        is_new = not checkpoint.exists()
        started = training.train(config, interrupted(), checkpoint=checkpoint, restart=restart)
        if resume and is_new and (path / DOCUMENT).exists():
            extend(started, load_run(path))
        elif resume and is_new:
            complain(f"There is no checkpoint of {name}: training begins at the first epoch.")
        with progress(config.train.epochs, name) as bar:
            bar(len(started.history))
            for record in started:
                test = record.test
                bar(1, f"test {test.total:.2f} = {test.reconstruction:.2f} + {test.kl:.2f}")
        if not started.finished:
            epochs = f"{len(started.history)} of {config.train.epochs} epochs"
            raise Interruption(f"Stopped after {epochs}: the same command with --resume goes on.")
        write(path, finish(started))
        checkpoint.unlink()
        return load_run(path)


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
    measured: list[RunCard] = [dataclasses.replace(loaded, metrics=metrics)]
    if json:
        show(measured, json=True, more={} if found is None else {"gaps": dataclasses.asdict(found)})
        return
    show(measured, json=False)
    if found is not None:
        show_gaps(found)


def show_gaps(found: "GapsDocument") -> None:
    """Both gaps on standard output, as sentences."""
    from vaeexplorer.results.gaps import LIMITS

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
    from vaeexplorer.results import remarks

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
