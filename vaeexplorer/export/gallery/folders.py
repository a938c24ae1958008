"""Folders that are written whole or not at all, and that take the place of nothing but an earlier one of their kind."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from vaeexplorer.documents import DocumentError, from_json, to_json
from vaeexplorer.export.html import ExportError
from vaeexplorer.files import OWN, content_hash, read_file, why
from vaeexplorer.version import __version__

MANIFEST = "gallery.json"
_MOST = 50_000_000  # bytes of a file that a gallery may have


@dataclass(frozen=True)
class _Manifest:
    """The files of a gallery, each with the hash of its content: nothing else is ever taken away."""

    schema: Literal[1]
    vaeexplorer: str
    files: dict[str, str]


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` when the block ends well, and vanishes when it does not.

    Raises:
        ExportError: `folder` holds anything but an earlier gallery, as it was written, or cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    _check_replaceable(folder)
    new, old = (folder.with_name(f"{OWN}{secrets.token_hex(8)}.partial") for _ in range(2))
    try:
        new.mkdir()
        yield new
        files = {name: content_hash((new / name).read_bytes()) for name in _names(new)}
        (new / MANIFEST).write_text(to_json(asdict(_Manifest(1, __version__, files)), indent=1), encoding="utf-8")
        _check_replaceable(folder)  # somebody may have put something there meanwhile
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(new, folder)
        except OSError:
            if old.exists():
                os.rename(old, folder)
            raise
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {why(error)}.") from None
    finally:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise ExportError(f"{folder} is no folder: choose another name.")
    if any(folder.iterdir()) and not _is_gallery(folder):
        raise ExportError(f"{folder} holds something else than an unchanged earlier gallery: choose another folder.")


def _is_gallery(folder: Path) -> bool:
    """Whether a gallery was written here, and nothing was added, changed or taken away since."""
    try:
        files = from_json(read_file(folder / MANIFEST, _MOST), _Manifest).files
        there = {name: content_hash(read_file(folder / name, _MOST)) for name in _names(folder) if name != MANIFEST}
    except (OSError, DocumentError):
        return False
    return there == files


def _names(folder: Path) -> list[str]:
    """All below a folder that is no folder itself."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in paths)
