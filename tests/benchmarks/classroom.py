"""A class opens the app and works with it while a model is trained on the same machine.

python -m tests.benchmarks.classroom [--sessions 40] [--seconds 60] [--browsers 1] [--no-training] [--soon]
python -m tests.benchmarks.classroom --reruns 2000   # one visitor at full speed, to see whether memory grows

First everybody acts every 2.5 to 7.5 seconds, then once a second. It begins when the linear page of every k is ready, some
minutes after the start; with --soon when every page is, for a short try. Options after -- go to `streamlit run`.
"""

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from subprocess import DEVNULL, PIPE
from threading import Timer
from typing import Any

from tests.benchmarks.browsers import watch
from tests.benchmarks.visitor import Rerun, VisitError, Visitor
from tests.processes import started

ROOT = Path(__file__).parents[2]
PORT = 8794
PACES = ((2.5, 7.5), (0.5, 1.5))  # seconds between the actions of a visitor
READY, PAGES_READY, ANSWERS = b"Every k of the linear page is ready", b"Every page is ready", b"  URL:"
ARRIVAL = 3.0  # seconds in which all of the class open the app
STARTING = 600.0  # seconds in which every page must be ready
TURNS = 0.25  # share of actions that open another page
PAGES = {
    "": ("latent-plane", "latent-plane", "latent-plane", "run"),
    "from-x": ("from-x", "from-x", "run"),
    "ae-vs-vae": ("pair-of-planes", "pair-of-planes", "pca"),
    "linear": ("linear-ae", "k"),
    "training": ("runs", "log"),
    "regularized": ("beside", "run"),
    "beta": ("beta-dial", "beta-dial", "dims"),
}
"""the keys of the widgets that a visitor acts on, page by page"""


@dataclass
class Figures:
    """What was measured of one page."""

    first: list[float] = field(default_factory=list)
    reruns: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


@dataclass
class Class:
    """What a class saw."""

    pages: dict[str, Figures] = field(default_factory=lambda: defaultdict(Figures))
    files: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, page: str, rerun: Rerun, *, first: bool = False) -> None:
        figures = self.pages[page]
        (figures.first if first else figures.reruns).append(rerun.seconds)
        if not first:
            figures.sizes.append(rerun.size)


def component_state(key: str, random: Random) -> dict[str, Any] | None:
    """What a component of ours would report after a drag or a click."""
    match key:
        case "latent-plane":
            return {"link": {"z": f"{random.uniform(-2, 2):.3f},{random.uniform(-2, 2):.3f}"}}
        case "from-x":
            return {"walk": {"image": str(random.randrange(10_000))}}
        case "pair-of-planes":
            return {"pair": [random.randrange(5_000), 5_000 + random.randrange(5_000)], "field": "none", "ask": ""}
        case "linear-ae":
            return {"step": random.randrange(1, 100)}
        case "beta-dial":
            return {"beta": random.choice([0.25, 0.5, 1, 2, 4])}
    return None


async def visit(number: int, port: int, think: tuple[float, float], seconds: float, found: Class) -> None:
    """One member of the class, from opening the app to leaving it; what goes wrong is noted."""
    random = Random(number)
    await asyncio.sleep(random.uniform(0, ARRIVAL))
    page = random.choice(list(PAGES))
    end = time.monotonic() + seconds
    try:
        async with Visitor(port) as visitor:
            found.note(page, await visitor.open(page), first=True)
            await fetch(visitor, found)
            while time.monotonic() < end:
                await asyncio.sleep(random.uniform(*think))
                if random.random() < TURNS:
                    page = random.choice([other for other in PAGES if other != page])
                    found.note(page, await visitor.go(page))
                else:
                    found.note(page, await act(visitor, page, random))
                await fetch(visitor, found)
    except (VisitError, OSError) as error:
        found.errors.append(f"visitor {number}: {error}")
    except Exception as error:
        found.errors.append(f"visitor {number}: {type(error).__name__} {error}")


async def act(visitor: Visitor, page: str, random: Random) -> Rerun:
    """Do one thing that the page offers."""
    key = random.choice(PAGES[page])
    state = component_state(key, random)
    return await visitor.act(key, visitor.some_value(key, random) if state is None else state)


async def fetch(visitor: Visitor, found: Class) -> None:
    """Fetch what the page names, as its widgets do."""
    if visitor.files:
        start = time.perf_counter()
        await visitor.fetch_files()
        found.files.append(time.perf_counter() - start)


async def lesson(port: int, sessions: int, think: tuple[float, float], seconds: float, browsers: int) -> Class:
    """A whole class at once."""
    found, opened = Class(), asyncio.Barrier(browsers + 1)
    watching = [asyncio.create_task(watch(port, seconds, found.errors, opened)) for _ in range(browsers)]
    await opened.wait()
    await asyncio.gather(*(visit(number, port, think, seconds, found) for number in range(sessions)), *watching)
    return found


async def prepare(port: int) -> None:
    """What a teacher does before the lesson: open every page once."""
    async with Visitor(port) as visitor:
        await visitor.open("")
        await visitor.fetch_files()
        for page in PAGES:
            await visitor.go(page)
            await visitor.fetch_files()


async def reruns(port: int, count: int, process: int) -> None:
    """One visitor at full speed, over all pages; resident memory every tenth of the way."""
    random, times = Random(0), []
    async with Visitor(port) as visitor:
        await visitor.open("")
        before = ""
        for number in range(count):
            page = list(PAGES)[number * len(PAGES) * 10 // count % len(PAGES)]
            is_left = page != before or number % 20 == 0
            before = page
            rerun = await (visitor.go(page) if is_left else act(visitor, page, random))
            times.append(rerun.seconds)
            if (number + 1) % (count // 10) == 0:
                print(f"  after {number + 1:5} reruns: {resident(process):4.0f} MB, {milliseconds(times)}")
                times.clear()


def resident(process: int) -> float:
    """Memory of a process in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 1e6


def descriptors(process: int) -> int:
    """Open files and sockets of a process."""
    return len(os.listdir(f"/proc/{process}/fd"))


def processor(process: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def milliseconds(times: Sequence[float]) -> str:
    """Median and 95th percentile."""
    if len(times) < 2:
        return "n/a"
    percentiles = statistics.quantiles(times, n=20, method="inclusive")
    return f"p50 {1000 * statistics.median(times):5.0f} ms, p95 {1000 * percentiles[-1]:5.0f} ms of {len(times)}"


def show(found: Class) -> None:
    """The figures of a lesson."""
    for page in PAGES:
        figures = found.pages[page]
        size = f", {statistics.mean(figures.sizes) / 1000:.0f} KB" if figures.sizes else ""
        print(f"  {page or 'explore':12} first page {milliseconds(figures.first)}")
        print(f"  {'':12} rerun      {milliseconds(figures.reruns)}{size}")
    every = found.pages.values()
    print(f"  {'all pages':12} first page {milliseconds([each for page in every for each in page.first])}")
    print(f"  {'':12} rerun      {milliseconds([each for page in every for each in page.reruns])}")
    print(f"  {'':12} its files  {milliseconds(found.files)}")
    print(f"  errors: {len(found.errors)}")
    for error in found.errors[:10]:
        print(f"    {error}")


@contextmanager
def served(runs: Path, options: Sequence[str], *, is_ready: bool = True, until: bytes = READY) -> Iterator[int]:
    """The app at `PORT`, once it answers or has printed this; its process number."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={PORT}"]
    env = os.environ | {"VAEEXPLORER_RUNS": str(runs), "VAEEXPLORER_READY": "1" if is_ready else "0"}
    with started([*command, *options], cwd=ROOT, env=env, stdout=PIPE) as process:
        late = Timer(STARTING, process.kill)
        late.start()
        for line in process.stdout or ():
            if line.startswith(until if is_ready else ANSWERS):
                print(line.decode().strip())
                break
        else:
            raise SystemExit("The app did not start.")
        late.cancel()
        yield process.pid


def trained(runs: Path) -> Any:
    """A training at the lowest priority, for as long as the block."""
    command = [
        "nice",
        "-n",
        "19",
        sys.executable,
        "-m",
        "vaeexplorer",
        "train",
        "--epochs",
        "10000",
        "--name",
        "lesson",
    ]
    env = os.environ | {"VAEEXPLORER_RUNS": str(runs)}
    return started(command, cwd=ROOT, env=env, stdout=DEVNULL, stderr=DEVNULL)


async def measure(given: argparse.Namespace, process: int, runs: Path) -> None:
    await prepare(PORT)
    print(f"before: {resident(process):.0f} MB, {descriptors(process)} descriptors")
    if given.reruns:
        await reruns(PORT, given.reruns, process)
        return
    for pace in PACES:
        print(f"{given.sessions} visitors, an action every {pace[0]:g} to {pace[1]:g} s")
        used = processor(process)
        with nullcontext() if given.no_training else trained(runs):
            found = await lesson(PORT, given.sessions, pace, given.seconds, given.browsers)
            print(f"  at the end {resident(process):.0f} MB, {descriptors(process)} descriptors")
        show(found)
        count = sum(len(page.first) + len(page.reruns) for page in found.pages.values())
        print(f"  {1000 * (processor(process) - used) / max(1, count):.0f} ms of a core for each of {count} runs")
    await asyncio.sleep(2)
    print(f"after: {resident(process):.0f} MB, {descriptors(process)} descriptors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--browsers", type=int, default=1)
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--soon", action="store_true")
    parser.add_argument("--reruns", type=int, default=0)
    parser.add_argument("options", nargs="*", help="of streamlit run, after --")
    given = parser.parse_args()
    until = PAGES_READY if given.soon else READY
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), given.options, until=until) as process:
        asyncio.run(measure(given, process, Path(folder)))


if __name__ == "__main__":
    main()
