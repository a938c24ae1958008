"""What each page costs the server, in CPU time of its process: exact also where the machine is busy.

python -m tests.benchmarks.costs [--runs 40] [PAGE ...]

One visitor alone, after another has seen every page, acts on every widget of every page. Other processes, the client
too, are not counted. First a new visitor's first page, then the way to it from another, then every widget: median,
95th percentile and largest, with the mean size of what is sent.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from random import Random

from tests.benchmarks.classroom import PAGES, PORT, component_state, prepare, served
from tests.benchmarks.visitor import Rerun, Visitor

SETTLED = 0.03  # seconds in which the server finishes what follows an answer


def used(process: int) -> float:
    """Seconds of CPU time of a process and all its threads, also those that have ended; to the nanosecond."""
    return time.clock_gettime(~process << 3 | 2)  # what clock_getcpuclockid(3) returns on Linux


class Costs:
    """What was measured of one kind of action."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.sizes: list[int] = []

    def __str__(self) -> str:
        ranked = sorted(1000 * each for each in self.seconds)
        p95 = ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]
        size = statistics.mean(self.sizes) / 1000
        return f"{statistics.median(ranked):7.1f} {p95:7.1f} {ranked[-1]:7.1f} ms  {size:6.1f} KB  of {len(ranked)}"


async def measured(process: int, costs: Costs, action: Awaitable[Rerun]) -> None:
    """Do something and note what it cost."""
    before = used(process)
    rerun = await action
    await asyncio.sleep(SETTLED)
    costs.seconds.append(used(process) - before)
    costs.sizes.append(rerun.size)


async def measure(process: int, pages: list[str], runs: int) -> None:
    await prepare(PORT)
    random, every = Random(0), Costs()
    print(f"{'':24}  median     p95 largest")
    async with Visitor(PORT) as visitor:
        await visitor.open("")
        for page in pages:
            first, opened = Costs(), Costs()
            for _ in range(runs // 2):
                async with Visitor(PORT) as new:
                    await measured(process, first, new.open(page))
            for _ in range(5):
                await visitor.go("training" if page != "training" else "")
                await measured(process, opened, visitor.go(page))
                await visitor.fetch_files()
            print(f"{page or 'explore':12} {'first page':12} {first}")
            print(f"{'':12} {'opened':12} {opened}")
            for key in dict.fromkeys(PAGES[page]):
                costs = Costs()
                for _ in range(runs):
                    state = component_state(key, random)
                    value = visitor.some_value(key, random) if state is None else state
                    await measured(process, costs, visitor.act(key, value))
                print(f"{'':12} {key:12} {costs}")
                every.seconds += costs.seconds
                every.sizes += costs.sizes
    print(f"{'all widgets':25} {every}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("pages", nargs="*", default=list(PAGES))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), [], is_ready=False) as process:
        asyncio.run(measure(process, given.pages, given.runs))


if __name__ == "__main__":
    main()
