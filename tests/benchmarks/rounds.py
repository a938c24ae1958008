"""The browser tests again and again beside a process that keeps one core busy: python -m tests.benchmarks.rounds 10.

What waits a fixed time, or looks before something is drawn, fails in one round or other. Prints the failures of each.
"""

import subprocess
import sys
import time
from pathlib import Path

from tests.processes import started

ROOT = Path(__file__).parents[2]
BUSY = """
import os
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})
while True:
    pass
"""
TESTS = [sys.executable, "-m", "pytest", "-n", "2", "-m", "browser and not slow", "--durations=0", "--tb=short"]


def one_round() -> tuple[list[str], str]:
    """What failed, and pytest's last line."""
    done = subprocess.run(TESTS, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        failed = [f"pytest ended with {done.returncode}"]
    if failed:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
    return failed, lines[-1] if lines else ""


def main(rounds: int) -> int:
    """How many rounds had a failure."""
    bad = 0
    with started([sys.executable, "-c", BUSY]):
        for number in range(1, rounds + 1):
            began = time.monotonic()
            failed, last = one_round()
            bad += bool(failed)
            print(f"round {number}: {len(failed)} failures, {time.monotonic() - began:.0f} s: {last}", flush=True)
            for line in failed:
                print(f"  {line}", flush=True)
    print(f"{bad} of {rounds} rounds had a failure.")
    return bad


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1]) if sys.argv[1:] else 10), 1))
