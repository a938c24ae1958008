"""A zip of one's own images, unpacked into a folder: its directory is checked before a byte is."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vaeexplorer.data.images import DataError
from vaeexplorer.data.own.pictures import PICTURES
from vaeexplorer.data.own.prepare import MOST
from vaeexplorer.files import OWN, open_regular

MOST_UNPACKED = 2_000_000_000
"""bytes of all files together"""
_MOST_MEMBERS = MOST + 10_000
_ARRAYS = frozenset({".npz", ".npy", ".csv", ".gz"})
_ENCRYPTED, _KIND, _LINK = 0x1, 0o170000, 0o120000


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A temporary folder with the files of a zip that can hold images; or the one folder or file in it.

    Raises:
        DataError: it is no zip, encrypted, or unpacks to more than a set may have; or a name in it leads out of it.
        OSError: it cannot be read, or there is no room for what is in it.
    """
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            members = _members(archive.infolist(), path.name)
            with tempfile.TemporaryDirectory(prefix=OWN) as place:
                root = Path(place)
                for name, info in members.items():
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(info) as packed, (root / name).open("xb") as out:
                        shutil.copyfileobj(packed, out)  # no more than the directory says: zipfile ends there
                yield _inner(root)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise DataError(f"{path.name} is no zip, or it is cut short or damaged ({str(error)[:100]})") from None


def _members(listed: list[zipfile.ZipInfo], title: str) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files that can hold images, by where they go; hidden ones and others are passed over."""
    if len(listed) > _MOST_MEMBERS:
        raise DataError(f"{title} holds {len(listed):,} files, where {_MOST_MEMBERS:,} are the most")
    members: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in listed:
        name = PurePosixPath(info.filename)
        if name.is_absolute() or {"..", "~"} & {*name.parts} or "\\" in info.filename or ":" in info.filename:
            raise DataError(f"{title} holds a file whose name leads out of it: {info.filename[:100]!r}")
        if info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        if name.suffix.lower() == ".zip":
            raise DataError(f"{title} holds another zip, {info.filename[:100]!r}: unpack it first")
        if not _may_hold_images(name):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise DataError(f"{title} is encrypted: make a zip without a password")
        if info.external_attr >> 16 & _KIND == _LINK:
            raise DataError(f"{title} holds a link, {info.filename[:100]!r}: put the file itself into it")
        if name in members:
            raise DataError(f"{title} holds {info.filename[:100]!r} twice")
        members[name] = info
    size = sum(info.file_size for info in members.values())
    if size > MOST_UNPACKED:
        raise DataError(f"{title} unpacks to {size / 1e9:.1f} GB, where {MOST_UNPACKED / 1e9:g} GB are the most")
    if not members:
        raise DataError(f"there are no images in {title}")
    return members


def _may_hold_images(name: PurePosixPath) -> bool:
    return name.suffix.lower() in PICTURES | _ARRAYS or "ubyte" in name.name.lower()


def _inner(root: Path) -> Path:
    """What a folder comes to that holds nothing but one folder, or nothing but one file of arrays."""
    entries = list(root.iterdir())
    while len(entries) == 1 and entries[0].is_dir():
        root = entries[0]
        entries = list(root.iterdir())
    only = entries[0]
    return only if len(entries) == 1 and only.suffix.lower() not in PICTURES else root
