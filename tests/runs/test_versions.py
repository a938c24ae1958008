"""A run folder that is written anew while others read it, or by a process that is killed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import posix, started
from tests.runs.small_runs import files
from vaeexplorer.files import OWN
from vaeexplorer.runs import versions
from vaeexplorer.runs.folder import RunError, list_runs, load_run, read_card

ROOT = Path(__file__).parents[2]
WRITER = [sys.executable, "-m", "tests.runs.small_runs"]


@pytest.mark.parametrize("count", [60, pytest.param(5000, marks=pytest.mark.slow)])
def test_readers_beside_a_writer_have_the_old_run_or_the_new_one(tmp_path: Path, count: int) -> None:
    path = tmp_path / "run"
    keys = set()
    for which in (0, 1):
        versions.replace(path, files(which))
        keys.add(load_run(path).key)
    assert len(keys) == 2
    reads, seen = 0, set()
    with started([*WRITER, "overwrite", str(path), str(count)], cwd=ROOT) as writer:
        deadline = time.monotonic() + 30 + count
        while writer.poll() is None and time.monotonic() < deadline:
            run = load_run(path)
            seen |= {run.key, read_card(path).key}
            reads += 1
        assert writer.wait(10) == 0
    assert seen == keys
    assert reads > 5
    assert {each.name for each in path.iterdir()} == files(0).keys()


@posix
@pytest.mark.parametrize("how", ["kill", pytest.param("kill-twice", marks=pytest.mark.slow)])
def test_a_kill_at_any_step_leaves_the_old_run_or_the_new_one(tmp_path: Path, how: str) -> None:
    command = [*WRITER, how, str(tmp_path / "run")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["kills"] > 25
    assert min(counts.values()) > 0


def test_a_failure_leaves_the_old_run_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            versions.replace(path, files(0))
    assert not path.exists()
    versions.replace(path, files(0))
    before = load_run(path).key
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            versions.replace(path, files(1))
    assert load_run(path).key == before
    assert {each.name for each in path.iterdir()} == files(0).keys()


def test_what_was_measured_on_the_old_run_goes_with_it_and_strangers_files_stay(tmp_path: Path) -> None:
    path = tmp_path / "run"
    versions.replace(path, files(0))
    for name in ("umap.npz", "notes.txt", ".vimrc.old", f"{OWN}0.partial"):
        (path / name).write_bytes(b"")
    versions.replace(path, files(1), dated=("umap.npz", "report.json"))
    assert {each.name for each in path.iterdir()} == files(1).keys() | {"notes.txt", ".vimrc.old"}


def test_reading_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (".vimrc.old", ".project.old", ".x.partial", f"{OWN}0.partial"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f"{OWN}next").mkdir()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))}
    monkeypatch.setenv("VAEEXPLORER_RUNS", str(tmp_path))
    with pytest.raises(RunError, match="no run nothing"):
        load_run(tmp_path / "nothing")
    list_runs()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))} == before


def test_files_of_another_run_are_not_taken_for_this_ones(tmp_path: Path) -> None:
    """The check that the tests above rest on."""
    path = tmp_path / "run"
    versions.replace(path, files(0))
    (path / "codes.npz").write_bytes(files(1)["codes.npz"])
    with pytest.raises(RunError, match=r"codes\.npz is not the file that was written with it"):
        load_run(path)
