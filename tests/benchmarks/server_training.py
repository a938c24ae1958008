"""Training on the server: how soon the first picture is there, how many follow, and what being watched costs.

python -m tests.benchmarks.server_training [--epochs 3] [--hidden 512 512 256]

It trains the same configuration twice, once in the process that a page starts and once from the command line, both at
the page's priority, and says whether both gave the same weights; and what another visitor waits while it trains. Needs
the full set, and a machine that does nothing else.
"""

import argparse
import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.classroom import PORT, milliseconds, served
from tests.benchmarks.visitor import Visitor
from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.runs.folder import load_run
from vaeexplorer.trainings import dispatch, folder, queue
from vaeexplorer.trainings.listing import LIVING, read_training

PATIENCE = 600.0  # seconds


def watched(config: RunConfig) -> float:
    """Train as a page does; the seconds of its epochs."""
    begun = time.perf_counter()
    seen: dict[str, tuple[float, int]] = {}
    queue.begin("watched", config)
    while (card := read_training(folder.path_of("watched"))).state in (*LIVING, "waiting"):
        now = time.perf_counter() - begun
        assert now < PATIENCE
        if card.status and card.status.moment:
            seen.setdefault(card.status.moment, (now, card.step))
        time.sleep(0.02)
    assert card.state == "done", card.sentence
    times = [now for now, _ in seen.values()]
    moved = next(now for now, step in seen.values() if step)
    print(f"first picture after {times[0]:.2f} s, the first that has moved after {moved:.2f} s")
    learning = [now for now, step in seen.values() if step > 0]
    print(f"{(len(learning) - 2) / (learning[-2] - learning[0]):.1f} pictures a second")
    return sum(record.seconds for record in load_run("watched").history)


def unwatched(config: RunConfig) -> float:
    """Train from the command line, at the same priority; the seconds of its epochs."""
    words = [sys.executable, "-m", "vaeexplorer", "train", *dispatch.options(config), "--name", "unwatched"]
    subprocess.run(["nice", "-n", "10", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(record.seconds for record in load_run("unwatched").history)


async def reruns(count: int = 100) -> None:
    """One visitor who acts on the learning curves, four times a second."""
    async with Visitor(PORT) as visitor:
        await visitor.open("training")
        times = []
        for number in range(count):
            times.append((await visitor.act("log", number % 2 == 0)).seconds)
            await asyncio.sleep(0.25)
    print(f"a rerun of another visitor while it trains: {milliseconds(times)}")


def visited(config: RunConfig, runs: Path) -> None:
    """What another visitor of the app waits while the app trains."""
    with served(runs, [], is_ready=False):
        long = replace(config, train=replace(config.train, epochs=10_000))
        folder.create(folder.path_of("visited"), folder.Spec(1, long), 1)
        dispatch.wake()
        while not ((card := read_training(folder.path_of("visited"))).status and card.step):
            time.sleep(0.1)
        try:
            asyncio.run(reruns())
        finally:
            queue.kill("visited")


def weights(name: str) -> str:
    """The hash of a run's weights."""
    path = Path(os.environ["VAEEXPLORER_RUNS"]) / name / "weights.safetensors"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--hidden", type=int, nargs="*", default=())
    given = parser.parse_args()
    config = RunConfig(model=ModelConfig(hidden=tuple(given.hidden)), train=TrainConfig(epochs=given.epochs))
    with tempfile.TemporaryDirectory() as runs:
        os.environ["VAEEXPLORER_RUNS"] = runs
        try:
            page = watched(config)
        finally:
            dispatch.rest()
            for process in dispatch.left():
                process.kill()
        line = unwatched(config)
        print(
            f"epochs: {page:.1f} s from the page, {line:.1f} s from the command line: {100 * (page / line - 1):+.1f} %"
        )
        print(f"same weights: {weights('watched') == weights('unwatched')}")
        visited(config, Path(runs))
        dispatch.rest()


if __name__ == "__main__":
    main()
