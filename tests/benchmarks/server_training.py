"""Training on the server: how soon the first picture is there, how many follow, and what being watched costs.

python -m tests.benchmarks.server_training [--epochs 3] [--rounds 2] [--hidden 512 512 256]

It trains the same configuration by turns in the process that a page starts and from the command line, both at the
page's priority, and says whether both gave the same weights; then what another visitor waits while the app trains. The
first training begins in a new process, the others in one that waits for them, as the form has it. Three minutes, which
need the full set (VAEEXPLORER_DATA) and a machine that does nothing else.
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
from vaeexplorer.trainings import ahead, dispatch, folder, queue
from vaeexplorer.trainings.listing import LIVING, read_training

PATIENCE = 600.0  # seconds
READING = 8.0  # seconds for which a visitor looks at the form, in which the process gets ready


def watched(config: RunConfig, name: str, *, is_ahead: bool) -> float:
    """Train as a page does; the seconds of its epochs."""
    if is_ahead:
        ahead.start()
        time.sleep(READING)
    begun = time.perf_counter()
    seen: dict[str, tuple[float, int]] = {}
    queue.begin(name, config)
    while (card := read_training(folder.path_of(name))).state in (*LIVING, "waiting"):
        now = time.perf_counter() - begun
        assert now < PATIENCE
        if card.status and card.status.moment:
            seen.setdefault(card.status.moment, (now, card.step))
        time.sleep(0.1)  # a page asks about as often
    assert card.state == "done", card.sentence
    times = [now for now, _ in seen.values()]
    learning = [now for now, step in seen.values() if step > 0]
    how = "in a process that waited" if is_ahead else "in a new process"
    print(
        f"{how}: first picture after {times[0]:.2f} s, the first that has moved after {learning[0]:.2f} s, "
        f"then {(len(learning) - 2) / (learning[-2] - learning[0]):.1f} pictures a second",
        flush=True,
    )
    return sum(record.seconds for record in load_run(name).history)


def unwatched(config: RunConfig, name: str) -> float:
    """Train from the command line, at the same priority; the seconds of its epochs."""
    words = [sys.executable, "-m", "vaeexplorer", "train", *dispatch.options(config), "--name", name]
    subprocess.run(["nice", "-n", "10", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(record.seconds for record in load_run(name).history)


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
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--hidden", type=int, nargs="*", default=())
    given = parser.parse_args()
    config = RunConfig(model=ModelConfig(hidden=tuple(given.hidden)), train=TrainConfig(epochs=given.epochs))
    with tempfile.TemporaryDirectory() as runs:
        os.environ["VAEEXPLORER_RUNS"] = runs
        page, line = [], []
        try:
            for turn in range(given.rounds):
                page.append(watched(config, f"watched-{turn}", is_ahead=turn > 0))
                line.append(unwatched(config, f"unwatched-{turn}"))
        finally:
            dispatch.rest()
            for process in dispatch.left():
                process.kill()
        least = min(page), min(line)
        print(f"epochs from the page: {', '.join(f'{each:.1f}' for each in page)} s")
        print(f"epochs from the command line: {', '.join(f'{each:.1f}' for each in line)} s")
        print(f"being watched costs, by the least of each: {100 * (least[0] / least[1] - 1):+.1f} %")
        names = [f"{how}-{turn}" for how in ("watched", "unwatched") for turn in range(given.rounds)]
        print(f"same weights: {len(set(map(weights, names))) == 1}", flush=True)
        visited(config, Path(runs))
        dispatch.rest()


if __name__ == "__main__":
    main()
