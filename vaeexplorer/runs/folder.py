"""The one reader and writer of run folders.

A folder holds run.json (schema, configuration, figures, provenance), history.csv, weights.safetensors, codes.npz,
snapshots.npz; and umap.npz and report.json once someone asked for them. It appears whole or not at all, and nothing in
it is unpickled.
"""

import json
import math
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vaeexplorer.analysis.squared_error import squared_error
from vaeexplorer.codes import Codes, from_bytes, to_bytes
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.files import SHIPPED, put_back, read_arrays, whole_file, whole_folder
from vaeexplorer.network.architecture import weight_shapes
from vaeexplorer.network.history import EpochRecord, read_history, write_history
from vaeexplorer.version import __version__

# torch takes more than a second to import: only what touches a network does.
if TYPE_CHECKING:
    from vaeexplorer.network.inference import LatentModel
    from vaeexplorer.network.training import Training

SCHEMA = 1
FLOAT16_TOLERANCE = 0.05  # nats of test ELBO that half-precision weights may cost
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunError(ValueError):
    """A run that cannot be read or written; the message is one sentence."""


@dataclass(frozen=True)
class RunCard:
    """What a run is, without its network: cheap to read.

    Attributes:
        metrics: figures on the train and test images, `train_...` and `test_...` of `evaluation.evaluate`.
        provenance: versions, seed, device, precision, seconds, and where the training images came from.
    """

    name: str
    path: Path
    config: RunConfig
    metrics: dict[str, float]
    provenance: dict[str, Any]
    history: list[EpochRecord]


@dataclass(frozen=True)
class Run(RunCard):
    """A run with its weights, the codes of the test images and the codes of 2,000 of them at every epoch.

    Attributes:
        weights: float32, by the names of `architecture.weight_shapes`.
        codes: of the test set in its order, [N, D], as kept: rounded to half precision, which is finer than a
            thousandth of their spread. `model.encode` gives them exactly.
        labels: of the test set, [N].
        error: |x - d(mean)|^2 of each test image, float32 [N].
        snapshots: float32 [epochs, 2000, D], as kept: to a 510th of their spread, finer than a film of them can show.
    """

    weights: dict[str, np.ndarray]
    codes: Codes
    labels: np.ndarray
    error: np.ndarray
    snapshots: np.ndarray

    @cached_property
    def model(self) -> "LatentModel":
        """Encodes and decodes. It is built, and torch imported, when it is asked for."""
        from vaeexplorer.network.inference import restore

        return restore(self.config, self.weights)


def runs_folder() -> Path:
    """Where the user's runs live: VAEEXPLORER_RUNS, or `runs` in the working folder."""
    return Path(os.environ.get("VAEEXPLORER_RUNS") or "runs")


def check_name(name: str) -> str:
    """The name, if it can be a folder's.

    Raises:
        RunError: it is empty, too long, or has other characters than letters, digits, dots, dashes and underscores.
    """
    if not _NAME.fullmatch(name):
        raise RunError(f"A name is made of letters, digits, '.', '-' and '_', at most 100: not {name!r}.")
    return name


def list_runs() -> tuple[list[RunCard], list[RunError]]:
    """Every run there is, shipped ones first, and what is wrong with the folders that cannot be read."""
    cards, errors = [], []
    for root in (SHIPPED, runs_folder()):
        put_back(root)
        for path in sorted(root.glob("*/run.json")):
            if _NAME.fullmatch(path.parent.name):
                try:
                    cards.append(_read_card(path.parent))
                except RunError as error:
                    errors.append(error)
    return cards, errors


def plain_partner(card: RunCard, cards: Sequence[RunCard]) -> RunCard | None:
    """The autoencoder among `cards` that shares data, network, seed and reconstruction term with a VAE, or None."""
    if card.config.model.model == "ae":
        return None
    wanted = replace(card.config, model=replace(card.config.model, model="ae"))
    return next((other for other in cards if other.config == wanted), None)


def load_run(name: str | Path) -> Run:
    """A run by its name, in pretrained/ or the runs folder, or by its path.

    Raises:
        RunError: there is none, or something in it is missing, cut short, of the wrong shape or not a number.
    """
    path = _find(name)
    card = _read_card(path)
    weights = _read_weights(path, card.config)
    arrays = _read_arrays(path / "codes.npz")
    variational, dim = card.config.model.model == "vae", card.config.model.latent_dim
    count = len(arrays.get("labels", ()))
    shapes = {"mean": (count, dim), "labels": (count,), "error": (count,)}
    shapes |= {"logvar": (count, dim)} if variational else {}
    _hold(path / "codes.npz", arrays, shapes)
    snapshots = _read_arrays(path / "snapshots.npz")
    epochs, kept = len(card.history), snapshots["codes"].shape[1:2] if "codes" in snapshots else ()
    _hold(path / "snapshots.npz", snapshots, {"codes": (epochs, *kept, dim), "range": (2, epochs, 1, dim)})
    logvar = arrays["logvar"].astype(np.float32) if variational else None
    return Run(
        **vars(card),
        weights=weights,
        codes=Codes(arrays["mean"].astype(np.float32), logvar),
        labels=arrays["labels"].astype(np.int64),
        error=arrays["error"].astype(np.float32),
        snapshots=from_bytes(snapshots["codes"], snapshots["range"]),
    )


def save_run(
    training: "Training", name: str | None = None, *, root: Path | None = None, overwrite: bool = False
) -> Run:
    """Write what a training came to as a run folder, and read it back.

    Weights are kept in half precision where that moves the test ELBO by less than 0.05 nats; the figures are those of
    the weights as kept.

    Args:
        training: it has run at least an epoch.
        name: of the folder; by default what the configuration suggests.
        root: the folder to put it in; by default the runs folder.
        overwrite: replace a run of that name.

    Raises:
        RunError: the name is no name or taken, or the folder cannot be written.
    """
    import safetensors.torch
    import torch

    from vaeexplorer.network.evaluation import evaluate
    from vaeexplorer.network.inference import LatentModel
    from vaeexplorer.network.models import build

    if not training.history:
        raise RunError("There is nothing to save before the first epoch.")
    path = (root or runs_folder()) / check_name(name or training.config.default_name)
    check_free(path, overwrite=overwrite)
    config, network, test = training.config, training.network, training.test_set
    weights = {key: tensor.detach().cpu().contiguous() for key, tensor in network.state_dict().items()}
    metrics = evaluate(network, config, test.images)
    halved = build(config.model, config.objective.likelihood).to(training.device)
    halved.load_state_dict({key: tensor.half().float() for key, tensor in weights.items()})
    halved_metrics = evaluate(halved, config, test.images)
    if abs(halved_metrics["elbo"] - metrics["elbo"]) < FLOAT16_TOLERANCE:
        network, metrics = halved, halved_metrics
        weights = {key: tensor.half() for key, tensor in weights.items()}
    train_metrics = evaluate(network, config, training.train_set.images)
    model = LatentModel(network)
    codes = model.encode(test.images)
    document = {
        "schema": SCHEMA,
        "config": config.to_json(),
        "metrics": {f"test_{k}": v for k, v in metrics.items()} | {f"train_{k}": v for k, v in train_metrics.items()},
        "provenance": {
            "vaeexplorer": __version__,
            "torch": torch.__version__,
            "seed": config.train.seed,
            "device": training.device.type,
            "precision": training.precision,
            "threads": torch.get_num_threads(),
            "seconds": round(sum(record.seconds for record in training.history), 1),
            "train_images": training.train_set.source,
            "weights": "float16" if network is halved else "float32",
        },
    }
    arrays = {
        "mean": codes.mean.astype(np.float16),
        "labels": test.labels.astype(np.uint8),
        "error": squared_error(test.images, model.decode(codes.mean)),
    }
    if codes.logvar is not None:
        arrays["logvar"] = codes.logvar.astype(np.float16)
    save: Callable[..., None] = np.savez_compressed  # whose own options differ between NumPy's versions
    try:
        with whole_folder(path) as folder:
            (folder / "run.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
            write_history(folder / "history.csv", training.history)
            safetensors.torch.save_file(weights, folder / "weights.safetensors")
            save(folder / "codes.npz", **arrays)
            save(folder / "snapshots.npz", **to_bytes(np.stack(training.snapshots)))
    except OSError as error:
        raise RunError(f"The run {path.name} cannot be written: {error.strerror}.") from None
    return load_run(path)


def load_projection(run: RunCard, kind: str) -> np.ndarray | None:
    """A projection of the run's test codes that was saved with it, float32 [N, 2]; None if there is none.

    Raises:
        RunError: the file is there but cannot be read.
    """
    path = run.path / f"{check_name(kind)}.npz"
    if not path.exists():
        return None
    arrays = _read_arrays(path)
    _hold(path, arrays, {"points": (*arrays["points"].shape[:1], 2)} if "points" in arrays else {"points": ()})
    return arrays["points"].astype(np.float32)


def save_projection(run: RunCard, kind: str, points: np.ndarray) -> None:
    """Keep a projection [N, 2] of the test codes with the run.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        with whole_file(run.path / f"{check_name(kind)}.npz") as file:
            np.savez_compressed(file, points=points.astype(np.float16))
    except OSError as error:
        raise RunError(f"The {kind} projection of {run.name} cannot be saved: {error.strerror}.") from None


def load_report(run: RunCard) -> dict[str, Any] | None:
    """The regularization report that was kept with the run, a JSON document; None if there is none.

    Raises:
        RunError: the file is there but holds no JSON document.
    """
    try:
        document = json.loads((run.path / "report.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise RunError(f"report.json of the run {run.name} cannot be read.")
    return document


def save_report(run: RunCard, document: dict[str, Any]) -> None:
    """Keep a regularization report with the run.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        with whole_file(run.path / "report.json") as file:
            file.write(f"{json.dumps(document, allow_nan=False)}\n".encode())
    except OSError as error:
        raise RunError(f"The report of {run.name} cannot be kept: {error.strerror}.") from None


def check_free(path: Path, *, overwrite: bool) -> None:
    """Hold that a run may be written there.

    Raises:
        RunError: the name is a shipped run's, or taken.
    """
    if path.parent != SHIPPED and (SHIPPED / path.name / "run.json").exists():
        raise RunError(f"{path.name} is a shipped run: choose another name.")
    if path.exists() and not overwrite:
        raise RunError(f"There is a run {path.name} already: choose another name, or overwrite it.")


def _find(name: str | Path) -> Path:
    if isinstance(name, Path) or Path(name).name != name:
        candidates = [Path(name)]
    else:
        candidates = [root / check_name(name) for root in (SHIPPED, runs_folder())]
    for path in candidates:
        put_back(path.parent)
        if (path / "run.json").is_file():
            return path
    raise RunError(f"There is no run {Path(name).name}: `python -m vaeexplorer list` shows those there are.")


def _read_card(path: Path) -> RunCard:
    def wrong(what: str) -> RunError:
        return RunError(f"The run {path.name} cannot be read: {what}.")

    try:
        document = json.loads((path / "run.json").read_text(encoding="utf-8"))
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise wrong(f"run.json is not of schema {SCHEMA}")
        config = RunConfig.from_json(document.get("config"))
        metrics = document.get("metrics")
        if not isinstance(metrics, dict) or not all(is_number(value) for value in metrics.values()):
            raise wrong("its metrics are not all finite numbers")
        provenance = document.get("provenance")
        if not isinstance(provenance, dict):
            raise wrong("its provenance is missing")
        history = read_history(path / "history.csv")
    except ConfigError as error:
        raise wrong(str(error)) from None
    except json.JSONDecodeError:
        raise wrong("run.json is not JSON") from None
    except UnicodeDecodeError:
        raise wrong("run.json or history.csv is not text") from None
    except OSError as error:
        raise wrong(f"{Path(error.filename or '').name}: {error.strerror}") from None
    if not history:
        raise wrong("history.csv is empty, cut short or not a history")
    return RunCard(path.name, path, config, metrics, provenance, history)


def _read_weights(path: Path, config: RunConfig) -> dict[str, np.ndarray]:
    """The weights, after the file's names, shapes and numbers were held to what the configuration says."""
    import safetensors

    expected = weight_shapes(config.model, config.objective.likelihood)
    try:
        with safetensors.safe_open(path / "weights.safetensors", framework="np") as file:
            slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118 (no dict)
            found = {key: tuple(part.get_shape()) for key, part in slices.items()}
            if found != expected:
                odd = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
                raise RunError(f"The run {path.name} has missing, extra or misshapen weights: {', '.join(odd)}.")
            if not {part.get_dtype() for part in slices.values()} <= {"F16", "F32"}:
                raise RunError(f"The weights of the run {path.name} are not all float16 or float32.")
            weights = {key: file.get_tensor(key).astype(np.float32) for key in expected}
    except (safetensors.SafetensorError, OSError) as error:
        raise RunError(f"The weights of the run {path.name} cannot be read: {str(error).rstrip('.')}.") from None
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise RunError(f"The weights of the run {path.name} are not all finite numbers.")
    return weights


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        return read_arrays(path)
    except (OSError, ValueError):
        raise RunError(f"{path.name} of the run {path.parent.name} is missing, cut short or no array file.") from None


def _hold(path: Path, arrays: dict[str, np.ndarray], shapes: dict[str, tuple[int, ...]]) -> None:
    found = {key: array.shape for key, array in arrays.items()}
    if found != shapes or not all(a.dtype.kind in "fiu" and np.isfinite(a).all() for a in arrays.values()):
        raise RunError(f"{path.name} of the run {path.parent.name} does not hold the arrays it should.")


def is_number(value: object) -> bool:
    """Whether a value from a document is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
