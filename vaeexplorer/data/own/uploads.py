"""Files that a browser brought: written into a folder of their own, and read like any other."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from vaeexplorer.data.images import DataError
from vaeexplorer.data.own.prepare import MOST, Gathered
from vaeexplorer.data.own.reading import read
from vaeexplorer.files import OWN, why


def read_uploads(files: Sequence[tuple[str, IO[bytes]]]) -> Gathered:
    """Images and labels of one file, or of several pictures or IDX files.

    Args:
        files: each its name, of which the last part counts, and what is in it, open for reading.

    Raises:
        DataError: as `reading.read` does; or there is no file, or no room for them.
    """
    if not files:
        raise DataError("there is no file")
    if len(files) > MOST:
        raise DataError(f"there are {len(files):,} files, and a set may have {MOST:,} images")
    try:
        with tempfile.TemporaryDirectory(prefix=OWN) as place:
            folder = Path(place) / "these files"
            folder.mkdir()
            for number, (name, file) in enumerate(files):
                path = folder / (_safe(name) or f"file {number}")
                path = path.with_name(f"{number} {path.name}") if path.exists() else path
                file.seek(0)
                with path.open("xb") as out:
                    shutil.copyfileobj(file, out)
            return read(path if len(files) == 1 else folder)
    except OSError as error:
        raise DataError(f"the files cannot be read: {why(error)}") from None


def _safe(name: str) -> str:
    """A file's name without what leads elsewhere."""
    return re.sub(r"[\x00-\x1f:]", "_", re.split(r"[/\\]", name)[-1].lstrip("."))[-150:]
