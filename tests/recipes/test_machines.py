"""A sweep on other machines: the same bits, whichever worker dies; what cannot be used is said in a sentence."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.processes import started
from tests.recipes.test_sweep import small
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.data.images import FULL_SIZE
from vaeexplorer.recipes.machines import ClusterError, spread
from vaeexplorer.recipes.sweep import rebuild
from vaeexplorer.results.sweep import read_point

ROOT = Path(__file__).parents[2]
CONFIGS = small(*(beta / 2 for beta in range(1, 9)))
PATIENCE = 90.0


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The points as this process trains them."""
    monkeypatch.setitem(FULL_SIZE, "train", 10_000)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    list(rebuild(CONFIGS, root=tmp_path / "alone"))
    return tmp_path / "alone"


def assert_same(root: Path, alone: Path) -> None:
    for config in CONFIGS:
        one, other = read_point(config, alone), read_point(config, root)
        assert (one.rate, one.distortion, one.active_units) == (other.rate, other.distortion, other.active_units)
        for name in ("mean", "logvar", "kl"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
        assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


@pytest.fixture
def dask() -> Iterator[tuple[str, list["subprocess.Popen[Any]"]]]:
    """A scheduler's address, and its two workers."""
    pytest.importorskip("distributed")
    module = [sys.executable, "-m", "distributed.cli.dask_"]

    def command(kind: str, *options: str) -> list[str]:
        return [*module[:-1], module[-1] + kind, *options, "--no-dashboard"]

    with ExitStack() as stack:
        scheduler = stack.enter_context(
            started(command("scheduler", "--host", "127.0.0.1", "--port", "0"), stderr=subprocess.PIPE, text=True)
        )
        assert scheduler.stderr is not None
        found = next(match for line in scheduler.stderr if (match := re.search(r"Scheduler at: *tcp://(\S+)", line)))
        env = os.environ | {"PYTHONPATH": str(ROOT), "VAEEXPLORER_DATA": str(SAMPLE.root)}
        options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        workers = [
            stack.enter_context(
                started(command("worker", f"tcp://{found[1]}", *options), env=env, stderr=subprocess.DEVNULL)
            )
            for _ in range(2)
        ]
        yield f"dask://{found[1]}", workers


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of libraries that are not ours
def test_a_killed_worker_costs_nothing_but_time(
    alone: Path, tmp_path: Path, dask: tuple[str, list["subprocess.Popen[Any]"]]
) -> None:
    from distributed import Client

    address, (victim, _) = dask
    root = tmp_path / "together"
    done: list[RunConfig] = []
    with Client(address.replace("dask", "tcp"), timeout=PATIENCE) as watching:
        watching.wait_for_workers(2, timeout=PATIENCE)
        for config in rebuild(CONFIGS, on=address, root=root):
            done.append(config)
            if len(done) == 1:
                pid = watching.run(os.getpid)
                (busy,) = (worker for worker, number in pid.items() if number == victim.pid)
                deadline = time.monotonic() + PATIENCE
                while not watching.processing([busy])[busy]:
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
                victim.kill()
        assert len(watching.scheduler_info()["workers"]) == 1
    assert sorted(map(str, done)) == sorted(map(str, CONFIGS))  # each once
    assert_same(root, alone)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of libraries that are not ours
def test_a_killed_worker_of_ray_costs_nothing_but_time(alone: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    psutil = pytest.importorskip("psutil")
    done, killed = 0, 0
    for done, _ in enumerate(rebuild(CONFIGS, on="ray", root=tmp_path / "together"), 1):
        below = psutil.Process().children(recursive=True)
        busy = [process for process in below if done == 1 and process.name().startswith("ray::train")]
        for process in busy[:1]:
            process.kill()
            killed += 1
    assert (done, killed) == (len(CONFIGS), 1)
    assert_same(tmp_path / "together", alone)


@pytest.mark.parametrize("on", ["dask", "dask://", "dask://host", "dask://:1", "dask://host:port", "slurm", ""])
def test_there_is_no_such_place(on: str) -> None:
    with pytest.raises(ConfigError, match=r"--on must be local, ray or dask://HOST:PORT"):
        spread(str, [1], on, None)


@pytest.mark.parametrize(("on", "module"), [("dask://127.0.0.1:1", "distributed"), ("ray", "ray")])
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, on: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=f"pip install .*{module}"):
        list(spread(str, [1], on, None))
    with pytest.raises(ConfigError, match="--workers is of this machine"):
        spread(str, [1], on, 2)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of libraries that are not ours
def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("vaeexplorer.recipes.machines.PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(spread(str, [1], "dask://127.0.0.1:9", None))


def test_here_all_tasks_are_done() -> None:
    assert sorted(spread(abs, [-3, 1, 2], "local", 2)) == [1, 2, 3]
