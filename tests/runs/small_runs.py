"""Two tiny runs that differ in codes alone, as files; and a writer for a process without torch.

python -m tests.runs.small_runs overwrite PATH COUNT     the two in turn, so many times
python -m tests.runs.small_runs kill PATH                a kill at every step of a write
python -m tests.runs.small_runs kill-twice PATH          and at every third step of the next
"""

import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vaeexplorer.runs import versions
from vaeexplorer.runs.folder import load_run

HERE = Path(__file__).parent / "schema-1"
STEPS = ("mkdir", "fsync", "replace", "unlink", "rmdir")  # of a write, all in `os`


def files(which: int) -> dict[str, bytes]:
    """The files of one of the two."""
    found = {path.name: path.read_bytes() for path in HERE.iterdir()}
    with np.load(HERE / "codes.npz") as arrays:
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **(dict(arrays) | {"error": arrays["error"] + which}))
    document = json.loads(found.pop("run.json"))
    found["codes.npz"] = packed.getvalue()
    document["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    return found | {"run.json": json.dumps(document).encode()}


def overwrite(path: Path, count: int) -> None:
    both = files(0), files(1)
    for number in range(count):
        versions.replace(path, both[number % 2])


def killed_at(step: int, path: Path, content: dict[str, bytes]) -> bool:
    """Write in a process that is killed at a step; False where it ends before."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    done = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            if done == step:
                if call is fsync and os.fstat(args[0]).st_size:
                    os.ftruncate(args[0], os.fstat(args[0]).st_size // 2)  # what was written only in part
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return call(*args, **kwargs)

        return run

    fsync = os.fsync
    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    versions.replace(path, content)
    os._exit(0)


def kill(path: Path, *, twice: bool) -> None:
    """Print how many kills there were, and how often the old, the new and no run was left."""
    both = files(0), files(1)
    counts = {"kills": 0, "old": 0, "new": 0, "none": 0}
    keys = []
    for content in both:
        versions.replace(path, content)
        keys.append(load_run(path).key)
    for is_first in (True, False):
        first = 0
        while True:
            second = 0
            while True:
                _clear(path)
                if not is_first:
                    versions.replace(path, both[0])
                is_killed = killed_at(first, path, both[1])
                counts[_left(path, keys)] += 1
                if not is_killed:
                    break
                is_killed_again = twice and killed_at(second, path, both[1])
                assert _left(path, keys) == "new" or is_killed_again or not twice
                counts["kills"] += 1 + is_killed_again
                versions.replace(path, both[0])
                assert load_run(path).key == keys[0]
                assert {each.name for each in path.iterdir()} == both[0].keys()
                if not is_killed_again:
                    break
                second += 3
            if not is_killed:
                break
            first += 1
    print(json.dumps(counts))


def _left(path: Path, keys: list[str]) -> str:
    before = sorted(path.rglob("*"))
    if not (path / "run.json").exists():
        return "none"
    found = load_run(path).key
    assert sorted(path.rglob("*")) == before  # reading repairs nothing
    return ("old", "new")[keys.index(found)]


def _clear(path: Path) -> None:
    versions.settle(path)
    for each in path.iterdir() if path.exists() else ():
        each.unlink()
    versions.settle(path)
    assert not path.exists()


if __name__ == "__main__":
    if sys.argv[1] == "overwrite":
        overwrite(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        kill(Path(sys.argv[2]), twice=sys.argv[1] == "kill-twice")
