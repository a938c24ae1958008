"""Files and folders that appear whole or not at all, and array files that are read without trust."""

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

SHIPPED = Path(__file__).resolve().parent.parent / "pretrained"
"""what comes with the package: runs, measurements, and a sample of the images"""


def content_hash(content: bytes) -> str:
    """What content is known by, in addresses and results: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises:
        OSError: its folder is not there or cannot be written.
    """
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
    try:
        with open(descriptor, "wb") as file:
            yield file
        os.chmod(partial, 0o644)  # temporary files are private
        os.replace(partial, path)
    finally:
        Path(partial).unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `path` when the block ends well, and vanishes when it does not.

    A kill between the two renames leaves the old folder under its set-aside name, from which `put_back` puts it back.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        yield partial
        for written in (partial, *partial.iterdir()):  # temporary folders are private
            written.chmod(0o755 if written.is_dir() else 0o644)
        if path.exists():
            os.replace(path, _set_aside(path))
        os.replace(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if path.exists():
            shutil.rmtree(_set_aside(path), ignore_errors=True)


def put_back(root: Path) -> None:
    """Put back what a kill between the two renames of `whole_folder` left set aside in a folder."""
    for aside in root.glob(".*.old"):
        path = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        if not path.exists():
            os.replace(aside, path)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an npz file. Nothing is unpickled.

    Raises:
        OSError: it is missing or cannot be read.
        ValueError: it is cut short or no file of arrays.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:  # TypeError: a lone array
        raise ValueError(str(error)) from None


def _set_aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")
