"""A run's name belongs to one writer at a time; and runs of one's own are renamed and deleted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vaeexplorer.files import OWN, SHIPPED, user_path, why
from vaeexplorer.runs import attachments, contents, versions
from vaeexplorer.runs.folder import RunCard, RunError, check_name, read_card, runs_folder


@contextmanager
def reserved(name: str, *, root: Path | None = None, overwrite: bool = False) -> Iterator[Path]:
    """Keep a name for one training, from its first epoch until its run is written.

    Args:
        name: of the run.
        root: the folder of its folder; by default the runs folder.
        overwrite: whether a run of that name may be replaced.

    Returns:
        The path of the run's folder.

    Raises:
        RunError: the name is no name, a shipped run's or taken, or another training has it.
    """
    root = user_path(root) if root else runs_folder()
    path = root / check_name(name)
    if root != SHIPPED and (SHIPPED / name / versions.DOCUMENT).exists():
        raise RunError(f"{name} is a shipped run: choose another name.")
    locks = root / ".locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{name}.lock", timeout=0, is_singleton=True)
        lock.acquire()
    except Timeout:
        raise RunError(f"Another training of the name {name} is under way: choose another name, or wait.") from None
    except OSError as error:
        raise RunError(f"The folder {root.name} cannot be written: {why(error)}.") from None
    try:
        if _is_taken(path):
            if not (path / versions.DOCUMENT).exists():
                raise RunError(f"There is something of the name {name} already, which is no run: choose another name.")
            if not overwrite:
                raise RunError(f"There is a run {name} already: choose another name, or overwrite it.")
        yield path
    finally:
        lock.release()


def _is_taken(path: Path) -> bool:
    """Whether there is anything but what a killed writer of this run left."""
    if not path.is_dir():
        return os.path.lexists(path)
    names = os.listdir(path)
    return not (names and all(name.startswith(OWN) for name in names))


def is_own(card: RunCard) -> bool:
    """Whether a run is the user's, to be renamed and deleted; those that are shipped are not."""
    return card.path.parent == runs_folder() and card.path.parent != SHIPPED


def rename_run(card: RunCard, name: str) -> Path:
    """Give a run of one's own another name.

    Returns:
        The path of its folder.

    Raises:
        RunError: the run is a shipped one, was trained anew or is gone, the name is no name or taken, a training has
            one of the names, or the folder cannot be written.
    """
    with _at_hand(card) as path, reserved(name) as target:
        try:
            os.rename(path, target)
        except OSError as error:
            raise RunError(f"The run {card.name} cannot be renamed: {why(error)}.") from None
        return target


def delete_run(card: RunCard) -> list[str]:
    """Delete a run of one's own, and what was measured on it.

    Returns:
        Names of what else lies in its folder and stays.

    Raises:
        RunError: the run is a shipped one, was trained anew or is gone, a training has its name, or the folder cannot
            be written.
    """
    with _at_hand(card) as path:
        try:
            for name in (versions.DOCUMENT, *contents.FILES, *attachments.NAMES):  # without run.json it is no run
                (path / name).unlink(missing_ok=True)
            versions.settle(path)
            return sorted(os.listdir(path)) if path.exists() else []
        except OSError as error:
            raise RunError(f"The run {card.name} cannot be deleted: {why(error)}.") from None


@contextmanager
def _at_hand(card: RunCard) -> Iterator[Path]:
    """The folder of a run of one's own, which nobody else writes meanwhile."""
    if not is_own(card):
        raise RunError(f"{card.name} is a shipped run: it stays as it is.")
    with reserved(card.name, overwrite=True) as path:
        if read_card(path).key != card.key:
            raise RunError(f"The run {card.name} was trained anew.")
        yield path
