"""The models of the sweep over beta: trained where they are missing, each written as it is done."""

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vaeexplorer.analysis.posterior import active_units
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE, DataError
from vaeexplorer.documents import from_json, to_json
from vaeexplorer.files import whole_file, why
from vaeexplorer.recipes.machines import LOCAL, spread
from vaeexplorer.results.sweep import (
    CONFIGS,
    KEPT,
    ROOT,
    PointDocument,
    SweepError,
    effects_of,
    measure_codes,
    path_of,
    read_point,
    regularity,
)
from vaeexplorer.version import __version__

# torch takes more than a second to import: only what touches a network does.
if TYPE_CHECKING:
    from vaeexplorer.network.models import Autoencoder

# Codes are written on a grid far finer than any posterior is wide: what collapsed then compresses to almost nothing.
MEAN_GRID, LOGVAR_GRID = 128, 64


@dataclass(frozen=True)
class Task:
    """A point to train, and what it takes to be the same bits wherever that is.

    Attributes:
        config: what to train.
        images: the hash of the training images' content.
        versions: of vaeexplorer and torch.
    """

    config: RunConfig
    images: str
    versions: tuple[str, str]


def rebuild(
    configs: tuple[RunConfig, ...] = CONFIGS, *, workers: int | None = None, on: str = LOCAL, root: Path = ROOT
) -> Iterator[RunConfig]:
    """Train the points that are missing, broken or of another recipe, each on one thread, and write each as it is done.

    Args:
        configs: what to train.
        workers: models at a time on this machine; None is one, or as many as a surrounding `joblib.parallel_config`
            says.
        on: where, as `machines.spread` has it. Only finished points travel; all are written here.
        root: the folder to fill.

    Returns:
        The configuration of each point, as it is done; at once of those that are there.

    Raises:
        ConfigError: no workers, or no such place.
        ClusterError: a cluster cannot be used.
        DataError: the full training sets cannot be had, or a worker has others.
        SweepError: the folder cannot be written, or a worker has another version of something.
    """
    if workers is not None and workers < 1:
        raise ConfigError(f"workers must be at least 1, not {workers}.")
    missing = [config for config in configs if not _is_there(config, root)]
    hashes = {}
    for dataset in sorted({config.data.dataset for config in missing}):
        images = load_dataset(dataset, "train")
        if len(images) < FULL_SIZE["train"]:
            raise DataError(f"The sweep is trained on all of {dataset}: set VAEEXPLORER_DATA to a copy of it.")
        hashes[dataset] = images.content_hash
    tasks = [Task(config, hashes[config.data.dataset], _versions()) for config in missing]
    points = spread(train_point, tasks, on, workers)
    yield from (config for config in configs if config not in missing)
    if not tasks:
        return
    for config, content in points:
        _write(path_of(config, root), content)
        yield config


def train_point(task: Task) -> tuple[RunConfig, dict[str, np.ndarray]]:
    """Train one model on one thread and measure it.

    Returns:
        The configuration, and the arrays of the point's file.

    Raises:
        DataError: the training images here are others.
        SweepError: vaeexplorer or torch are another version here.
    """
    import torch

    from vaeexplorer.network.training import train

    if (here := _versions()) != task.versions:
        both = " and ".join(f"vaeexplorer {each[0]} with torch {each[1]}" for each in (here, task.versions))
        raise SweepError(f"The worker {platform.node()} has other versions than were asked for: {both}.")
    config, threads = task.config, torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        training = train(config)
        if training.train_set.content_hash != task.images:
            raise DataError(
                f"The worker {platform.node()} has other training images of {config.data.dataset}: set its "
                "VAEEXPLORER_DATA to a copy of the full set."
            )
        for _ in training:
            pass
        network, images = training.network, training.test_set.images
        with torch.no_grad():
            for parameter in network.decoder.parameters():
                parameter.copy_(parameter.half().float())
        return config, _content(config, network, images, sum(record.seconds for record in training.history))
    finally:
        torch.set_num_threads(threads)


def _versions() -> tuple[str, str]:
    return __version__, version("torch")


def _content(config: RunConfig, network: "Autoencoder", images: np.ndarray, seconds: float) -> dict[str, np.ndarray]:
    import torch

    from vaeexplorer.network.inference import LatentModel

    codes = LatentModel(network).encode(images)
    assert codes.logvar is not None
    mean = (np.round(codes.mean[:KEPT] * MEAN_GRID) / MEAN_GRID).astype(np.float16)
    logvar = (np.round(codes.logvar[:KEPT] * LOGVAR_GRID) / LOGVAR_GRID).astype(np.float16)
    rate, distortion, kl = measure_codes(network, config, images, codes.mean, codes.logvar)
    kept = mean.astype(np.float32), logvar.astype(np.float32)
    kept_rate, kept_distortion, _ = measure_codes(network, config, images[:KEPT], *kept)
    provenance: dict[str, str | int | float | bool | None] = {
        "vaeexplorer": __version__,
        "torch": torch.__version__,
        "test_images": len(images),
        "seconds": round(seconds, 1),
    }
    active = int(active_units(codes.mean).sum())
    document = PointDocument(1, config, rate, distortion, kept_rate, kept_distortion, active, provenance)
    weights = {f"decoder.{key}": tensor.half().numpy() for key, tensor in network.decoder.state_dict().items()}
    return {"document": np.array(to_json(asdict(document))), "kl": kl, "mean": mean, "logvar": logvar} | weights


def measure(configs: tuple[RunConfig, ...] = CONFIGS, *, root: Path = ROOT) -> Iterator[RunConfig]:
    """What is measured on trained points, added to those that do not say it: `regularity` and `effects_of`.

    Returns:
        The configuration of each point, as it is done; at once where it was.

    Raises:
        SweepError: a point cannot be read or written.
    """
    for config in configs:
        point = read_point(config, root)
        if point.total_variation is None or point.effects is None:
            path = path_of(config, root)
            with np.load(path, allow_pickle=False) as file:
                content = dict(file)
            document = from_json(str(content["document"]), PointDocument)
            measured = replace(
                document,
                total_variation=point.total_variation or regularity(point.mean, point.logvar),
                effects=effects_of(point),
            )
            _write(path, content | {"document": np.array(to_json(asdict(measured)))})
        yield config


def _write(path: Path, content: dict[str, np.ndarray]) -> None:
    if not all(np.isfinite(array).all() for array in content.values() if array.dtype.kind == "f"):
        raise SweepError(f"The point {path.name} holds numbers beyond half precision, so it is not written.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez_compressed(file, **content)  # type: ignore[arg-type]
    except OSError as error:
        raise SweepError(f"The point {path.name} cannot be written: {why(error)}.") from None


def _is_there(config: RunConfig, root: Path) -> bool:
    try:
        read_point(config, root)
    except SweepError:
        return False
    return True
