"""Where sets of one's own images are stored: a folder a set, named by a hash of its content."""

import gzip
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from vaeexplorer.config import IMAGE_SIZE, OWN_SET
from vaeexplorer.data.idx import read_idx, to_idx
from vaeexplorer.data.images import DataError, ImageDataset, Split
from vaeexplorer.data.own.prepare import Prepared
from vaeexplorer.documents import DocumentError, from_json, to_json
from vaeexplorer.files import OWN, content_hash, read_file, user_path, why

_ABOUT, _MOST_ABOUT = "set.json", 1_000_000


@dataclass(frozen=True)
class About:
    """What set.json says."""

    schema: Literal[1]
    title: str
    class_names: tuple[str, ...]
    remarks: tuple[str, ...]


def sets_folder() -> Path:
    """Where one's own sets live: VAEEXPLORER_SETS, or `datasets` in the working folder."""
    return user_path(os.environ.get("VAEEXPLORER_SETS") or "datasets")


@dataclass(frozen=True)
class Stored:
    """A set that is on this machine.

    Attributes:
        name: `own-` and its hash, as a configuration names it.
        counts: images of each split.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    counts: dict[Split, int]


def list_sets() -> tuple[list[Stored], list[DataError]]:
    """Every set of one's own on this machine, by title, and what is wrong with those that cannot be read."""
    found, errors = [], []
    try:
        names = sorted(path.name for path in sets_folder().iterdir() if re.fullmatch(OWN_SET, path.name))
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [DataError(f"the folder {sets_folder().name} cannot be read: {why(error)}")]
    for name in names:
        try:
            about = read_about(name)
            counts: dict[Split, int] = {
                split: len(_read(sets_folder() / name, _file(split, "labels"))) for split in get_args(Split)
            }
            found.append(Stored(name, about.title, about.class_names, counts))
        except DataError as error:
            errors.append(error)
    return sorted(found, key=lambda each: each.title.lower()), errors


def store(prepared: Prepared) -> str:
    """Write a set, whole or not at all; where it is there already, nothing changes.

    Returns:
        Its name, `own-` and 16 hexadecimal digits of the SHA-256 of its images, labels and class names.

    Raises:
        DataError: the folder cannot be written.
    """
    files = {}
    for split in get_args(Split):
        files[_file(split, "images")] = to_idx(prepared.images[split])
        files[_file(split, "labels")] = to_idx(prepared.labels[split])
    name = _name(files, prepared.class_names)
    root = sets_folder()
    if (root / name).is_dir():
        load(name, "test")
        return name
    about = {
        "schema": 1,
        "title": prepared.title,
        "class_names": prepared.class_names,
        "remarks": prepared.remarks,
    }
    partial = root / f"{OWN}{secrets.token_hex(8)}"
    try:
        partial.mkdir(parents=True)
        for file, content in files.items():
            (partial / file).write_bytes(gzip.compress(content, 6, mtime=0))
        (partial / _ABOUT).write_text(to_json(about, indent=2), encoding="utf-8")
        os.replace(partial, root / name)
    except OSError as error:
        raise DataError(f"the folder {root.name} cannot be written: {why(error)}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return name


def load(name: str, split: Split) -> ImageDataset:
    """The images of a set of one's own.

    Raises:
        DataError: it is not on this machine, or was changed since it was stored.
    """
    folder, about = sets_folder() / name, read_about(name)
    try:
        arrays = {file: _read(folder, file) for split in get_args(Split) for file in _files(split)}
    except DataError as error:
        raise DataError(f"the set {name} is damaged: {error}; delete it and give its images again") from None
    if _name({file: to_idx(array) for file, array in arrays.items()}, about.class_names) != name:
        raise DataError(f"the set {name} was changed since it was stored: delete it and give its images again")
    images, labels = (arrays[file] for file in _files(split))
    kind = {"train": "training", "test": "test"}[split]
    return ImageDataset(
        name=name,
        split=split,
        images=images,
        labels=labels.astype(np.int64),
        class_names=about.class_names,
        source=f"{about.title}: {len(images):,} {kind} images",
    )


def read_about(name: str) -> About:
    """What a set is.

    Raises:
        DataError: there is none of that name on this machine, or what describes it cannot be read.
    """
    if not re.fullmatch(OWN_SET, name):
        raise DataError(f"{name[:100]!r} is no name of a set of one's own images")
    try:
        return from_json(read_file(sets_folder() / name / _ABOUT, _MOST_ABOUT), About)
    except FileNotFoundError:
        raise DataError(
            f"the images {name} are not on this machine ({sets_folder().name}/{name}): give them again with "
            "`python -m vaeexplorer images PATH`"
        ) from None
    except OSError as error:
        raise DataError(f"the set {name} cannot be read: {why(error)}") from None
    except DocumentError as error:
        raise DataError(f"the set {name} cannot be read: {_ABOUT}: {error}") from None


def _file(split: Split, what: Literal["images", "labels"]) -> str:
    return f"{split}-{what}.gz"


def _files(split: Split) -> tuple[str, str]:
    return _file(split, "images"), _file(split, "labels")


def _read(folder: Path, file: str) -> np.ndarray:
    return read_idx(folder / file, (IMAGE_SIZE, IMAGE_SIZE) if "images" in file else ())


def _name(files: dict[str, bytes], class_names: tuple[str, ...]) -> str:
    parts = [f"{name}:{content_hash(content)}" for name, content in sorted(files.items())]
    return f"own-{content_hash(to_json([parts, list(class_names)]).encode())}"
