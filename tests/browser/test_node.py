"""The JavaScript by itself, under node: every `*.test.js` beside this file."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", sorted(path.name for path in Path(__file__).parent.glob("*.test.js")))
def test_under_node(name: str, node: Callable[..., str]) -> None:
    node(name)  # and not `--test`, which starts another node for each
