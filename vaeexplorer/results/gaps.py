"""Is the encoder good enough? Both gaps of a run over test images, beside those of a linear model, where they are 0."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from vaeexplorer.analysis.linear.vae import best_variance, closed_form
from vaeexplorer.analysis.pca import moments, pca
from vaeexplorer.analysis.report import encoder
from vaeexplorer.analysis.report.diagnostics import ONE_SIDED, Diagnostic, Estimate
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.verdicts import Answer
from vaeexplorer.config import ModelConfig, ObjectiveConfig, RunConfig
from vaeexplorer.documents import Finite, Plain
from vaeexplorer.network.gaps import gaps
from vaeexplorer.network.gaps.gaps import Gaps
from vaeexplorer.network.gaps.search import STEPS
from vaeexplorer.network.models import LOGVAR_HIGH, LOGVAR_LOW, VariationalAutoencoder, build
from vaeexplorer.results.stored import JsonDocument
from vaeexplorer.runs.attachments import GAPS
from vaeexplorer.runs.folder import Run
from vaeexplorer.runs.images import images_of
from vaeexplorer.version import __version__

NULL_IMAGES = 25


@dataclass(frozen=True)
class Mean:
    """Over images, nats, with its 90 % interval (each end a one-sided 95 % limit)."""

    value: Finite
    low: Finite
    high: Finite

    @classmethod
    def of(cls, values: np.ndarray) -> "Mean":
        """Of independent images, [N]; the noise of their draws is part of their spread."""
        error = ONE_SIDED * float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf
        mean = float(values.mean())
        return cls(*(round(end, 4) + 0.0 for end in (mean, mean - error, mean + error)))  # 0.0 + -0.0 is 0.0


@dataclass(frozen=True)
class GapsDocument(JsonDocument):
    """What `evaluate --gaps --json` prints of a run.

    Attributes:
        means: over images, of `log_likelihood` (by quadrature where z has two dimensions), `best`, `elbo`,
            `approximation` and `amortization`, nats.
        median_amortization: of images, nats: where it is far below the mean, few images pay most of it.
        share_above_5: of images that lose more than 5 nats, mostly since the encoder is at another mode.
        null: means of `approximation` and `amortization` of a linear VAE of as many dimensions on the same images, as
            the same instrument measures them; the truth is 0.
        grid_difference: of ln p(x) by importance sampling and by quadrature, largest absolute one, nats; None unless z
            has two dimensions.
        per_image: the three bounds of each image and the standard errors of their draws, nats; the effective sample
            size; and ln p(x) by `quadrature` where z has two dimensions, None where that did not settle.
    """

    WHAT = "gaps"
    FILE = GAPS

    asked: str
    answer: Answer
    sentence: str
    sureness: str
    images: int
    means: dict[str, Mean]
    median_amortization: float
    share_above_5: float
    null: dict[str, Mean]
    grid_difference: float | None
    per_image: dict[str, list[Finite | None]]
    about: dict[str, Plain]

    def added_to(self, report: Report) -> Report:
        """The report with both gaps and the answer."""
        missing, lost = _diagnostics(self.means, self.null)
        answer = encoder.encoder(lost, missing, self.median_amortization, self.images)
        return report.with_later([missing, lost], answer)


def measure_run(run: Run, images: int, progress: Callable[[int], None] | None = None) -> GapsDocument:
    """Both gaps of the first test images of a run, and the answer.

    Args:
        run: a VAE's.
        images: how many, 2 or more.
        progress: called with how many more images are done; those of the linear model count too (`total`).

    Raises:
        UserError: an autoencoder, which has no posterior.
        RunError, DataError: the test images are others than those of the run, or cannot be had.
    """
    pixels = images_of(run, download=True).images
    measured = partial(gaps.measure, progress=progress)
    found = measured(run.model.network, run.config, pixels[:images], others=run.codes.mean[: gaps.POOL])
    network, config = linear_model(pixels, run.config.model.latent_dim)
    null = measured(network, config, pixels[: min(images, NULL_IMAGES)])
    about: dict[str, Plain] = {
        "run": run.name,
        "key": run.key,
        "samples": found.samples,
        "steps": STEPS,
        "seed": run.config.train.seed,
        "test_images_hash": images_of(run).content_hash,
        "vaeexplorer": __version__,
        "torch": torch.__version__,
    }
    return document(found, null, about)


def total(images: int) -> int:
    """How many images `measure_run` counts in all."""
    return images + min(images, NULL_IMAGES)


def document(found: Gaps, null: Gaps, about: dict[str, Plain]) -> GapsDocument:
    """The answer, from what was measured of a run and of a linear model."""
    names = ("best", "elbo", "approximation", "amortization")
    means = {"log_likelihood": Mean.of(found.evidence), **{name: Mean.of(getattr(found, name)) for name in names}}
    of_null = {name: Mean.of(getattr(null, name)) for name in names[2:]}
    median = float(np.median(found.amortization))
    missing, lost = _diagnostics(means, of_null)
    answer = encoder.encoder(lost, missing, median, len(found.elbo))
    grid = None if found.quadrature is None else np.abs(found.log_likelihood - found.quadrature)
    columns = ("log_likelihood", "best", "elbo", "log_likelihood_error", "best_error", "elbo_error", "effective")
    per_image = {name: _list(getattr(found, name)) for name in columns}
    return GapsDocument(
        *(answer.asked, answer.answer, answer.sentence, answer.sureness, len(found.elbo), means),
        round(median, 4),
        round(float((found.amortization > 5).mean()), 4),
        of_null,
        None if grid is None or not np.isfinite(grid).any() else round(float(np.nanmax(grid)), 4),
        per_image if found.quadrature is None else {**per_image, "quadrature": _list(found.quadrature)},
        about,
    )


def _list(values: np.ndarray) -> list[float | None]:
    return [round(float(value), 4) if math.isfinite(value) else None for value in values]


def _diagnostics(means: dict[str, Mean], null: dict[str, Mean]) -> tuple[Diagnostic, Diagnostic]:
    approximation, amortization = (
        Estimate(mean.value, mean.low, mean.high) for mean in (means["approximation"], means["amortization"])
    )
    nulls = null["approximation"].value, null["amortization"].value
    return encoder.diagnostics(approximation, amortization, nulls)


def linear_model(images: np.ndarray, dimensions: int) -> tuple[VariationalAutoencoder, RunConfig]:
    """Probabilistic PCA of these images, uint8 [N, 28, 28], as a VAE: its encoder is the exact posterior.

    The decoder's columns are orthogonal, so that the posterior is a diagonal Gaussian: both gaps are 0.
    """
    axes = pca(moments(images, "test images"))
    variance = best_variance(axes.values, dimensions)
    best = closed_form(axes.values, dimensions, variance)
    config = RunConfig(
        model=ModelConfig("vae", "linear", latent_dim=dimensions),
        objective=ObjectiveConfig("gaussian", pixel_variance=variance),
    )
    network = build(config.model, "gaussian")
    assert isinstance(network, VariationalAutoencoder)
    centre, half = (LOGVAR_HIGH + LOGVAR_LOW) / 2, (LOGVAR_HIGH - LOGVAR_LOW) / 2
    encoder = best.V @ axes.axes.T  # [k, 784]
    weights = {
        "decoder.0.weight": axes.axes @ best.W,
        "decoder.0.bias": axes.mean,
        "mean.weight": encoder,
        "mean.bias": -encoder @ axes.mean,
        "logvar.weight": np.zeros_like(encoder),
        "logvar.bias": centre + half * np.arctanh((np.log(best.d) - centre) / half),
    }
    network.load_state_dict({name: torch.tensor(array, dtype=torch.float32) for name, array in weights.items()})
    return network, config
