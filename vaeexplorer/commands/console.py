"""What the commands share: a progress bar, error messages, and interruption. All of it goes to standard error."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from vaeexplorer.results.stored import Measured
    from vaeexplorer.runs.folder import RunCard

# Progress and tables for people go here; standard output is kept for results.
console = Console(stderr=True)


class Interruption(BaseException):
    """Work was stopped on request: no error, but no result either."""


def interrupted() -> Event:
    """An event that the first Ctrl-C (or SIGTERM) sets. The second one ends the process at once."""
    event = Event()

    def handle(signum: int, frame: object) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        console.print("Stopping at the end of this epoch; once more to stop at once.")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    return event


@contextlib.contextmanager
def progress(total: int, title: str) -> Iterator[Any]:
    """A bar on standard error; yields advance(count, detail)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[detail]}"), console=console) as bar:
        task = bar.add_task(title, total=total, detail="")

        def advance(count: int, detail: str = "") -> None:
            bar.update(task, advance=count, detail=detail)

        yield advance


def complain(message: str) -> None:
    """One line on standard error."""
    print("vaeexplorer: " + " ".join(message.split()), file=sys.stderr)


def store_or_complain(run: "RunCard", found: "Measured") -> None:
    """Store what was measured with its run; where that cannot be, one line says so, and the figures are there."""
    from vaeexplorer.results.stored import store
    from vaeexplorer.runs.folder import RunError

    try:
        store(run, found)
    except RunError as error:
        complain(str(error))
