"""From a training to a run folder: halve the weights where that costs nothing, measure once, write."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from vaeexplorer.arrays import halved
from vaeexplorer.codes import to_bytes
from vaeexplorer.documents import to_json
from vaeexplorer.files import why
from vaeexplorer.network.dials import Dials
from vaeexplorer.network.evaluation import Measurement, evaluate, measure
from vaeexplorer.network.history import TrainingError, format_history
from vaeexplorer.network.models import Autoencoder, build
from vaeexplorer.network.training import Training
from vaeexplorer.runs import attachments, contents, versions
from vaeexplorer.runs.folder import Run, RunDocument, RunError, load_run
from vaeexplorer.runs.names import reserved
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
    config, images = training.outcome[0], training.test_set.images
    network: Autoencoder = training.network
    weights = {key: tensor.detach().cpu().contiguous() for key, tensor in network.state_dict().items()}
    rounded = build(config.model, config.objective.likelihood).to(training.device)
    rounded.load_state_dict({key: tensor.half().float() for key, tensor in weights.items()})
    test = measure(rounded, config, images)
    moved = abs(test.figures["elbo"] - evaluate(network, config, images)["elbo"])
    if moved < FLOAT16_TOLERANCE and all(tensor.isfinite().all() for tensor in rounded.state_dict().values()):
        network, weights = rounded, {key: tensor.half() for key, tensor in weights.items()}
    else:
        test = measure(network, config, images)
    return Finished(training, weights, test, evaluate(network, config, training.train_set.images))


def extend(training: Training, run: Run) -> None:
    """Let a training go on from a finished run for more epochs: from its weights as written, with a fresh optimizer.

    Raises:
        RunError: the run was trained on other images.
        TrainingError: it differs in more than the number of epochs, or has as many as are asked for.
    """
    for which, data in (("train", training.train_set), ("test", training.test_set)):
        if run.provenance.get(f"{which}_images_hash", data.content_hash) != data.content_hash:
            raise RunError(f"The run {run.name} has other {which} images than {data.source}.")
    if len(run.history) >= training.config.train.epochs:
        raise TrainingError(f"The run {run.name} has its {len(run.history)} epochs: ask for more to go on.")
    training.go_on(run.config, run.history, run.snapshots, str(run.provenance.get("extended", "")))
    training.dials = Dials(training.config, run.events)
    training.network.load_state_dict({name: torch.tensor(array) for name, array in run.weights.items()})


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


def write(path: Path, finished: Finished) -> None:
    """Write a run's folder, whole or not at all.

    Raises:
        RunError: it cannot be written, or holds numbers that could not be read again.
    """
    training, codes = finished.training, finished.test.codes
    snapshots = np.stack(training.snapshots)
    # What is read is checked; so nothing is written that the reader would refuse.
    if not all(np.isfinite(each).all() for each in (codes.mean, finished.test.error, snapshots)):
        raise RunError("The codes have grown beyond what float32 can hold, so there is nothing to keep.")
    arrays: dict[str, np.ndarray] = {
        "mean": halved(codes.mean),
        "labels": training.test_set.labels.astype(np.uint8),  # below the number of classes, as `train` checked
        "error": finished.test.error,
    }
    if codes.logvar is not None:
        arrays["logvar"] = halved(codes.logvar)
    files = {
        contents.HISTORY: format_history(training.history).encode(),
        contents.WEIGHTS: safetensors.torch.save(finished.weights),
        contents.CODES: _packed(arrays),
        contents.SNAPSHOTS: _packed(to_bytes(snapshots)),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    try:
        files[versions.DOCUMENT] = to_json(_document(finished, hashes), indent=2).encode()
    except ValueError:
        raise RunError(
            "The figures of this training are not all finite numbers, so there is nothing to keep."
        ) from None
    try:
        versions.replace(path, files, dated=attachments.NAMES)
    except OSError as error:
        raise RunError(f"The run {path.name} cannot be written: {why(error)}.") from None


def _packed(arrays: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def _document(finished: Finished, files: dict[str, str]) -> RunDocument:
    training = finished.training
    config, events = training.outcome
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
        "train_images_count": len(training.train_set),
        "train_images_hash": training.train_set.content_hash,
        "test_images": training.test_set.source,
        "test_images_count": len(training.test_set),
        "test_images_hash": training.test_set.content_hash,
        "weights": "float16" if half else "float32",
    }
    if training.extended:
        provenance["extended"] = training.extended
    return RunDocument(1, config, metrics, provenance, files, tuple(events))
