"""A process that has imported torch before there is anything to train, so that Start moves a picture at once.

A page that offers to train has one started; it waits for its training at its standard input, for some minutes at the
most, and ends with the server, however that ends. Meanwhile it takes 370 MB of memory of its own, and no time.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer

from vaeexplorer.runs.folder import runs_folder
from vaeexplorer.trainings import folder, lock

ROOT = Path(__file__).parents[2]
NICENESS = 10  # of 19: trainings have a lower priority than pages
PATIENCE = 600.0  # seconds in which a process is given something to do
_SURE = 60.0  # seconds that it waits longer: nobody gives work to one that is about to end

_changing = Lock()
_waiting: "tuple[subprocess.Popen[bytes], dict[str, str], float] | None" = None


def environment() -> dict[str, str]:
    """That of a process that trains for this one."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    # Threads that wait by spinning hold up what runs beside them; those that never do take twice as long.
    quiet = {"GOMP_SPINCOUNT": "200000"}
    return quiet | os.environ | {"PYTHONPATH": path, "VAEEXPLORER_RUNS": str(runs_folder().absolute())}


def start() -> None:
    """Have a process waiting; nothing where one waits already."""
    global _waiting  # noqa: PLW0603
    env = environment()
    with _changing:
        if _usable(env):
            return
        _end()
        with suppress(OSError):  # for want of memory: the training is then started in the usual way
            process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=env,
                start_new_session=True,
            )
            _waiting = process, env, time.monotonic()


def stop() -> None:
    """End the process that waits."""
    with _changing:
        _end()


def left() -> "list[subprocess.Popen[bytes]]":
    """The process that waits, if there is one."""
    return [_waiting[0]] if _waiting and _waiting[0].poll() is None else []


def take(path: Path) -> "subprocess.Popen[bytes] | None":
    """Give the training in a folder to the process that waits; None where none does."""
    global _waiting  # noqa: PLW0603
    with _changing:
        process = _usable(environment())
        if process is None or process.stdin is None:
            return None
        _waiting = None
        try:
            with process.stdin as stdin:
                stdin.write(os.fsencode(path.absolute()))
        except OSError:
            return None
        return process


def _usable(env: dict[str, str]) -> "subprocess.Popen[bytes] | None":
    if _waiting is None:
        return None
    process, its_env, since = _waiting
    return process if its_env == env and time.monotonic() < since + PATIENCE and process.poll() is None else None


def _end() -> None:
    global _waiting
    if _waiting is not None:
        process, _waiting = _waiting[0], None
        with suppress(OSError), process:  # closes its pipe and waits
            process.kill()


def _work() -> None:
    """In the process: wait, and train."""
    lower_priority()
    end = Timer(PATIENCE + _SURE, os._exit, (0,))
    end.daemon = True
    end.start()
    from vaeexplorer.trainings import process

    process.warm_up()
    given = sys.stdin.buffer.read()
    end.cancel()
    if not given:
        return
    train(Path(os.fsdecode(given)))


def train(path: Path) -> None:
    """Be the process of the training in a folder, to the end.

    Raises:
        SystemExit: it failed.
    """
    from vaeexplorer.trainings import process

    log = os.open(path / folder.LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        with lock.held(path):
            process.serve(folder.read_spec(path).config, folder.name_of(path), path)
    except Exception as error:
        sys.exit(lock.sentence(error))


def lower_priority() -> None:
    """Give way to the pages."""
    if nice := getattr(os, "nice", None):  # not on Windows
        nice(NICENESS)


if __name__ == "__main__":
    _work()
