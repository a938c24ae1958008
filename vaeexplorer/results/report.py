"""The regularization report of a run: measured once, kept with the run, shipped for the shipped runs."""

from dataclasses import replace
from typing import Any

from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.analysis.report.report import Report, report
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.network.classifier import load_classifier
from vaeexplorer.network.evaluation import negative_log_likelihood
from vaeexplorer.runs.attachments import load_report, save_report
from vaeexplorer.runs.folder import Run, RunCard
from vaeexplorer.version import __version__

NLL_IMAGES = 500
NLL_SAMPLES = 500
ELBO_REPEATS = 10


def report_run(run: Run, on_progress: Progress | None = None, *, seed: int = 0) -> Report:
    """Measure a run on the test images, in the features of the small classifier of its data set.

    Args:
        run: of which the codes, as kept, and the decoder are looked at.
        on_progress: see `analysis.regularization.report`.
        seed: of all draws.

    Raises:
        DataError, ClassifierError: images or classifier cannot be had.
        ValueError: codes that no report can be made of.
    """
    if on_progress:
        on_progress(0.0, "features of the test images")
    dataset = run.config.data.dataset
    images = load_dataset(dataset, "test", download=False).images
    features = load_classifier(dataset).features
    return report(
        run.codes, decode=run.model.decode, images=images, features=features, seed=seed, on_progress=on_progress
    )


def nll_gap(run: Run, on_progress: Progress | None = None) -> float:
    """NLL - (-ELBO) on 500 test images, nats per image: minus the mean KL(q(z|x) || p(z|x)), as far as it is found.

    The likelihood is importance-sampled with 500 draws an image, which leaves the gap a little too near 0.

    Raises:
        ValueError: an autoencoder, which has no likelihood.
        DataError: images cannot be had.
    """
    images = load_dataset(run.config.data.dataset, "test", download=False).images[:NLL_IMAGES]
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        if on_progress:
            on_progress(done / len(images), f"likelihood of {done} of {len(images)} images")

    network, config = run.model.network, run.config
    seeded = [replace(config, train=replace(config.train, seed=seed)) for seed in range(ELBO_REPEATS)]
    # With one sample the importance-weighted bound is the ELBO.
    bound = sum(negative_log_likelihood(network, each, images, 1) for each in seeded) / ELBO_REPEATS
    return negative_log_likelihood(network, config, images, NLL_SAMPLES, told) - bound


def document(run: RunCard, found: Report) -> dict[str, Any]:
    """One JSON document: the report, and of which run it is."""
    about = {"run": run.name, "dataset": run.config.data.dataset, "vaeexplorer": __version__}
    return about | found.to_json()


def kept_report(run: RunCard) -> Report | None:
    """The report that was kept with the run, or None where there is none that can be read: then it is made anew."""
    try:
        kept = load_report(run)
        return None if kept is None else Report.from_json(kept)
    except ValueError:
        return None


def keep(run: RunCard, found: Report) -> None:
    """Keep a report with its run.

    Raises:
        RunError: the run folder cannot be written.
    """
    save_report(run, document(run, found))
