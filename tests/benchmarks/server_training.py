"""Training on the server: how soon the first picture is there, how many follow, and what being watched costs.

python -m tests.benchmarks.server_training [--epochs 3] [--hidden 512 512 256]

It trains the same configuration twice, once in the process that a page starts and once from the command line, both at
the page's priority, and says whether both gave the same weights. Needs the full set, and a machine that does nothing else.
What another visitor waits meanwhile: `python -m tests.benchmarks.visitor` beside it.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.runs.folder import load_run
from vaeexplorer.trainings import dispatch, folder, queue
from vaeexplorer.trainings.listing import LIVING, read_training

PATIENCE = 600.0  # seconds


def watched(config: RunConfig) -> float:
    """Train as a page does; the seconds of its epochs."""
    begun, seen = time.perf_counter(), {}
    queue.begin("watched", config)
    while (card := read_training(folder.path_of("watched"))).state in (*LIVING, "waiting"):
        now = time.perf_counter() - begun
        assert now < PATIENCE
        if card.status and card.status.moment:
            seen.setdefault(card.status.moment, (now, card.step))
        time.sleep(0.01)
    assert card.state == "done", card.sentence
    times = [now for now, _ in seen.values()]
    moved = next(now for now, step in seen.values() if step)
    print(f"first picture after {times[0]:.2f} s, the first that has moved after {moved:.2f} s")
    learning = [now for now, step in seen.values() if 0 < step]
    print(f"{(len(learning) - 2) / (learning[-2] - learning[0]):.1f} pictures a second")
    return sum(record.seconds for record in load_run("watched").history)


def unwatched(config: RunConfig) -> float:
    """Train from the command line, at the same priority; the seconds of its epochs."""
    words = [sys.executable, "-m", "vaeexplorer", "train", *dispatch.options(config), "--name", "unwatched"]
    subprocess.run(["nice", "-n", "10", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(record.seconds for record in load_run("unwatched").history)


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
        line = unwatched(config)
        print(
            f"epochs: {page:.1f} s from the page, {line:.1f} s from the command line: {100 * (page / line - 1):+.1f} %"
        )
        print(f"same weights: {weights('watched') == weights('unwatched')}")


if __name__ == "__main__":
    main()
