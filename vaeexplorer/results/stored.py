"""What was measured of a run lies beside it as a file, and counts as long as the run has the same weights and codes."""

from typing import Protocol, Self, TypeVar

from vaeexplorer.documents import Plain, from_json, to_json
from vaeexplorer.files import read_file
from vaeexplorer.runs.attachments import save
from vaeexplorer.runs.folder import RunCard


class Measured(Protocol):
    """What can be stored with a run."""

    WHAT: str
    """what it is, in messages"""
    FILE: str
    """its name in the run's folder"""
    MOST: int
    """bytes that the file may have"""

    @property
    def keys(self) -> list[str]:
        """Of the runs that it is of."""

    def to_bytes(self) -> bytes:
        """The file."""

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Raises ValueError: the bytes are no such file."""


class JsonDocument:
    """A dataclass as JSON; `about` names the run's key as `key`, or several as `keys`."""

    MOST = 10_000_000
    about: dict[str, Plain]

    @property
    def keys(self) -> list[str]:
        """Of the runs that it is of."""
        return str(self.about.get("keys", self.about.get("key"))).split(", ")

    def to_bytes(self) -> bytes:
        """The file."""
        return to_json(self).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """What a file holds.

        Raises:
            DocumentError: it is no such document.
        """
        return from_json(content, cls)


M = TypeVar("M", bound=Measured)


def stored(run: RunCard, kind: type[M]) -> M | None:
    """What was stored with a run; None where there is nothing that can be read, or that of other weights."""
    try:
        found = kind.from_bytes(read_file(run.path / kind.FILE, kind.MOST))
    except (OSError, ValueError):
        return None
    return found if run.key in found.keys else None


def store(run: RunCard, found: Measured) -> None:
    """Store it with a run that it is of.

    Raises:
        RunError: the run folder cannot be written.
    """
    save(run, found.WHAT, found.FILE, found.to_bytes())
