"""Rates over many draws of worlds whose answer is known: what docs/report-card.md tabulates.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.planted --out planted.jsonl --seconds 330 --device cuda --tf32
    python -m tests.benchmarks.planted --out planted.jsonl --render

Hundreds of classifiers are trained at once, in the steps in which a report trains its two; threads make worlds and test
classifiers meanwhile. A line is written for every draw, the most important first, until the time is over.
"""

import argparse
import json
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from tests.analysis.report.planted import FAMILIES, PERFECT, SIZES, Planted, perfect, strength
from tests.benchmarks.planted_tables import tables
from vaeexplorer.analysis.report import held_out, networks
from vaeexplorer.analysis.report.classifier import FEW_IMAGES, Parts, choose, mixtures_learn, set_aside
from vaeexplorer.analysis.report.held_out import DIMENSIONS, IMAGES, Trial, outcome, plan
from vaeexplorer.analysis.report.networks import Network, Recipe, fit_networks
from vaeexplorer.analysis.report.verdicts import level

TESTED = 40_000  # images that a share is measured by
AT = {1_000: (".1",), 2_000: (".1",), 10_000: (".04",), 60_000: (".04", ".1")}  # total variations of the power table


class Cell(NamedTuple):
    """One draw of one world.

    Attributes:
        table: "perfect" and "limits" by halves of the images; "share" and "power" tested by fresh ones.
        number: which draw.
    """

    table: str
    world: str
    dimensions: int
    images: int
    number: int


def cells(draws: int, kinds: Sequence[str]) -> Iterator[list[Cell]]:
    """Of one table, D and schedule each list, the most important first."""

    def of(table: str, worlds: Sequence[str], dimensions: int, images: Sequence[int], numbers: range) -> list[Cell]:
        return [
            Cell(table, world, dimensions, count, number)
            for number in numbers
            for count in images
            for world in worlds
            if not (dimensions == 1 and world.startswith("correlation"))
        ]

    rounds = [range(start, min(start + 10, draws)) for start in range(0, draws, 10)]
    halves, few = (1_000, 10_000), min(4, draws)
    for numbers in rounds if "perfect" in kinds else []:
        for dimensions in (2, 8, 16, 64):
            yield of("perfect", PERFECT, dimensions, halves, numbers)
    for numbers in rounds[:1] if "limits" in kinds else []:
        for dimensions in (2, 8, 16, 64):
            yield of("limits", SIZES, dimensions, halves, numbers)
    if "share" in kinds:
        for dimensions in (2, 6, 16):
            yield of("share", SIZES, dimensions, [60_000], range(few))
    for count in IMAGES if "power" in kinds else []:
        for dimensions in DIMENSIONS:
            worlds = [f"{family} at {size}" for size in AT[count] for family in FAMILIES]
            yield of("power", worlds, dimensions, [count], range(few))
    for numbers in rounds[1:] if "limits" in kinds else []:
        for dimensions in (2, 8, 16, 64):
            yield of("limits", SIZES, dimensions, halves, numbers)


class Known(NamedTuple):
    """What is known of a world that was planted."""

    family: str
    strength: float
    total_variation: float
    holes: float

    def world(self, dimensions: int) -> Planted:
        return FAMILIES[self.family][0](dimensions, self.strength)


def known(world: str, dimensions: int) -> Known:
    """Of a world by its name."""
    family, size = strength(world, dimensions)
    return Known(family, size, *FAMILIES[family][0](dimensions, size).truth(dimensions, 200_000))


Truths = dict[tuple[str, int], "Future[Known]"]


def prepared(cell: Cell, truths: Truths) -> tuple[Trial, list[Parts]]:
    """The draw of a cell, and the images of each fold to learn from."""
    rng = np.random.default_rng([cell.number, cell.dimensions, cell.images, zlib.crc32(cell.world.encode())])
    train = None
    if cell.table == "perfect":
        test = perfect(cell.world, cell.images, cell.dimensions, rng)
    else:
        world = truths[cell.world, cell.dimensions].result().world(cell.dimensions)
        if cell.table == "limits":
            test = world.world(cell.images, rng)
        else:
            test = world.world(TESTED, rng)
            train = world.world(cell.images if cell.images > FEW_IMAGES else cell.images // 2, rng)
    trial = plan(test, train, None, short=False, seed=cell.number)
    choice = len(trial.recipes) > 1 or mixtures_learn(test, None)
    return trial, [set_aside(fold[0], trial.seed + k, choice=choice) for k, fold in enumerate(trial.folds)]


def tested(cell: Cell, trial: Trial, parts: list[Parts], fitted: list[list[Network]], truths: Truths) -> dict[str, Any]:
    """The line of a draw; of the networks one list a fold."""
    started = time.thread_time()
    found = outcome(trial, [choose(each, part, None, trial.side) for each, part in zip(fitted, parts, strict=True)])
    holes = found.holes or found.hole_bound
    line = {
        **cell._asdict(),
        "accuracy": found.accuracy,
        "total_variation": found.total_variation,
        "p": found.p,
        "hole_bound": found.hole_bound,
        "holes": found.holes,
        "answer": level(found.total_variation.value, max(0.0, holes.value)),
        "instrument": found.instrument,
        "seconds": time.thread_time() - started,
    }
    if cell.table != "perfect":
        truth = truths[cell.world, cell.dimensions].result()
        line |= {"true_total_variation": truth.total_variation, "true_holes": truth.holes}
    return line


def stream_on(device: str) -> AbstractContextManager[Any]:
    """A queue of its own for a thread's work on a GPU, so that it does not wait for the training."""
    if device == "cpu":
        return nullcontext()
    return torch.cuda.stream(torch.cuda.Stream(priority=-1))


def measure(groups: list[list[Cell]], out: Path, *, seconds: float, device: str, threads: int, together: int) -> None:
    """Train, test and write until the time is over."""
    end = time.monotonic() + seconds
    names = dict.fromkeys(
        (cell.world, cell.dimensions) for group in groups for cell in group if cell.table != "perfect"
    )
    lock, written = threading.Lock(), 0

    def write(cell: Cell, trial: Trial, parts: list[Parts], fitted: list[list[Network]]) -> None:
        nonlocal written
        with stream_on(device):
            line = json.dumps(tested(cell, trial, parts, fitted, truths))
        with lock, out.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            written += 1

    size = max(1, together // 2)
    chunks = [group[first : first + size] for group in groups for first in range(0, len(group), size)]
    with (
        ProcessPoolExecutor(max(1, threads // 3), get_context("spawn")) as truth_pool,
        ThreadPoolExecutor(max(1, threads // 4)) as makers,
        ThreadPoolExecutor(threads) as testers,
    ):
        truths: Truths = {name: truth_pool.submit(known, *name) for name in names}
        make: Callable[[Cell], Any] = lambda cell: prepared(cell, truths)  # noqa: E731
        waiting = [makers.submit(make, cell) for cell in chunks[0]]
        testing: list[Future[None]] = []
        took = 0.0
        for number, chunk in enumerate(chunks):
            began = time.monotonic()
            if began + took > end:
                break
            made = [future.result() for future in waiting]
            ready = time.monotonic()
            if number + 1 < len(chunks):
                waiting = [makers.submit(make, cell) for cell in chunks[number + 1]]
            worlds = [part.train for _, parts in made for part in parts]
            seeds = [trial.seed + fold for trial, _ in made for fold in range(len(trial.folds))]
            recipes = made[0][0].recipes
            fitted = [fit_networks(worlds, None, recipe, seeds, device) for recipe in recipes]
            if device != "cpu":
                torch.cuda.synchronize()
            trained = time.monotonic()
            wait(testing)  # of the chunk before: what is tested may fall behind by one
            errors = [error for each in testing if (error := each.exception())]
            if errors:
                raise errors[0]
            of_folds = iter(zip(*fitted, strict=True))
            testing = [
                testers.submit(write, cell, trial, parts, [list(next(of_folds)) for _ in parts])
                for cell, (trial, parts) in zip(chunk, made, strict=True)
            ]
            took = time.monotonic() - began
            steps = len(worlds) * sum(recipe.steps for recipe in recipes)
            print(
                f"{end - time.monotonic():5.0f} s left  {chunk[0].table:8} D {chunk[0].dimensions:2}  {len(worlds)} "
                f"networks  made after {ready - began:.1f} s  trained in {trained - ready:.1f} s, "
                f"{steps / (trained - ready):,.0f} steps/s  {written} draws written",
                flush=True,
            )
        for future in waiting:
            future.cancel()
        wait(testing, timeout=60)
        truth_pool.shutdown(wait=False, cancel_futures=True)
    print(f"{written} draws, {time.monotonic() - end + seconds:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    parser.add_argument("--render", action="store_true", help="print the tables of what is there")
    parser.add_argument("--seconds", type=float, default=330)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--tf32", action="store_true", help="products of the training by TF32")
    parser.add_argument("--threads", type=int, default=12)
    parser.add_argument("--together", type=int, default=280, help="networks at most in one set of steps")
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--tables", nargs="+", default=["perfect", "limits", "share", "power"])
    parser.add_argument("--quick", action="store_true", help="schedules of a few steps: to try this script")
    options = parser.parse_args()
    if options.render:
        lines = [json.loads(line) for line in options.out.read_text(encoding="utf-8").splitlines()]
        print(tables(lines))
        return
    if options.tf32:
        torch.set_float32_matmul_precision("high")
    if options.quick:
        for name in ("SHORT", "LONG", "PLANE", "SPACE"):
            setattr(held_out, name, Recipe(8, 1e-3, 0.1))
        networks.BATCH = 16
    sys.setswitchinterval(0.001)  # the training thread waits for the interpreter no longer than that
    groups = list(cells(options.draws, options.tables))
    measure(
        groups, options.out, seconds=options.seconds, device=options.device, threads=options.threads,
        together=options.together,
    )  # fmt: skip


if __name__ == "__main__":
    main()
