"""What rebuilds pretrained/: runs with their cards, classifiers, comparisons, covariances and the data sample."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import get_args

import numpy as np
from PIL import Image

from vaeexplorer.analysis.projection import umap_plane
from vaeexplorer.analysis.report.evidence import evidence
from vaeexplorer.browser.packing.sprite import contact_sheet
from vaeexplorer.config import (
    ConfigError,
    DataConfig,
    Dataset,
    Family,
    Likelihood,
    ModelConfig,
    ObjectiveConfig,
    RunConfig,
    TrainConfig,
)
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE, DataError, ImageDataset
from vaeexplorer.data.moments import write_moments
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.classifier import save_classifier, train_classifier
from vaeexplorer.network.film import Recorder
from vaeexplorer.network.inference import set_threads
from vaeexplorer.network.training import train
from vaeexplorer.recipes.sample import write_sample
from vaeexplorer.recipes.tab_images import write_tab_images
from vaeexplorer.results import report as report_card
from vaeexplorer.results.comparison import save_comparison
from vaeexplorer.results.midpoints import measure as measure_midpoints
from vaeexplorer.results.midpoints import save_midpoints
from vaeexplorer.results.smoothness import compare
from vaeexplorer.runs import folder
from vaeexplorer.runs.attachments import save_projection
from vaeexplorer.runs.film import save_film
from vaeexplorer.runs.finish import save_run
from vaeexplorer.spaces.space import open_run

STRIP = 12  # reconstructions on a card


def _configs(dataset: Dataset) -> dict[str, RunConfig]:
    """An AE and the VAE beside it share network, seed, data order and reconstruction term."""

    def config(model: Family, latent_dim: int, likelihood: Likelihood = "bernoulli") -> RunConfig:
        return RunConfig(
            DataConfig(dataset),
            ModelConfig(model, latent_dim=latent_dim),
            ObjectiveConfig(likelihood),
            TrainConfig(epochs=30, device="cpu"),
        )

    return {
        f"{dataset}-vae-2d": config("vae", 2),
        f"{dataset}-ae-2d": config("ae", 2),
        f"{dataset}-vae-2d-lecture": config("vae", 2, "gaussian"),
        f"{dataset}-ae-2d-lecture": config("ae", 2, "gaussian"),
        f"{dataset}-vae-16d": config("vae", 16),
        f"{dataset}-ae-16d": config("ae", 16),
    }


CONFIGS = _configs("mnist") | _configs("fashion-mnist")
CLASSIFIERS: dict[str, Dataset] = {"mnist-classifier": "mnist", "fashion-mnist-classifier": "fashion-mnist"}
PAIRS = tuple(
    (f"{dataset}-vae-{size}", f"{dataset}-ae-{size}") for dataset in CLASSIFIERS.values() for size in ("2d", "16d")
)
COMPARISONS = {f"{a}--{b}": (a, b) for a, b in PAIRS}
EVERYTHING = (*CONFIGS, *CLASSIFIERS, *COMPARISONS)


def rebuild(only: tuple[str, ...] = (), workers: int = 2) -> Iterator[str]:
    """Train the shipped runs and classifiers, compare the pairs, or those named; write data sample and covariances.

    Every one trains on one thread, so that the weights do not depend on the number of workers.

    Args:
        only: names of `EVERYTHING`; empty means all of them, the sample and the covariances.
        workers: processes side by side.

    Returns:
        The names, each as it is done.

    Raises:
        ConfigError: a name that nothing shipped has, or no workers.
        DataError: the full data sets cannot be had.
    """
    names = only or EVERYTHING
    if workers < 1 or not set(EVERYTHING) >= set(names):
        raise ConfigError(f"Shipped are {', '.join(EVERYTHING)}, and workers are at least 1.")
    for dataset in sorted({"fashion-mnist" if name.startswith("fashion") else "mnist" for name in names}):
        if len(load_dataset(dataset, "train")) < FULL_SIZE["train"]:
            raise DataError(f"What is shipped is trained on all of {dataset}: set VAEEXPLORER_DATA to a copy of it.")
    if not only:
        write_sample()
        write_tab_images()
        for dataset in get_args(Dataset):
            write_moments(dataset)
    return _in_order(names, workers)


def _in_order(names: tuple[str, ...], workers: int) -> Iterator[str]:
    """Comparisons last: they are of the runs as trained."""
    yield from _train_all(tuple(name for name in names if name not in COMPARISONS), workers)
    for name in names:
        if name in COMPARISONS:
            runs = [folder.load_run(run) for run in COMPARISONS[name]]
            dataset = runs[0].config.data.dataset
            test, train = (load_dataset(dataset, split) for split in ("test", "train"))
            a, b = (open_run(run, test) for run in runs)
            save_comparison(compare(a, b, train), SHIPPED / "comparisons")
            save_midpoints(measure_midpoints(a, b, train))
            yield name


def _train_all(names: tuple[str, ...], workers: int) -> Iterator[str]:
    # A process a run, and spawned: UMAP leaves OpenMP with other thread counts than it found, and whoever trains after
    # it in the same process waits for threads that are not there, four times as long.
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=set_threads, initargs=(1,), max_tasks_per_child=1
    )
    with pool:
        pending = {pool.submit(_train, name): name for name in names}
        for done in as_completed(pending):
            done.result()
            yield pending[done]
    for name in names:
        if name in CONFIGS:  # a report looks through the classifiers, so these come first
            run = folder.load_run(SHIPPED / name)
            report_card.keep(run, report_card.report_run(run))
            report_card.keep_evidence(run, evidence(run.codes))


def _train(name: str) -> None:
    if name in CLASSIFIERS:
        _train_classifier(CLASSIFIERS[name])
    else:
        _train_run(name)


def _train_classifier(dataset: Dataset) -> None:
    data = load_dataset(dataset, "train")
    *_, network = train_classifier(data)
    save_classifier(network, data, load_dataset(dataset, "test"))


def _train_run(name: str) -> None:
    film = Recorder()
    training = train(CONFIGS[name], on_step=film)
    for _ in training:
        pass
    film(training)
    run = save_run(training, name, root=SHIPPED, overwrite=True)
    save_film(run, film.frames)
    if run.config.model.latent_dim > 2:
        save_projection(run, "umap", umap_plane(run.codes.mean))
    strip(run, training.test_set).save(run.path / "reconstructions.png", optimize=True)
    (run.path / "README.md").write_text(card(run), encoding="utf-8")


def strip(run: folder.Run, test_set: ImageDataset) -> Image.Image:
    """The first test image of each class, and two more, above their reconstructions, four screen pixels a pixel."""
    first = [int(np.flatnonzero(test_set.labels == label)[0]) for label in range(10)]
    chosen = sorted({*first, *range(STRIP)} - set(first))[: STRIP - 10]
    originals = test_set.images[[*first, *chosen]]  # [12, 28, 28]
    decoded = run.model.decode(run.model.encode(originals).mean)
    sheet = contact_sheet(np.concatenate([originals, np.round(decoded * 255).astype(np.uint8)]), STRIP)  # [56, 336]
    return Image.fromarray(sheet.repeat(4, axis=0).repeat(4, axis=1))


def card(run: folder.Run) -> str:
    """A model card in Markdown: what it is, how it was trained, what it reaches."""
    model, objective, config = run.config.model, run.config.objective, run.config.train
    variational = model.model == "vae"
    title = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}[run.config.data.dataset]
    kind = "variational autoencoder" if variational else "autoencoder"
    loss = {
        "bernoulli": "binary cross-entropy summed over pixels (grey pixels as probabilities)",
        "gaussian": f"squared error summed over pixels / (2 sigma_x^2), sigma_x^2 = {objective.pixel_variance:g}",
    }[objective.likelihood]
    widths = "-".join(map(str, model.widths))
    figure = run.metrics

    def row(label: str, key: str, unit: str) -> str:
        return f"| {label} | {figure[f'train_{key}']:.2f} | {figure[f'test_{key}']:.2f} | {unit} |\n"

    table = row("total", "total", "nats per image") + row("reconstruction", "reconstruction", "nats per image")
    if variational:
        table += row("KL", "kl", "nats per image") + row("ELBO (beta = 1, all constants)", "elbo", "nats per image")
    drawn = ", z drawn from q(z|x)" if variational else ""
    table += row(f"squared error of x'{drawn}", "squared_error", "sum over pixels")
    return f"""# {run.name}

A {kind} with a {model.latent_dim}-dimensional latent space, trained on the 60,000 training images of {title}.

![Test images above, their reconstructions below](reconstructions.png)

*Twelve test images above, what the decoder makes of their codes (the posterior's mean) below.*

- **Network**: {model.arch}, 784-{widths}-{model.latent_dim} and back, {model.activation} between the layers.
- **Loss**: {loss}{f" + {objective.beta:g} * KL" if variational else ", nothing else"}.
- **Training**: {config.epochs} epochs, batches of {config.batch_size}, Adam, {config.schedule} with a largest step of
  {config.learning_rate:g}, seed {config.seed}, {run.provenance["precision"]} products on one CPU thread.
- **Weights**: {run.provenance["weights"]}; the figures below are those of the weights as shipped.

| | train | test | unit |
|---|---|---|---|
{table}
One noise sample per image. Made by `python -m vaeexplorer pretrain` with torch {run.provenance["torch"]}; `run.json`
has everything, `history.csv` the path.

Meant for teaching and for comparing latent spaces; not for anything that reads real handwriting or sells real clothes.
"""
