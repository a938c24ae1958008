"""From a training to a run folder: halve the weights where that costs nothing, measure once, write."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from filelock import FileLock, Timeout
from torch import Tensor

from vaeexplorer.codes import to_bytes
from vaeexplorer.documents import to_json
from vaeexplorer.files import OWN, SHIPPED, why
from vaeexplorer.network.evaluation import Measurement, evaluate, measure
from vaeexplorer.network.history import format_history
from vaeexplorer.network.models import Autoencoder, build
from vaeexplorer.network.training import Training
from vaeexplorer.runs import attachments, contents, versions
from vaeexplorer.runs.folder import Run, RunDocument, RunError, check_name, load_run, runs_folder
from vaeexplorer.version import __version__

FLOAT16_TOLERANCE = 0.05  # nats of test ELBO that half-precision weights may cost


@dataclass(frozen=True)
class Finished:
    """What a training came to, measured.

    Attributes:
        weights: as they are written, float16 where that moves the test ELBO by less than 0.05 nats.
        test: figures, codes and errors of the test images, of the weights as written.
        train: figures on the training images.
    """

    training: Training
    weights: dict[str, Tensor]
    test: Measurement
    train: dict[str, float]


def finish(training: Training) -> Finished:
    """Choose the precision of the weights and measure the network that they make.

    Raises:
        RunError: the training has not run an epoch.
    """
    if not training.history:
        raise RunError("There is nothing to save before the first epoch.")
    config, images = training.config, training.test_set.images
    network: Autoencoder = training.network
    weights = {key: tensor.detach().cpu().contiguous() for key, tensor in network.state_dict().items()}
    halved = build(config.model, config.objective.likelihood).to(training.device)
    halved.load_state_dict({key: tensor.half().float() for key, tensor in weights.items()})
    test = measure(halved, config, images)
    if abs(test.figures["elbo"] - evaluate(network, config, images)["elbo"]) < FLOAT16_TOLERANCE:
        network, weights = halved, {key: tensor.half() for key, tensor in weights.items()}
    else:
        test = measure(network, config, images)
    return Finished(training, weights, test, evaluate(network, config, training.train_set.images))


def save_run(training: Training, name: str | None = None, *, root: Path | None = None, overwrite: bool = False) -> Run:
    """Write what a training came to as a run folder, and read it back.

    Args:
        training: it has run at least an epoch.
        name: of the folder; by default what the configuration suggests.
        root: the folder to put it in; by default the runs folder.
        overwrite: replace a run of that name.

    Raises:
        RunError: the name is no name or taken, or the folder cannot be written.
    """
    with reserved(training.config.default_name if name is None else name, root=root, overwrite=overwrite) as path:
        write(path, finish(training))
        return load_run(path)


@contextmanager
def reserved(name: str, *, root: Path | None = None, overwrite: bool = False) -> Iterator[Path]:
    """Keep a name for one training, from its first epoch until its run is written.

    Args:
        name: of the run.
        root: the folder of its folder; by default the runs folder.
        overwrite: whether a run of that name may be replaced.

    Returns:
        The path of the run's folder.

    Raises:
        RunError: the name is no name, a shipped run's or taken, or another training has it.
    """
    root = root or runs_folder()
    path = root / check_name(name)
    if root != SHIPPED and (SHIPPED / name / versions.DOCUMENT).exists():
        raise RunError(f"{name} is a shipped run: choose another name.")
    locks = root / ".locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{name}.lock", timeout=0, is_singleton=True)
        lock.acquire()
    except Timeout:
        raise RunError(f"Another training of the name {name} is under way: choose another name, or wait.") from None
    except OSError as error:
        raise RunError(f"The folder {root.name} cannot be written: {why(error)}.") from None
    try:
        if _is_taken(path):
            if not (path / versions.DOCUMENT).exists():
                raise RunError(f"There is something of the name {name} already, which is no run: choose another name.")
            if not overwrite:
                raise RunError(f"There is a run {name} already: choose another name, or overwrite it.")
        yield path
    finally:
        lock.release()


def _is_taken(path: Path) -> bool:
    """Whether there is anything but what a killed writer of this run left."""
    if not path.is_dir():
        return os.path.lexists(path)
    names = os.listdir(path)
    return not (names and all(name.startswith(OWN) for name in names))


def write(path: Path, finished: Finished) -> None:
    """Write a run's folder, whole or not at all.

    Raises:
        RunError: it cannot be written.
    """
    training, codes = finished.training, finished.test.codes
    arrays: dict[str, np.ndarray] = {
        "mean": codes.mean.astype(np.float16),
        "labels": training.test_set.labels.astype(np.uint8),
        "error": finished.test.error,
    }
    if codes.logvar is not None:
        arrays["logvar"] = codes.logvar.astype(np.float16)
    files = {
        contents.HISTORY: format_history(training.history).encode(),
        contents.WEIGHTS: safetensors.torch.save(finished.weights),
        contents.CODES: _packed(arrays),
        contents.SNAPSHOTS: _packed(to_bytes(np.stack(training.snapshots))),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[versions.DOCUMENT] = to_json(_document(finished, hashes), indent=2).encode()
    try:
        versions.replace(path, files, dated=attachments.NAMES)
    except OSError as error:
        raise RunError(f"The run {path.name} cannot be written: {why(error)}.") from None


def _packed(arrays: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def _document(finished: Finished, files: dict[str, str]) -> RunDocument:
    training, config = finished.training, finished.training.config
    metrics = {f"test_{key}": value for key, value in finished.test.figures.items()}
    metrics |= {f"train_{key}": value for key, value in finished.train.items()}
    half = all(tensor.dtype == torch.float16 for tensor in finished.weights.values())
    provenance: dict[str, str | int | float | bool | None] = {
        "vaeexplorer": __version__,
        "torch": torch.__version__,
        "seed": config.train.seed,
        "device": training.device.type,
        "precision": training.precision,
        "threads": torch.get_num_threads(),
        "seconds": round(sum(record.seconds for record in training.history), 1),
        "train_images": training.train_set.source,
        "train_images_hash": training.train_set.content_hash,
        "test_images_hash": training.test_set.content_hash,
        "weights": "float16" if half else "float32",
    }
    return RunDocument(1, config, metrics, provenance, files)
