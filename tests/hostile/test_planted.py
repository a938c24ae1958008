"""Whatever a folder holds: one sentence, little memory, little time, and nothing else is hidden by it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.planted import IDX, LATER, LOADED, ODD_NAMES, SECONDS, plant_all, run_name

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's limit on the memory of a process")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a child process with little memory made of everything."""
    root = tmp_path_factory.mktemp("planted")
    plant_all(root)
    command = [sys.executable, "-m", "tests.hostile.planted", str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def is_sentence(text: str) -> bool:
    return "\n" not in text and len(text) < 500 and text.isprintable() and "Errno" not in text


@pytest.mark.parametrize("case", LOADED)
def test_a_run_that_cannot_be_loaded_says_so(found: dict[str, Any], case: str) -> None:
    kind, text, seconds = found["load"][case]
    assert kind == "RunError", (kind, text)
    assert is_sentence(text)
    assert text.endswith(".")
    assert run_name(case) in text
    assert seconds < SECONDS


@pytest.mark.parametrize("case", LATER)
def test_what_lies_beside_a_run_is_not_trusted_either(found: dict[str, Any], case: str) -> None:
    kind, text, seconds = found["later"][case]
    assert kind == "RunError", (kind, text)
    assert is_sentence(text)
    assert seconds < SECONDS


def test_the_others_are_listed_and_each_bad_one_has_its_line(found: dict[str, Any]) -> None:
    assert found["list"][0] == ""
    assert {"good", *map(run_name, LATER)} <= set(found["listed"])
    assert all(is_sentence(line) for line in found["errors"])
    for name in LOADED:
        lines = [line for line in found["errors"] if f" {run_name(name)} " in line]
        assert len(lines) == (run_name(name) not in found["listed"]), name
    assert sum("A name is made of letters" in line for line in found["errors"]) == len(ODD_NAMES)


@pytest.mark.parametrize("case", [*(f"{run_name(name)}.gz" for name in IDX), "pipe"])
def test_an_idx_file_is_not_trusted(found: dict[str, Any], case: str) -> None:
    kind, text, seconds = found["idx"][case]
    assert kind == "DataError", (kind, text)
    assert is_sentence(text)
    assert seconds < SECONDS
