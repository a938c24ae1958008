"""Rate and distortion over beta: 48 small VAEs, trained alike but for the weight of the KL term.

A finished model is one file, `pretrained/sweep/DATASET-Dd-betaB.npz`: its figures, the codes of 2,000 test images and
its decoder. A file appears whole or not at all, so a sweep that was interrupted goes on with the models that are
missing. Nothing in a file is ever unpickled.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.posterior import active_units
from vaeexplorer.config import ConfigError, DataConfig, Dataset, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE, DataError
from vaeexplorer.files import SHIPPED, read_arrays, whole_file
from vaeexplorer.network.architecture import weight_shapes
from vaeexplorer.runs.folder import is_number
from vaeexplorer.version import __version__

# torch takes more than a second to import: only what touches a network does.
if TYPE_CHECKING:
    from vaeexplorer.network.inference import LatentModel
    from vaeexplorer.network.models import Autoencoder

SCHEMA = 1
ROOT = SHIPPED / "sweep"
BETAS = (0.0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0)
DIMENSIONS = (2, 16)
KEPT = 2000  # test images whose codes are kept
# Codes are kept on a grid far finer than any posterior is wide: what collapsed then compresses to almost nothing.
MEAN_GRID, LOGVAR_GRID = 128, 64
_FIGURES = ("rate", "distortion", "kept_rate", "kept_distortion", "active_units")


class SweepError(ValueError):
    """A point of a sweep that cannot be read or written; the message is one sentence."""


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
    provenance: dict[str, Any]

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
        """Rate and distortion of the kept images, recomputed from the codes and the decoder as kept.

        Args:
            images: the first 2,000 test images, uint8 [2000, 28, 28].

        Returns:
            R and D, nats per image; D with the noise of the run's seed.
        """
        rate, distortion, _ = _measure(self._model.network, self.config, images, self.mean, self.logvar)
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
    """Where the point of a configuration is kept."""
    return root / f"{config.data.dataset}-{config.model.latent_dim}d-beta{config.objective.beta:g}.npz"


def load_sweep(dataset: Dataset, latent_dim: int, root: Path = ROOT) -> list[Point]:
    """The points of a shipped sweep, by rising beta.

    Raises:
        SweepError: a point is missing, of another recipe, cut short, of the wrong shape or not a number.
    """
    if dataset not in get_args(Dataset) or latent_dim not in DIMENSIONS:
        raise SweepError(f"There is no sweep of {dataset!r} in {latent_dim} dimensions: there are those in 2 and 16.")
    return [read_point(config_of(dataset, latent_dim, beta), root) for beta in BETAS]


def figures_csv(points: Sequence[Point]) -> str:
    """A row a beta, in nats per image; KL by dimension in the network's own order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    kl = [f"kl_z{dimension + 1}" for dimension in range(len(points[0].kl))]
    writer.writerow(["dataset", "latent_dim", "beta", "rate", "distortion", "elbo", "active_units", *kl])
    for point in points:
        config = point.config
        figures = (f"{value:.6g}" for value in (point.beta, point.rate, point.distortion, point.elbo))
        per_dimension = (f"{value:.6g}" for value in point.kl)
        writer.writerow([config.data.dataset, config.model.latent_dim, *figures, point.active_units, *per_dimension])
    return text.getvalue()


def rebuild(
    configs: tuple[RunConfig, ...] = CONFIGS, *, workers: int | None = None, root: Path = ROOT
) -> Iterator[RunConfig]:
    """Train the points that are missing, broken or of another recipe, each on one thread, and write each as it is done.

    Args:
        configs: what to train.
        workers: models at a time. None is one, or as many as a surrounding `joblib.parallel_config` says: its backends
            are processes here (loky), or Dask or Ray on a cluster, where only the finished points travel.
        root: the folder to fill.

    Returns:
        The configuration of each point, as it is done; at once of those that are there.

    Raises:
        ConfigError: no workers.
        DataError: the full training sets cannot be had.
        SweepError: the folder cannot be written.
    """
    from joblib import Parallel, delayed

    if workers is not None and workers < 1:
        raise ConfigError(f"workers must be at least 1, not {workers}.")
    missing = [config for config in configs if not _is_there(config, root)]
    for dataset in sorted({config.data.dataset for config in missing}):
        if len(load_dataset(dataset, "train")) < FULL_SIZE["train"]:
            raise DataError(f"The sweep is trained on all of {dataset}: set VAEEXPLORER_DATA to a copy of it.")
    yield from (config for config in configs if config not in missing)
    with Parallel(n_jobs=workers, return_as="generator_unordered") as parallel:
        for config, content in parallel(delayed(train_point)(config) for config in missing):
            _write(path_of(config, root), content)
            yield config


def train_point(config: RunConfig) -> tuple[RunConfig, dict[str, np.ndarray]]:
    """Train one model on one thread and measure it.

    Returns:
        The configuration, and the arrays of the point's file.
    """
    import torch

    from vaeexplorer.network.training import train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        training = train(config)
        for _ in training:
            pass
        network, images = training.network, training.test_set.images
        with torch.no_grad():
            for parameter in network.decoder.parameters():
                parameter.copy_(parameter.half().float())
        return config, _content(config, network, images, sum(record.seconds for record in training.history))
    finally:
        torch.set_num_threads(threads)


def _content(config: RunConfig, network: "Autoencoder", images: np.ndarray, seconds: float) -> dict[str, np.ndarray]:
    import torch

    from vaeexplorer.network.inference import LatentModel

    codes = LatentModel(network).encode(images)
    assert codes.logvar is not None
    mean = (np.round(codes.mean[:KEPT] * MEAN_GRID) / MEAN_GRID).astype(np.float16)
    logvar = (np.round(codes.logvar[:KEPT] * LOGVAR_GRID) / LOGVAR_GRID).astype(np.float16)
    rate, distortion, kl = _measure(network, config, images, codes.mean, codes.logvar)
    kept = mean.astype(np.float32), logvar.astype(np.float32)
    kept_rate, kept_distortion, _ = _measure(network, config, images[:KEPT], *kept)
    document = {
        "schema": SCHEMA,
        "config": config.to_json(),
        "rate": rate,
        "distortion": distortion,
        "kept_rate": kept_rate,
        "kept_distortion": kept_distortion,
        "active_units": int(active_units(codes.mean).sum()),
        "provenance": {
            "vaeexplorer": __version__,
            "torch": torch.__version__,
            "test_images": len(images),
            "seconds": round(seconds, 1),
        },
    }
    weights = {f"decoder.{key}": tensor.half().numpy() for key, tensor in network.decoder.state_dict().items()}
    return {"document": np.array(json.dumps(document)), "kl": kl, "mean": mean, "logvar": logvar} | weights


def _measure(
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


def _write(path: Path, content: dict[str, np.ndarray]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez_compressed(file, **content)  # type: ignore[arg-type]
    except OSError as error:
        raise SweepError(f"The point {path.name} cannot be written: {error.strerror}.") from None


def _is_there(config: RunConfig, root: Path) -> bool:
    try:
        read_point(config, root)
    except SweepError:
        return False
    return True


def read_point(config: RunConfig, root: Path = ROOT) -> Point:
    """The point of a configuration.

    Raises:
        SweepError: it is missing, of another recipe, cut short, of the wrong shape or not a number.
    """
    path = path_of(config, root)

    def wrong(what: str) -> SweepError:
        return SweepError(f"The point {path.name} of the sweep cannot be read: {what}.")

    try:
        arrays = read_arrays(path)
    except FileNotFoundError:
        raise wrong("it is missing, and `python -m vaeexplorer sweep` makes it") from None
    except (OSError, ValueError):
        raise wrong("it is cut short or no array file") from None
    text = arrays.pop("document", None)
    if text is None or text.dtype.kind != "U" or text.shape:
        raise wrong("it lacks its document")
    try:
        document = json.loads(str(text))
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise wrong(f"its document is not of schema {SCHEMA}")
        found = RunConfig.from_json(document.get("config"))
    except json.JSONDecodeError:
        raise wrong("its document is not JSON") from None
    except ConfigError as error:
        raise wrong(str(error)) from None
    if found != config:
        raise wrong("it is of another data set, size, beta or recipe than its name says")
    figures: dict[str, Any] = {key: document.get(key) for key in _FIGURES}
    if not all(is_number(value) for value in figures.values()) or not isinstance(document.get("provenance"), dict):
        raise wrong("its figures are not all finite numbers")
    dim = config.model.latent_dim
    shapes = {"kl": (dim,), "mean": (KEPT, dim), "logvar": (KEPT, dim)} | _shapes(config)
    if {key: array.shape for key, array in arrays.items()} != shapes:
        raise wrong("it does not hold the arrays it should")
    if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in arrays.values()):
        raise wrong("its arrays are not all finite numbers")
    weights = {key: array.astype(np.float32) for key, array in arrays.items() if key.startswith("decoder.")}
    return Point(
        config=config,
        rate=figures["rate"],
        distortion=figures["distortion"],
        active_units=figures["active_units"],
        kept_rate=figures["kept_rate"],
        kept_distortion=figures["kept_distortion"],
        kl=arrays["kl"].astype(np.float64),
        mean=arrays["mean"].astype(np.float32),
        logvar=arrays["logvar"].astype(np.float32),
        weights=weights,
        provenance=document["provenance"],
    )


def _shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """The decoder's arrays, by their names among the weights."""
    shapes = weight_shapes(config.model, config.objective.likelihood)
    return {name: shape for name, shape in shapes.items() if name.startswith("decoder.")}
