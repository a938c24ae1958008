"""Run folders, and how they are read.

A folder holds run.json (schema, configuration, figures, provenance, and the hash of every other file), history.csv,
weights.safetensors, codes.npz, snapshots.npz; and umap.npz and report.json once someone asked for them
(`attachments`). It appears whole or not at all (`finish` writes it), and nothing in it is unpickled.
"""

import hashlib
import os
import re
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from vaeexplorer.codes import Codes, from_bytes
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.documents import DocumentError, Finite, Plain, from_json, to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, content_hash, put_back, read_arrays
from vaeexplorer.network.architecture import weight_shapes
from vaeexplorer.network.history import EpochRecord, read_history

# torch takes more than a second to import: only what touches a network does.
if TYPE_CHECKING:
    from vaeexplorer.network.inference import LatentModel

DOCUMENT, HISTORY = "run.json", "history.csv"
WEIGHTS, CODES, SNAPSHOTS = "weights.safetensors", "codes.npz", "snapshots.npz"
FILES = (HISTORY, WEIGHTS, CODES, SNAPSHOTS)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunError(UserError):
    """A run that cannot be read or written; the message is one sentence."""


@dataclass(frozen=True)
class RunDocument:
    """What run.json says.

    Attributes:
        files: the SHA-256 of every other file that makes the run, by name; none in runs of earlier versions.
    """

    schema: Literal[1]
    config: RunConfig
    metrics: dict[str, Finite]
    provenance: dict[str, Plain]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunCard:
    """What a run is, without its network: cheap to read.

    Attributes:
        key: what the run is known by, whatever it is called: a hash of configuration, weights and codes.
        metrics: figures on the train and test images, `train_...` and `test_...` of `evaluation.evaluate`.
        provenance: versions, seed, device, precision, seconds, and where the training images came from.
    """

    name: str
    path: Path
    key: str
    config: RunConfig
    metrics: dict[str, float]
    provenance: dict[str, Plain]
    history: list[EpochRecord]


@dataclass(frozen=True)
class Run(RunCard):
    """A run with its weights and the codes of the test images.

    Attributes:
        weights: float32, by the names of `architecture.weight_shapes`.
        codes: of the test set in its order, [N, D], as kept: rounded to half precision, which is finer than a
            thousandth of their spread. `model.encode` gives them exactly.
        labels: of the test set, [N].
        error: |x - d(mean)|^2 of each test image, float32 [N].
    """

    weights: dict[str, np.ndarray]
    codes: Codes
    labels: np.ndarray
    error: np.ndarray

    @cached_property
    def snapshots(self) -> np.ndarray:
        """Codes of 2,000 test images after every epoch, float32 [epochs, 2000, D]; read when they are asked for.

        They are exact to a 510th of their spread, finer than a film of them can show.

        Raises:
            RunError: they are missing, cut short or of another shape.
        """
        path = self.path / SNAPSHOTS
        arrays = _read_arrays(path)
        epochs, dim = len(self.history), self.config.model.latent_dim
        images = arrays["codes"].shape[1:2] if "codes" in arrays else ()
        _check_arrays(path, arrays, {"codes": (epochs, *images, dim), "range": (2, epochs, 1, dim)})
        return from_bytes(arrays["codes"], arrays["range"])

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
        for path in sorted(root.glob(f"*/{DOCUMENT}")):
            if _NAME.fullmatch(path.parent.name):
                try:
                    cards.append(_read_card(path.parent)[1])
                except RunError as error:
                    errors.append(error)
    return cards, errors


def load_run(name: str | Path) -> Run:
    """A run by its name, in pretrained/ or the runs folder, or by its path.

    Raises:
        RunError: there is none, or something in it is missing, cut short, of the wrong shape or not a number.
    """
    path = _find(name)
    document, card = _read_card(path)
    _check_hashes(path, document)
    weights = _read_weights(path, card.config)
    arrays = _read_arrays(path / CODES)
    variational, dim = card.config.model.model == "vae", card.config.model.latent_dim
    count = len(arrays.get("labels", ()))
    shapes = {"mean": (count, dim), "labels": (count,), "error": (count,)}
    shapes |= {"logvar": (count, dim)} if variational else {}
    _check_arrays(path / CODES, arrays, shapes)
    logvar = arrays["logvar"].astype(np.float32) if variational else None
    return Run(
        **{each.name: getattr(card, each.name) for each in fields(card)},
        weights=weights,
        codes=Codes(arrays["mean"].astype(np.float32), logvar),
        labels=arrays["labels"].astype(np.int64),
        error=arrays["error"].astype(np.float32),
    )


def _find(name: str | Path) -> Path:
    if isinstance(name, Path) or Path(name).name != name:
        candidates = [Path(name)]
    else:
        candidates = [root / check_name(name) for root in (SHIPPED, runs_folder())]
    for path in candidates:
        put_back(path.parent)
        if (path / DOCUMENT).is_file():
            return path
    raise RunError(f"There is no run {Path(name).name}: `python -m vaeexplorer list` shows those there are.")


def _read_card(path: Path) -> tuple[RunDocument, RunCard]:
    def wrong(what: str) -> RunError:
        return RunError(f"The run {path.name} cannot be read: {what}.")

    try:
        content = (path / DOCUMENT).read_bytes()
        document = from_json(content, RunDocument)
        key = [document.files.get(name) or _sha256(path / name) for name in (WEIGHTS, CODES)]
        history = read_history(path / HISTORY)
    except (DocumentError, ConfigError) as error:
        raise wrong(f"{DOCUMENT}: {error}") from None
    except UnicodeDecodeError:
        raise wrong(f"{HISTORY} is not text") from None
    except OSError as error:
        raise wrong(f"{Path(error.filename or '').name}: {error.strerror}") from None
    if not history:
        raise wrong(f"{HISTORY} is empty, cut short or not a history")
    card = RunCard(
        name=path.name,
        path=path,
        key=content_hash(to_json([document.config, *key]).encode()),
        config=document.config,
        metrics=document.metrics,
        provenance=document.provenance,
        history=history,
    )
    return document, card


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_hashes(path: Path, document: RunDocument) -> None:
    """Raise RunError where a file is not the one that run.json names."""
    for name, expected in document.files.items():
        if name not in FILES:
            raise RunError(f"The run {path.name} cannot be read: {DOCUMENT} names a file {name[:100]!r}.")
        try:
            hashed = _sha256(path / name)
        except OSError as error:
            raise RunError(f"The run {path.name} cannot be read: {name}: {error.strerror}.") from None
        if hashed != expected:
            raise RunError(f"The run {path.name} is damaged: {name} is not the file that was written with it.")


def _read_weights(path: Path, config: RunConfig) -> dict[str, np.ndarray]:
    """The weights, after the file's names, shapes and numbers were held to what the configuration says."""
    import safetensors

    expected = weight_shapes(config.model, config.objective.likelihood)
    try:
        with safetensors.safe_open(path / WEIGHTS, framework="np") as file:
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


def _check_arrays(path: Path, arrays: dict[str, np.ndarray], shapes: dict[str, tuple[int, ...]]) -> None:
    found = {key: array.shape for key, array in arrays.items()}
    if found != shapes or not all(a.dtype.kind in "fiu" and np.isfinite(a).all() for a in arrays.values()):
        raise RunError(f"{path.name} of the run {path.parent.name} does not hold the arrays it should.")
