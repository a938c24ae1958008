import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.files import put_back, read_arrays, whole_file, whole_folder


class StoppedError(Exception):
    pass


def test_a_file_takes_the_place_of_the_old_one_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
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
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert [found for found in tmp_path.iterdir() if not found.name.startswith(".")] == [path]


def test_a_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "nowhere" / "kept.json"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "run"
    for name in ("old", "new"):
        with whole_folder(path) as folder:
            (folder / name).write_bytes(b"")
            assert not (path / "new").exists()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert (path.stat().st_mode & 0o777, (path / "new").stat().st_mode & 0o777) == (0o755, 0o644)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [StoppedError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path, fault: type[BaseException]) -> None:
    path = tmp_path / "run"
    with whole_folder(path) as folder:
        (folder / "old").write_bytes(b"")

    def write() -> None:
        with whole_folder(path) as folder:
            (folder / "new").write_bytes(b"")
            raise fault

    with pytest.raises(fault):
        write()
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_was_set_aside_is_put_back_unless_there_is_another(tmp_path: Path) -> None:
    for name in (".lost.old", ".kept.old", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes(b"")
    put_back(tmp_path)
    assert (tmp_path / "lost" / ".lost.old").exists()
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["kept"]


def test_arrays_are_read_as_they_were_written(tmp_path: Path) -> None:
    with whole_file(tmp_path / "some.npz") as file:
        np.savez_compressed(file, a=np.arange(3), b=np.eye(2))
    found = read_arrays(tmp_path / "some.npz")
    assert sorted(found) == ["a", "b"]
    np.testing.assert_array_equal(found["b"], np.eye(2))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_an_array_file_cut_short_is_a_value_error(tmp_path: Path, share: float) -> None:
    path = tmp_path / "some.npz"
    np.savez_compressed(path, a=np.arange(10_000))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ValueError, match=r"."):
        read_arrays(path)


def test_a_lone_array_and_one_of_objects_are_value_errors(tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    with path.open("wb") as file:
        np.save(file, np.eye(2))
    with pytest.raises(ValueError, match=r"."):
        read_arrays(path)
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_arrays(path)


def test_a_missing_array_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "none.npz")
