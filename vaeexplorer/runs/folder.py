"""Run folders, and how they are read.

A folder holds run.json (schema, configuration, figures, provenance, and the hash of every other file), history.csv,
weights.safetensors, codes.npz, snapshots.npz; and umap.npz and report.json once someone asked for them
(`attachments`). A reader has all of one run, whoever writes beside it (`versions`); nothing in it is unpickled.
Whatever a folder contains is checked, sizes before bytes: it may be a stranger's.
"""

import errno
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from vaeexplorer.codes import Codes, from_bytes
from vaeexplorer.config import RunConfig
from vaeexplorer.data.images import most_classes
from vaeexplorer.documents import Finite, Plain, from_json, to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, content_hash, user_path, why
from vaeexplorer.network.architecture import LOGVAR_RANGE
from vaeexplorer.network.dials import Event
from vaeexplorer.network.history import EpochRecord, parse_history
from vaeexplorer.runs import contents
from vaeexplorer.runs.contents import CODES, FILES, HISTORY, SNAPSHOTS, WEIGHTS
from vaeexplorer.runs.versions import DOCUMENT, Stamp, read_named, read_version, stamp

if TYPE_CHECKING:  # torch takes more than a second to import: only what touches a network does
    from vaeexplorer.network.inference import LatentModel

_listed: "dict[tuple[Path, Stamp], RunCard]" = {}  # by the last listing
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunError(UserError):
    """A run that cannot be read or written; the message is one sentence."""


@dataclass(frozen=True)
class RunDocument:
    """What run.json says.

    Attributes:
        files: the SHA-256 of every other file that makes the run, by name; none in runs of earlier versions.
        events: how beta and the learning rate were turned on the way; none in runs of earlier versions.
    """

    schema: Literal[1]
    config: RunConfig
    metrics: dict[str, Finite]
    provenance: dict[str, Plain]
    files: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class RunCard:
    """What a run is, without its network: cheap to read.

    Attributes:
        key: what the run is known by, whatever it is called: a hash of configuration, weights and codes.
        metrics: figures on the train and test images, `train_...` and `test_...` of `evaluation.evaluate`.
        provenance: versions, seed, device, precision, seconds, and where the training images came from.
        events: how beta and the learning rate were turned on the way.
    """

    name: str
    path: Path
    key: str
    config: RunConfig
    metrics: dict[str, float]
    provenance: dict[str, Plain]
    history: list[EpochRecord]
    events: tuple[Event, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Run(RunCard):
    """A run with its weights and the codes of the test images.

    Attributes:
        weights: float32, by the names of `architecture.weight_shapes`.
        codes: of the test set in its order, [N, D], as kept: in half precision where that moves none by more than
            `arrays.FINE`, a two-hundredth of the spread of its dimension, else in float32. `model.encode` gives them
            exactly.
        labels: of the test set, [N].
        error: |x - d(mean)|^2 of each test image, float32 [N].
        files: the SHA-256 of each file, by name, as run.json says.
    """

    weights: dict[str, np.ndarray]
    codes: Codes
    labels: np.ndarray
    error: np.ndarray
    files: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def snapshots(self) -> np.ndarray:
        """Codes of 2,000 test images after every epoch, float32 [epochs, 2000, D]; read when they are asked for.

        They are exact to a 510th of their spread, finer than a film of them can show.

        Raises:
            RunError: they are missing, cut short, of another shape, or those of a run that took this one's place.
        """
        try:
            content = _read(self.path, SNAPSHOTS, self.files, self.config, len(self.history))
            arrays = contents.arrays(SNAPSHOTS, content, self.config, len(self.history))
        except (OSError, ValueError) as error:
            raise _wrong(self.path, error) from None
        return from_bytes(arrays["codes"], arrays["range"])

    @cached_property
    def model(self) -> "LatentModel":
        """Encodes and decodes. It is built, and torch imported, when it is asked for."""
        from vaeexplorer.network.inference import restore

        return restore(self.config, self.weights)


def runs_folder() -> Path:
    """Where the user's runs live: VAEEXPLORER_RUNS, or `runs` in the working folder."""
    return user_path(os.environ.get("VAEEXPLORER_RUNS") or "runs")


def check_name(name: str) -> str:
    """The name, if it can be a folder's.

    Raises:
        RunError: it is empty, too long, or has other characters than letters, digits, dots, dashes and underscores.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise RunError(f"A name is made of letters, digits, '.', '-' and '_', at most 100: not {str(name)[:150]!r}.")
    return name


def list_runs() -> tuple[list[RunCard], list[RunError]]:
    """Every run there is, shipped ones first, and what is wrong with the folders that cannot be read.

    A run whose files have not changed since the last listing is not read again: 300 take 30 ms, and 500 at first.
    """
    cards, errors, now = [], [], {}
    for root in (SHIPPED, runs_folder()):
        try:
            paths = sorted(path for path in root.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            continue
        except OSError as error:
            errors.append(RunError(f"The folder {root.name} cannot be read: {why(error)}."))
            continue
        for path in paths:
            try:
                if _looks_like_a_run(path):
                    check_name(path.name)
                    key = (path, stamp(path, FILES))
                    now[key] = _listed.get(key) or read_card(path)
                    cards.append(now[key])
            except RunError as error:
                errors.append(error)
    _listed.clear()
    _listed.update(now)
    return cards, errors


def load_run(name: str | Path) -> Run:
    """A run by its name, in pretrained/ or the runs folder, or by its path.

    Raises:
        RunError: there is none, or something in it is missing, cut short, of the wrong shape or not a number.
    """
    path = _find(name)
    try:
        return read_version(path, lambda content: _read_run(path, content))
    except (OSError, ValueError) as error:
        raise _wrong(path, error) from None


def read_card(path: Path) -> RunCard:
    """What a run is, from its folder.

    Raises:
        RunError: run.json or the history is missing, cut short, or not what it should be.
    """
    try:
        return read_version(path, lambda content: _card(path, read_document(content)))
    except (OSError, ValueError) as error:
        raise _wrong(path, error) from None


def _find(name: str | Path) -> Path:
    if isinstance(name, Path) or Path(name).name != name:
        candidates = [user_path(name)]
    else:
        candidates = [root / check_name(name) for root in (SHIPPED, runs_folder())]
    for path in candidates:
        if os.path.lexists(path / DOCUMENT):
            return path
    raise RunError(f"There is no run {Path(name).name}: `python -m vaeexplorer list` shows those there are.")


def _looks_like_a_run(path: Path) -> bool:
    """Whether a folder has a file of a run. Others are not ours to speak of.

    Raises:
        RunError: it cannot be looked into.
    """
    try:
        return path.is_dir() and not {DOCUMENT, *FILES}.isdisjoint(os.listdir(path))
    except OSError as error:
        raise _wrong(path, error) from None


def _wrong(path: Path, error: Exception) -> RunError:
    """What to say of a folder that cannot be read."""
    if isinstance(error, RunError):
        return error
    what = str(error)
    if isinstance(error, OSError):
        name = Path(os.fsdecode(error.filename or path)).name
        what = f"{name} is missing" if error.errno == errno.ENOENT else f"{name}: {why(error)}"
    return RunError(f"The run {path.name[:100]} cannot be read: {what.rstrip('.')}.")


def read_document(content: bytes) -> RunDocument:
    """What run.json says.

    Raises:
        ValueError: it is no JSON, or not what run.json should be; the message is the end of a sentence.
    """
    try:
        return from_json(content, RunDocument)
    except ValueError as error:  # ConfigError where options do not go together
        raise ValueError(f"{DOCUMENT}: {error}") from None


def _card(path: Path, document: RunDocument) -> RunCard:
    config, files = document.config, document.files
    if strange := next((name for name in files if name not in FILES), None):
        raise ValueError(f"{DOCUMENT} names a file {strange[:100]!r}")
    history = parse_history(_read(path, HISTORY, files, config))
    if not 0 < len(history) <= config.train.epochs:
        raise ValueError(f"{HISTORY} is empty, cut short or not the history of {config.train.epochs} epochs")
    hashes = [
        files.get(name) or hashlib.sha256(_read(path, name, files, config)).hexdigest() for name in (WEIGHTS, CODES)
    ]
    return RunCard(
        name=path.name,
        path=path,
        key=content_hash(to_json([config.chosen(), *hashes]).encode()),
        config=config,
        metrics=document.metrics,
        provenance=document.provenance,
        history=history,
        events=document.events,
    )


def _read_run(path: Path, content: bytes) -> Run:
    document = read_document(content)
    card, config, files = _card(path, document), document.config, document.files
    weights = contents.weights(_read(path, WEIGHTS, files, config), config)
    arrays = contents.arrays(CODES, _read(path, CODES, files, config), config)
    mean, labels, error = arrays["mean"].astype(np.float32), arrays["labels"], arrays["error"].astype(np.float32)
    logvar = arrays["logvar"].astype(np.float32) if "logvar" in arrays else None
    if len({len(array) for array in arrays.values()}) != 1:
        raise ValueError(f"{CODES} has more of one than of another")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= most_classes(config.data.dataset):
        raise ValueError(f"{CODES} has labels of no class")
    if error.min() < 0:
        raise ValueError(f"{CODES} has errors below 0")
    if logvar is not None and (logvar.min() < LOGVAR_RANGE[0] or logvar.max() > LOGVAR_RANGE[1]):
        raise ValueError(f"{CODES} has log variances that the network cannot give")
    if SNAPSHOTS in files:  # they are parsed when they are asked for
        _read(path, SNAPSHOTS, files, config, len(card.history))
    return Run(
        **{each.name: getattr(card, each.name) for each in fields(card)},
        weights=weights,
        codes=Codes(mean, logvar),
        labels=labels.astype(np.int64),
        error=error,
        files=files,
    )


def _read(path: Path, name: str, files: Mapping[str, str], config: RunConfig, epochs: int = 0) -> bytes:
    """A file of a run, no larger than its configuration allows, and the one that run.json names.

    Raises:
        OSError: it is missing, larger, or cannot be read.
        ValueError: it is another file.
    """
    return read_named(path, name, files.get(name), contents.size(name, config, epochs))
