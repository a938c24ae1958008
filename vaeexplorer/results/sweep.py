"""Rate and distortion over beta: 48 small VAEs, trained alike but for the weight of the KL term.

A model is one file, `pretrained/sweep/DATASET-Dd-betaB.npz`: its figures, the codes of 2,000 test images and its
decoder. `recipes.sweep` writes them. Nothing in a file is ever unpickled.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from vaeexplorer.analysis.instruments.effects import effects
from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.config import ConfigError, DataConfig, Dataset, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.documents import DocumentError, Finite, Plain, from_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, Shape, arrays_size, read_arrays, read_file, why
from vaeexplorer.network.architecture import weight_shapes

# torch takes more than a second to import: only what touches a network does.
if TYPE_CHECKING:
    from vaeexplorer.network.inference import LatentModel
    from vaeexplorer.network.models import Autoencoder

ROOT = SHIPPED / "sweep"
BETAS = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0)
DIMENSIONS = (2, 16)
KEPT = 2000  # test images whose codes are kept


class SweepError(UserError):
    """A point of a sweep that cannot be read or written; the message is one sentence."""


@dataclass(frozen=True)
class PointDocument:
    """The figures in a point's file, as `Point` explains them."""

    schema: Literal[1]
    config: RunConfig
    rate: Finite
    distortion: Finite
    kept_rate: Finite
    kept_distortion: Finite
    active_units: int
    provenance: dict[str, Plain]
    total_variation: tuple[Finite, Finite, Finite] | None = None
    effects: list[Finite] | None = None


@dataclass(frozen=True, eq=False)
class Point:
    """One beta of a sweep.

    Attributes:
        config: how it was trained.
        rate: R = E KL(q(z|x) || p(z)) over the 10,000 test images, nats per image.
        distortion: D = -E ln p(x|z) over the same, one noise sample an image, nats per image. On grey pixels it is
            cross-entropy, which has a floor above 0.
        active_units: latent dimensions with Var_x(mu_j) > 0.01 (Burda et al. 2016).
        kl: E KL of each dimension, float64 [D], in the network's order; its sum is the rate.
        kept_rate, kept_distortion: the same of the kept images alone, from the codes as kept (`measure`).
        mean, logvar: codes of the first 2,000 test images, float32 [2000, D], rounded to a fine grid.
        weights: of the decoder, by name as in `weights.safetensors`, float32, half precision exactly.
        provenance: versions, how many test images were measured, seconds.
        total_variation: of q(z) and the prior at least, and both ends of its 90 % interval, by `regularity`; None where
            it was not measured.
        effects: of each dimension on the image, by `effects_of`, [D]; None where they were not measured.
    """

    config: RunConfig
    rate: float
    distortion: float
    active_units: int
    kl: np.ndarray
    kept_rate: float
    kept_distortion: float
    mean: np.ndarray
    logvar: np.ndarray
    weights: dict[str, np.ndarray]
    provenance: dict[str, Plain]
    total_variation: tuple[float, float, float] | None = None
    effects: list[float] | None = None

    @property
    def beta(self) -> float:
        """The weight that the KL term had."""
        return self.config.objective.beta

    @property
    def elbo(self) -> float:
        """-(R + D): the evidence lower bound, whatever beta was trained with."""
        return -(self.rate + self.distortion)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to the mean images of p(x|z), float32 [N, 28, 28] in [0, 1]."""
        return self._model.decode(z)

    @cached_property
    def _model(self) -> "LatentModel":
        """The decoder in a network whose encoder was never trained: it stays in here."""
        import torch

        from vaeexplorer.network.inference import LatentModel
        from vaeexplorer.network.models import build

        network = build(self.config.model, self.config.objective.likelihood)
        decoder = {name.removeprefix("decoder."): torch.tensor(array) for name, array in self.weights.items()}
        network.decoder.load_state_dict(decoder)
        return LatentModel(network)

    def measure(self, images: np.ndarray) -> tuple[float, float]:
        """Rate and distortion of the first 2,000 test images, recomputed from the stored codes and decoder.

        Args:
            images: the first 2,000 test images, uint8 [2000, 28, 28].

        Returns:
            R and D, nats per image; D with the noise of the run's seed.
        """
        rate, distortion, _ = measure_codes(self._model.network, self.config, images, self.mean, self.logvar)
        return rate, distortion


def config_of(dataset: Dataset, latent_dim: int, beta: float) -> RunConfig:
    """The recipe of a point. Points differ in nothing but data set, latent dimensions and beta.

    The networks are small, so that all decoders can be shipped. The KL term is warmed up over half of the training, or
    it would shut dimensions before the decoder has learned to use them.
    """
    return RunConfig(
        DataConfig(dataset),
        ModelConfig(latent_dim=latent_dim, hidden=(44, 128)),
        ObjectiveConfig("bernoulli", beta=beta, kl_warmup=10),
        TrainConfig(epochs=20, batch_size=256, learning_rate=8e-3, device="cpu", precision="float32"),
    )


CONFIGS = tuple(
    config_of(dataset, latent_dim, beta) for latent_dim in DIMENSIONS for dataset in get_args(Dataset) for beta in BETAS
)


def path_of(config: RunConfig, root: Path = ROOT) -> Path:
    """The path of the file of a configuration's point."""
    return root / f"{config.data.dataset}-{config.model.latent_dim}d-beta{config.objective.beta:g}.npz"


def load_sweep(dataset: Dataset, latent_dim: int, root: Path = ROOT) -> list[Point]:
    """The points of a shipped sweep, by rising beta.

    Raises:
        SweepError: a point is missing, of another recipe, cut short, of the wrong shape or not a number.
    """
    if dataset not in get_args(Dataset) or latent_dim not in DIMENSIONS:
        raise SweepError(f"There is no sweep of {dataset!r} in {latent_dim} dimensions: there are those in 2 and 16.")
    return [read_point(config_of(dataset, latent_dim, beta), root) for beta in BETAS]


def figures(point: Point) -> dict[str, object]:
    """A row of the table over beta, in nats per image; KL by dimension in the network's own order."""
    return {
        "dataset": point.config.data.dataset,
        "latent_dim": point.config.model.latent_dim,
        "beta": point.beta,
        "rate": point.rate,
        "distortion": point.distortion,
        "elbo": point.elbo,
        "active_units": point.active_units,
        **dict(zip(("tv_at_least", "tv_low", "tv_high"), point.total_variation or [None] * 3, strict=True)),
        **{f"kl_z{number}": float(value) for number, value in enumerate(point.kl, 1)},
        **{f"effect_z{number}": value for number, value in enumerate(point.effects or [], 1)},
    }


def regularity(mean: np.ndarray, logvar: np.ndarray) -> tuple[float, float, float]:
    """How far q(z) is from the prior, by the held-out classifier of a report: total variation at least, low and high.

    Either half of the images is tested by what 400 steps learn from the other: of 1,000 images no more is to be had.

    Args:
        mean, logvar: of the kept images, [N, D] each.
    """
    from vaeexplorer.analysis.report.classifier.held_out import held_out
    from vaeexplorer.analysis.report.posteriors import columns, draw, stream, used_dimensions

    world = draw(mean, logvar, stream(0))
    seen = columns(world, used_dimensions(world, None))
    found = held_out(seen, None, None, short=True, seed=0, step=lambda what, weight=1: None)
    value, low, high = (round(float(each), 4) for each in found.total_variation)
    return value, low, high


def effects_of(point: Point) -> list[float]:
    """Mean |d(z) - d(z, z_j at its mean)|^2 of each dimension, per image, over one draw of q(z|x) an image."""
    eps = np.random.default_rng(point.config.train.seed).standard_normal(point.mean.shape, np.float32)
    z = point.mean + np.exp(point.logvar / 2) * eps
    return [float(f"{each:.5g}") for each in effects(point.decode, z).both]


def measure_codes(
    network: "Autoencoder", config: RunConfig, images: np.ndarray, mean: np.ndarray, logvar: np.ndarray
) -> tuple[float, float, np.ndarray]:
    """R, D and the KL of each dimension [D], nats per image: the decoder is the network's, the codes are given."""
    import torch

    from vaeexplorer.network.objectives import reconstruction, reparameterize

    kl = kl_per_dimension(mean.astype(np.float64), logvar.astype(np.float64)).mean(axis=0)  # [D]
    eps = np.random.default_rng(config.train.seed).standard_normal(mean.shape, np.float32)
    with torch.no_grad():
        z = reparameterize(torch.tensor(mean), torch.tensor(logvar), torch.tensor(eps))
        x = torch.tensor(images.reshape(len(images), -1)).float() / 255
        distortion = reconstruction(x, network.decode(z), config.objective).double().mean().item()
    return float(kl.sum()), distortion, kl


def read_point(config: RunConfig, root: Path = ROOT) -> Point:
    """The point of a configuration.

    Raises:
        SweepError: it is missing, of another recipe, cut short, of the wrong shape or not a number.
    """
    path = path_of(config, root)

    def wrong(what: str) -> SweepError:
        return SweepError(f"The point {path.name} of the sweep cannot be read: {what}.")

    dim = config.model.latent_dim
    shapes: dict[str, Shape] = {"kl": (dim,), "mean": (KEPT, dim), "logvar": (KEPT, dim), "document": ()}
    shapes |= _decoder_shapes(config)
    try:
        arrays = read_arrays(read_file(path, arrays_size(shapes)), shapes)
    except FileNotFoundError:
        raise wrong("it is missing, and `python -m vaeexplorer sweep` makes it") from None
    except OSError as error:
        raise wrong(why(error)) from None
    except ValueError as error:
        raise wrong(str(error)) from None
    text = arrays.pop("document")
    if text.dtype.kind != "U":
        raise wrong("it lacks its document")
    try:
        document = from_json(str(text), PointDocument)
    except (DocumentError, ConfigError) as error:
        raise wrong(f"its document: {error}") from None
    if document.config != config:
        raise wrong("it is of another data set, size, beta or recipe than its name says")
    if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in arrays.values()):
        raise wrong("its arrays are not all finite numbers")
    weights = {key: array.astype(np.float32) for key, array in arrays.items() if key.startswith("decoder.")}
    return Point(
        config=config,
        rate=document.rate,
        distortion=document.distortion,
        active_units=document.active_units,
        kept_rate=document.kept_rate,
        kept_distortion=document.kept_distortion,
        kl=arrays["kl"].astype(np.float64),
        mean=arrays["mean"].astype(np.float32),
        logvar=arrays["logvar"].astype(np.float32),
        weights=weights,
        provenance=document.provenance,
        total_variation=document.total_variation,
        effects=document.effects,
    )


def _decoder_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """The decoder's arrays, by their names among the weights."""
    shapes = weight_shapes(config.model, config.objective.likelihood)
    return {name: shape for name, shape in shapes.items() if name.startswith("decoder.")}
