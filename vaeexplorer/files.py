"""Files that appear whole or not at all, and files that are read without trust: sizes first, nothing unpickled."""

import errno
import hashlib
import io
import math
import os
import secrets
import stat
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy


def shipped(in_package: str, in_repository: str) -> Path:
    """What lies at the top of the repository, and inside the package once that is installed from a wheel."""
    package = Path(__file__).resolve().parent
    packed = package / in_package
    return packed if packed.exists() else package.parent / in_repository


SHIPPED = shipped("pretrained", "pretrained")
"""what comes with the package: runs, measurements, and a sample of the images"""

OWN = ".vaeexplorer-"
"""how the names of temporary files begin; nothing else is ever tidied away"""

MOST_ITEMS = 70_000
"""images in a set, and so codes, labels and points in a file: MNIST has as many in all"""

Shape = tuple[int | None, ...]
"""of an array; None for an axis of 1 to MOST_ITEMS"""

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT)


def content_hash(content: bytes) -> str:
    """What content is known by, in addresses and results: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def user_path(path: str | os.PathLike[str]) -> Path:
    """A path as people write it: `~` is the home folder, wherever the path comes from.

    Variables such as `$HOME` are the shell's to expand: a file's name may hold a dollar.
    """
    return Path(os.path.expanduser(path))


def why(error: OSError) -> str:
    """What went wrong and what to do, as the end of a sentence without its full stop."""
    if error.errno in _FULL:
        return "the disk is full: free some space and try again"
    if error.errno in _READ_ONLY:
        return "that is not allowed here: change the permissions, or choose another folder"
    return error.strerror or str(error) or type(error).__name__


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    A link is followed, a file that is there keeps its permissions, and a new one gets those that are usual here.

    Raises:
        OSError: its folder is not there or cannot be written, or `path` is a folder or a device.
    """
    path = Path(os.path.realpath(path))
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    partial = path.with_name(f"{OWN}{secrets.token_hex(8)}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(partial, flags, 0o666)
    try:
        with open(descriptor, "wb") as file:
            if mode is not None:
                os.chmod(partial, stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        take_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


_PATIENCE = 1.0 if os.name == "nt" else 0.0  # seconds


def take_place(partial: Path, path: Path) -> None:
    """Put a whole file in the place of another. Windows refuses while somebody reads the other: soon it does not.

    Raises:
        OSError: it cannot be.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return os.replace(partial, path)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.01)


@contextmanager
def open_regular(path: Path) -> Iterator[IO[bytes]]:
    """A regular file, open for reading. What is none, a pipe above all, is refused before it could block.

    Raises:
        OSError: it is missing, cannot be read, or is no regular file.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # replaced just now
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        yield file


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a regular file, at most so many.

    Raises:
        OSError: it is missing, cannot be read, is larger, or is no regular file.
    """
    with open_regular(path) as file:
        return read_all(file, most, path)


def read_all(file: IO[bytes], most: int, path: Path) -> bytes:
    """The bytes of an open file, at most so many.

    Raises:
        OSError: it cannot be read or is larger; the error names `path`.
    """
    if os.fstat(file.fileno()).st_size <= most:
        content = file.read(most + 1)
        if len(content) <= most:
            return content
    raise OSError(errno.EFBIG, f"it is larger than the {most:,} bytes that it may have", str(path))


def arrays_size(shapes: Mapping[str, Shape]) -> int:
    """How many bytes an npz file of such arrays may have: 8 a number, and room for names and texts."""
    numbers = sum(math.prod(MOST_ITEMS if n is None else n for n in shape) for shape in shapes.values())
    return 8 * numbers + 1_000_000


def array_shapes(content: bytes) -> dict[str, tuple[int, ...]]:
    """The shapes that the headers of an npz file announce, by name; nothing else of it is decompressed.

    Raises:
        ValueError: it is cut short or no file of arrays; the message is the end of a sentence.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            shapes = {}
            for info in file.infolist():
                with _opened(file, info) as member:
                    shapes[info.filename.removesuffix(".npy")] = _header(member)[0]
            return shapes
    except Exception:  # as in `read_arrays`
        raise ValueError("it is cut short or no array file") from None


def read_arrays(content: bytes, shapes: Mapping[str, Shape]) -> dict[str, np.ndarray]:
    """The arrays of an npz file. Headers are checked first, no more is decompressed than they may announce.

    Args:
        content: of the file.
        shapes: of the arrays that it must hold, and no others, by name.

    Raises:
        ValueError: it is cut short or no file of arrays, or holds others; the message is the end of a sentence.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = {info.filename.removesuffix(".npy"): info for info in file.infolist()}
            if len(members) != len(file.infolist()) or members.keys() != shapes.keys():
                raise _UnlikeError("it does not hold the arrays it should")
            return {name: _read_array(file, members[name], shape) for name, shape in shapes.items()}
    except _UnlikeError:
        raise
    except Exception:  # zip, deflate and header are a stranger's, and their readers raise a dozen kinds of errors
        raise ValueError("it is cut short or no array file") from None


class _UnlikeError(ValueError):
    """Arrays, but not those that were asked for."""


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, expected: Shape) -> np.ndarray:
    with _opened(archive, info) as file:
        shape, is_fortran, dtype = _header(file)
        if dtype.kind not in "fiubU" or dtype.itemsize > (1_000_000 if dtype.kind == "U" else 8):
            raise _UnlikeError("it does not hold numbers alone")
        if len(shape) != len(expected) or not all(map(_is_length, shape, expected)):
            raise _UnlikeError("it does not hold the arrays it should")
        size = math.prod(shape) * dtype.itemsize
        data = file.read(size)
        if len(data) != size or file.read(1):  # at its end the checksum is checked
            raise ValueError(size)
    array: np.ndarray = np.frombuffer(data, dtype)
    return array.reshape(shape[::-1]).T if is_fortran else array.reshape(shape)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others cannot be read bit by bit
        raise ValueError(info.compress_type)
    return archive.open(info)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether it is in Fortran's order, and type."""
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, is_fortran, dtype = header(file)
    return shape, is_fortran, dtype


def _is_length(length: int, expected: int | None) -> bool:
    return 1 <= length <= MOST_ITEMS if expected is None else length == expected
