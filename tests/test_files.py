import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.processes import posix
from vaeexplorer import files
from vaeexplorer.files import MOST_ITEMS, OWN, read_arrays, read_file, whole_file, why


class StoppedError(Exception):
    pass


def test_a_file_takes_the_place_of_the_old_one_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [StoppedError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, fault: type[BaseException]) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")

    def write() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise fault

    with pytest.raises(fault):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_rename_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"), whole_file(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")
    code = f"""
import os, signal
from pathlib import Path
from vaeexplorer.files import whole_file
with whole_file(Path({str(path)!r})) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert [found for found in tmp_path.iterdir() if not found.name.startswith(OWN)] == [path]


def test_a_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "nowhere" / "kept.json"):
        pass
    assert not list(tmp_path.iterdir())


@posix
def test_a_link_is_followed(tmp_path: Path) -> None:
    path, link = tmp_path / "kept.json", tmp_path / "link.json"
    link.symlink_to("kept.json")
    for text in (b"new", b"newer"):
        with whole_file(link) as file:
            file.write(text)
        assert link.is_symlink()
        assert path.read_bytes() == text


@posix
def test_permissions_stay_and_new_files_get_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    before = os.umask(0o027)
    try:
        with whole_file(path) as file:
            file.write(b"new")
        assert path.stat().st_mode & 0o777 == 0o640
        path.chmod(0o600)
        with whole_file(path) as file:
            file.write(b"newer")
            assert {part.stat().st_mode & 0o777 for part in tmp_path.iterdir()} == {0o600}
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link to a device"])
def test_what_is_no_regular_file_is_neither_replaced_nor_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = Path(os.devnull)
    else:
        path.symlink_to(os.devnull)
    before = path.stat()
    with pytest.raises(OSError, match="no regular file"), whole_file(path) as file:
        file.write(b"new")
    with pytest.raises(OSError, match="no regular file"):
        read_file(path, 100)
    assert (path.stat().st_ino, path.stat().st_mode) == (before.st_ino, before.st_mode)


def test_no_more_is_read_than_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "some"
    path.write_bytes(bytes(100))
    assert read_file(path, 100) == bytes(100)
    with pytest.raises(OSError, match="larger than the 99 bytes"):
        read_file(path, 99)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux's /proc")
def test_no_more_is_read_of_what_has_no_size_to_ask_for() -> None:
    with pytest.raises(OSError, match="larger"):
        read_file(Path("/proc/self/smaps"), 10)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full: free some space and try again"),
        (errno.EROFS, "change the permissions, or choose another folder"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_system_would_not_do_is_said_in_words(number: int, words: str) -> None:
    assert why(OSError(number, os.strerror(number))).endswith(words)
    assert why(OSError("no number"))  # as some libraries raise it


def packed(**arrays: np.ndarray) -> bytes:
    save: Callable[..., None] = np.savez_compressed
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def test_arrays_are_read_as_they_were_written() -> None:
    given = {"a": np.arange(3), "b": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "c": np.array("text")}
    found = read_arrays(packed(**given), {"a": (None,), "b": (2, 3), "c": ()})
    assert {name: (a.dtype, a.tolist()) for name, a in found.items()} == {
        name: (a.dtype, a.tolist()) for name, a in given.items()
    }


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_an_array_file_cut_short_is_a_value_error(share: float) -> None:
    content = packed(a=np.arange(10_000))
    with pytest.raises(ValueError, match="cut short or no array file"):
        read_arrays(content[: int(share * len(content))], {"a": (None,)})


@pytest.mark.parametrize("shape", [(2,), (4,), (3, 1), ()])
def test_arrays_of_another_shape_are_a_value_error(shape: tuple[int, ...]) -> None:
    content = packed(a=np.arange(3))
    with pytest.raises(ValueError, match="does not hold the arrays it should"):
        read_arrays(content, {"a": shape})
    for names in ({"a": (3,), "b": (3,)}, {"b": (3,)}, {}):
        with pytest.raises(ValueError, match="does not hold the arrays it should"):
            read_arrays(content, names)


def test_an_open_axis_has_its_bounds() -> None:
    for count in (0, MOST_ITEMS + 1):
        with pytest.raises(ValueError, match="does not hold the arrays it should"):
            read_arrays(packed(a=np.zeros(count, bool)), {"a": (None,)})


def test_a_lone_array_and_one_of_objects_are_value_errors() -> None:
    file = io.BytesIO()
    np.save(file, np.eye(2))
    with pytest.raises(ValueError, match="cut short or no array file"):
        read_arrays(file.getvalue(), {"a": (2, 2)})
    with pytest.raises(ValueError, match="numbers alone"):
        read_arrays(packed(a=np.array([{}], dtype=object)), {"a": (1,)})


def test_a_file_that_is_read_elsewhere_is_replaced_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which refuses to replace a file that is open."""
    refusals, replace = [1, 2], os.replace

    def refuse(partial: Path, path: Path) -> None:
        if refusals:
            refusals.pop()
            raise PermissionError(13, "Access is denied")
        replace(partial, path)

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(files, "_PATIENCE", 5.0)
    with whole_file(tmp_path / "a") as file:
        file.write(b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    monkeypatch.setattr(files, "_PATIENCE", 0.0)
    refusals.append(3)
    with pytest.raises(PermissionError), whole_file(tmp_path / "a") as file:
        file.write(b"newer")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
