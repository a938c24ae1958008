"""Every example in a docstring does what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

import vaeexplorer

ROOT = Path(vaeexplorer.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in ROOT.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)
SLOW = {"vaeexplorer.notebook.report"}  # a classifier learns


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in MODULES]
)
def test_the_examples_of_a_module(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


def test_there_are_examples() -> None:
    assert len(MODULES) >= 6
    assert set(MODULES) >= SLOW
