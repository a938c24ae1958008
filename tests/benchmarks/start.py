"""What the first page costs from the start of the process: CPU time of the server, ours and Streamlit's own.

python -m tests.benchmarks.start [--starts 3]

A page of one line under Streamlit alone stands beside ours. CPU time until the server answers, and until the first run
of the script has been sent; exact also where the machine is busy. What a browser takes besides: `tests.benchmarks.app`.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL
from urllib.request import urlopen

from tests.benchmarks.costs import used
from tests.benchmarks.visitor import Visitor
from tests.processes import started

ROOT = Path(__file__).parents[2]
PORT = 8797
PATIENCE = 120.0  # seconds in which the server answers


async def visit() -> None:
    async with Visitor(PORT) as visitor:
        await visitor.open("")


def measured(script: str, folder: Path) -> tuple[float, float, float]:
    """Seconds: of CPU until the server answers, of CPU until the first page is sent, by the clock until then."""
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true", f"--server.port={PORT}"]
    env = os.environ | {"VAEEXPLORER_RUNS": str(folder)}
    start = time.perf_counter()
    with started(command, cwd=ROOT, env=env, stdout=DEVNULL, stderr=DEVNULL) as process:
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=PATIENCE):
                    break
            except OSError:
                if time.perf_counter() - start > PATIENCE:
                    raise
                time.sleep(0.02)
        answers = used(process.pid)
        asyncio.run(visit())
        return answers, used(process.pid), time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "alone.py"
        alone.write_text("import streamlit as st\nst.title('A page')\n", encoding="utf-8")
        for name, script in (("Streamlit alone", str(alone)), ("vaeexplorer", "app.py")):
            runs = [measured(script, Path(folder)) for _ in range(given.starts)]
            answers, sent, clock = (statistics.median(each) for each in zip(*runs, strict=True))
            cpu = f"CPU until it answers {answers:.2f} s, until the page is sent {sent:.2f} s"
            print(f"{name:16}{cpu}; by the clock {clock:.1f} s")


if __name__ == "__main__":
    main()
