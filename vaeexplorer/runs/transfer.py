"""A run as one file to hand on: a zip of one folder, as a training in the browser writes it too, out and in again.

What comes in is a stranger's. The zip's directory is checked before a member is unpacked, run.json before the sizes
that it allows, every hash before any content, and the folder by the reader of all runs before it gets its place.
"""

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import IO

from vaeexplorer.files import OWN, read_file, why
from vaeexplorer.runs import attachments, contents, film
from vaeexplorer.runs.folder import (
    Run,
    RunCard,
    RunDocument,
    RunError,
    check_name,
    load_run,
    read_document,
)
from vaeexplorer.runs.names import reserved
from vaeexplorer.runs.versions import DOCUMENT, MOST_DOCUMENT, replace

MOST_BYTES = 200_000_000
"""of a zip"""
_NEEDED = frozenset({DOCUMENT, *contents.FILES})
_ARRAYS = frozenset({contents.CODES, contents.SNAPSHOTS, attachments.FILM})
_KNOWN = _NEEDED | {attachments.FILM}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes
_ENCRYPTED, _KIND, _LINK = 0x1, 0o170000, 0o120000


def export_run(card: RunCard) -> bytes:
    """A run as a zip of one folder of its name, with its film where there is one.

    Raises:
        RunError: a file of it is missing, or not the one that run.json names.
    """
    run = load_run(card.path)
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w") as archive:
            for name in (DOCUMENT, *contents.FILES, attachments.FILM):
                path = run.path / name
                if name == attachments.FILM and not path.exists():
                    continue
                info = zipfile.ZipInfo(f"{run.name}/{name}", _FIRST_DAY)
                archive.writestr(info, read_file(path, MOST_BYTES))
    except OSError as error:
        raise RunError(f"The run {run.name} cannot be exported: {why(error)}.") from None
    return packed.getvalue()


def import_run(file: IO[bytes], name: str | None = None) -> Run:
    """Make a run of a zip that `export_run` or a training in the browser wrote, whole or not at all.

    Args:
        file: the zip, open for reading, of any origin.
        name: of the run; by default that of the folder in the zip.

    Returns:
        The run, in the runs folder.

    Raises:
        RunError: it is no such zip, a file in it is not what run.json says, the name is no name or taken, or the runs
            folder cannot be written.
    """
    try:
        folder, files = _unpacked(file)
        name = check_name(name or folder)
        with tempfile.TemporaryDirectory(prefix=OWN) as place:
            path = Path(place) / name
            path.mkdir()
            for file_name, content in files.items():
                (path / file_name).write_bytes(content)
            run = load_run(path)
            len(run.snapshots)  # which is read when it is asked for
            film.load_film(run)
    except RunError:
        raise
    except ValueError as error:
        raise RunError(f"This cannot be imported: {error}.") from None
    with reserved(name) as path:
        try:
            replace(path, files, dated=attachments.NAMES)
        except OSError as error:
            raise RunError(f"The run {name} cannot be written: {why(error)}.") from None
        return load_run(path)


def _unpacked(file: IO[bytes]) -> tuple[str, dict[str, bytes]]:
    """The name of the folder in a zip, and its files by name.

    Raises:
        ValueError: it is no zip of a run; the message is the end of a sentence.
    """
    if not file.seek(0, io.SEEK_END):
        raise ValueError("it is empty")
    if file.tell() > MOST_BYTES:
        raise ValueError(f"it is larger than the {MOST_BYTES:,} bytes that it may have")
    try:
        with zipfile.ZipFile(file) as archive:
            folder, members = _members(archive.infolist())
            document_bytes = _content(archive, members[DOCUMENT], MOST_DOCUMENT)
            document = read_document(document_bytes)
            files = {DOCUMENT: document_bytes}
            for name, member in members.items():
                if name != DOCUMENT:
                    files[name] = _content(archive, member, _most(name, document))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise ValueError("it is no zip, or it is cut short or damaged") from None
    for name, digest in document.files.items():
        if name not in contents.FILES:
            raise ValueError(f"{DOCUMENT} names a file {name[:100]!r}")
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise ValueError(f"{name} is not the file that {DOCUMENT} names")
    for name in files.keys() & _ARRAYS:
        _check_arrays(name, files[name])
    return folder, files


def _members(listed: list[zipfile.ZipInfo]) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    """What the zip's directory lists, by name: the files of one run in one folder, and nothing else."""
    files = [info for info in listed if not info.is_dir()]
    folders = {info.filename.rpartition("/")[0] for info in files}
    members = {info.filename.rpartition("/")[2]: info for info in files}
    strange = next((info.filename for info in files if info.filename.rpartition("/")[2] not in _KNOWN), None)
    if strange is not None:
        raise ValueError(f"a run has no file {strange[:100]!r}")
    if len(folders) != 1 or len(members) != len(files):
        raise ValueError("it is not the folder of one run")
    (folder,) = folders
    if missing := sorted(_NEEDED - members.keys()):
        raise ValueError(f"{missing[0]} is missing")
    for info in files:
        if info.flag_bits & _ENCRYPTED:
            raise ValueError("it is encrypted")
        if info.external_attr >> 16 & _KIND == _LINK:
            raise ValueError(f"{info.filename[:100]!r} is a link")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("it is compressed in a way that is not known here")
    if sum(info.file_size for info in files) > MOST_BYTES:
        raise ValueError(f"what is in it is larger than the {MOST_BYTES:,} bytes that it may have")
    return check_name(folder), members


def _most(name: str, document: RunDocument) -> int:
    """How many bytes a file may have."""
    if name == attachments.FILM:
        return film.MOST_BYTES
    return contents.size(name, document.config, document.config.train.epochs)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """A member, of as many bytes as the directory says and no more than it may have; its checksum is checked."""
    name = info.filename.rpartition("/")[2]
    if info.file_size > most:
        raise ValueError(f"{name} is larger than the {most:,} bytes that it may have")
    with archive.open(info) as member:
        content = member.read(most + 1)
    if len(content) != info.file_size:
        raise ValueError(f"{name} has another size than the zip says")
    return content


def _check_arrays(name: str, content: bytes) -> None:
    """Raise ValueError where a file of arrays is none, or unpacks to more than a run has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as arrays:
            size = sum(info.file_size for info in arrays.infolist())
    except zipfile.BadZipFile:
        raise ValueError(f"{name} is no file of arrays") from None
    if size > MOST_BYTES:
        raise ValueError(f"{name} unpacks to more than {MOST_BYTES:,} bytes")
