"""Rates over many draws of worlds whose answer is known: what docs/report-card.md tabulates.

    OMP_NUM_THREADS=1 python -m tests.benchmarks.planted --out planted.jsonl --seconds 330 --device cuda --tf32
    python -m tests.benchmarks.planted --out planted.jsonl --render

The classifiers of all draws of a world are trained in the same steps, as a report trains its two; processes take one
world after another. A line is written for every draw, the most important worlds first, until the time is over.
"""

import argparse
import json
import time
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from multiprocessing import TimeoutError as NothingYet
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.analysis.report.planted import FAMILIES, PERFECT, SIZES, Planted, perfect, strength
from tests.benchmarks.planted_tables import tables
from vaeexplorer.analysis.report import held_out, networks
from vaeexplorer.analysis.report.classifier import FEW_IMAGES, Parts, choose, mixtures_learn, set_aside
from vaeexplorer.analysis.report.held_out import DIMENSIONS, Trial, outcome, plan
from vaeexplorer.analysis.report.networks import Network, Recipe, fit_networks
from vaeexplorer.analysis.report.verdicts import level

TABLES = ("perfect", "limits", "share", "power")
TESTED = 20_000  # images that a share is measured by
AT = {".1": (1_000, 2_000, 60_000), ".04": (10_000, 60_000)}  # images by total variation of the power table
FRESH = 4  # draws of a share


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


class Options(NamedTuple):
    """How to train, and where to write."""

    out: Path
    device: str
    tf32: bool
    quick: bool
    end: float


def chunks(draws: int, kinds: Sequence[str]) -> Iterator[list[Cell]]:
    """The draws of one world in one D each, the most important first."""
    fresh, rounds = range(min(FRESH, draws)), [range(draws // 2), range(draws // 2, draws)]
    if "perfect" in kinds:
        for count in (10_000, 1_000):
            for dimensions in (64, 16, 8, 2):
                for kind in PERFECT:
                    yield [Cell("perfect", kind, dimensions, count, number) for number in range(draws)]

    def limits(numbers: range) -> Iterator[list[Cell]]:
        for dimensions in (64, 16, 8, 2):
            for world in SIZES:
                yield [
                    Cell("limits", world, dimensions, count, number) for count in (1_000, 10_000) for number in numbers
                ]

    if "limits" in kinds:
        yield from limits(rounds[0])
    for dimensions in (16, 6, 2) if "share" in kinds else ():
        for world in SIZES:
            yield [Cell("share", world, dimensions, 60_000, number) for number in fresh]
    for dimensions in reversed(DIMENSIONS) if "power" in kinds else ():
        for family in FAMILIES:
            for size, images in AT.items():
                if not (family == "correlation" and dimensions == 1):
                    world = f"{family} at {size}"
                    yield [Cell("power", world, dimensions, count, number) for count in images for number in fresh]
    if "limits" in kinds:
        yield from limits(rounds[1])


class Truth(NamedTuple):
    """Of a world that was planted."""

    world: Planted
    total_variation: float
    holes: float


@cache
def truth(world: str, dimensions: int) -> Truth:
    """By its name."""
    family, size = strength(world, dimensions)
    planted = FAMILIES[family][0](dimensions, size)
    return Truth(planted, *planted.truth(dimensions, 200_000))


def prepared(cell: Cell) -> tuple[Trial, list[Parts]]:
    """The draw of a cell, and the images of each fold to learn from."""
    rng = np.random.default_rng([cell.number, cell.dimensions, cell.images, zlib.crc32(cell.world.encode())])
    train = None
    if cell.table == "perfect":
        test = perfect(cell.world, cell.images, cell.dimensions, rng)
    elif cell.table == "limits":
        test = truth(cell.world, cell.dimensions).world.world(cell.images, rng)
    else:
        world = truth(cell.world, cell.dimensions).world
        test = world.world(TESTED, rng)
        train = world.world(cell.images if cell.images > FEW_IMAGES else cell.images // 2, rng)
    trial = plan(test, train, None, short=False, seed=cell.number)
    choice = len(trial.recipes) > 1 or mixtures_learn(test, None)
    return trial, [set_aside(fold[0], trial.seed + k, choice=choice) for k, fold in enumerate(trial.folds)]


def tested(cell: Cell, trial: Trial, parts: list[Parts], fitted: list[list[Network]]) -> dict[str, Any]:
    """The line of a draw; of the networks one list a fold."""
    learned = [choose(each, part, None, trial.side) for each, part in zip(fitted, parts, strict=True)]
    found = outcome(trial, learned)
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
    }
    if cell.table != "perfect":
        _, total_variation, holes_there = truth(cell.world, cell.dimensions)
        line |= {"true_total_variation": total_variation, "true_holes": holes_there}
    return line


def measure(task: tuple[list[Cell], Options]) -> str:
    """Train, test and write a chunk, in one set of steps a schedule; what it took, in words."""
    import torch

    cells, options = task
    if time.time() > options.end:
        return ""
    torch.set_num_threads(1)
    if options.tf32:
        torch.backends.cuda.matmul.allow_tf32 = True
    if options.quick:
        for name in ("SHORT", "LONG", "PLANE", "SPACE"):
            setattr(held_out, name, Recipe(8, 1e-3, 0.1))
        networks.BATCH = 16
    times, steps = [0.0, 0.0, 0.0], 0
    for few in (True, False):
        started = time.perf_counter()
        group = [cell for cell in cells if (cell.images <= FEW_IMAGES) == few]
        if not group:
            continue
        made = [prepared(cell) for cell in group]
        ready = time.perf_counter()
        worlds = [part.train for _, parts in made for part in parts]
        seeds = [trial.seed + fold for trial, parts in made for fold in range(len(parts))]
        recipes = made[0][0].recipes
        fitted = [fit_networks(worlds, None, recipe, seeds, options.device) for recipe in recipes]
        if options.device != "cpu":
            torch.cuda.synchronize()
        trained = time.perf_counter()
        of_folds = iter(zip(*fitted, strict=True))
        for cell, (trial, parts) in zip(group, made, strict=True):
            line = json.dumps(tested(cell, trial, parts, [list(next(of_folds)) for _ in parts]))
            with options.out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        steps += len(worlds) * sum(recipe.steps for recipe in recipes)
        for k, each in enumerate((ready - started, trained - ready, time.perf_counter() - trained)):
            times[k] += each
    cell, (make, train, test) = cells[0], times
    return (
        f"{cell.table:8}{cell.world:18}D {cell.dimensions:2}  {len(cells)} draws: made in {make:.1f} s, trained in "
        f"{train:.1f} s ({steps / train:,.0f} steps/s), tested in {test:.1f} s"
    )


def run(draws: int, kinds: Sequence[str], options: Options, processes: int) -> None:
    """In so many processes until the time is over; what is not finished then is left."""
    tasks = [(chunk, options) for chunk in chunks(draws, kinds)]
    with get_context("spawn").Pool(processes) as pool:  # leaving it ends them
        results, failed = pool.imap_unordered(measure, tasks), 0
        for number in range(1, len(tasks) + 1):
            try:
                said = results.next(timeout=max(0.1, options.end - time.time()))
            except NothingYet:
                break
            except (RuntimeError, ValueError) as error:  # of one chunk, as memory that ran out; others go on
                said, failed = f"failed: {error}", failed + 1
            if said:
                print(f"{options.end - time.time():4.0f} s left  {number:3}/{len(tasks)}  {said}", flush=True)
    print(f"{sum(1 for _ in options.out.open(encoding='utf-8'))} draws written, {failed} chunks failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    parser.add_argument("--render", action="store_true", help="print the tables of what is there")
    parser.add_argument("--seconds", type=float, default=330)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--tf32", action="store_true", help="products of the training by TF32")
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--tables", nargs="+", default=TABLES, choices=TABLES)
    parser.add_argument("--quick", action="store_true", help="schedules of a few steps: to try this script")
    asked = parser.parse_args()
    if asked.render:
        lines = [json.loads(line) for line in asked.out.read_text(encoding="utf-8").splitlines()]
        print(tables(lines))
        return
    options = Options(asked.out, asked.device, asked.tf32, asked.quick, time.time() + asked.seconds)
    run(asked.draws, asked.tables, options, asked.processes)


if __name__ == "__main__":
    main()
