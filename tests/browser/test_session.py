"""A training in a real tab: in workers from a disk, and without WebAssembly; to the same bits as under node."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.session_page import RUN, known_hash, write_page
from vaeexplorer.export.places import Inside

EXPORTED = f"""<meta http-equiv="Content-Security-Policy" content="{Inside.policy}">"""
# Without 'wasm-unsafe-eval'.
POLICY = """<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' blob:; worker-src blob:">"""
NO_WORKERS = """<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("policy", "expected", "complaint"),
    [
        ("", ("worker", "webassembly"), None),
        (EXPORTED, ("worker", "webassembly"), None),
        (POLICY, ("worker", "javascript"), "WebAssembly"),
        (NO_WORKERS, ("page", "webassembly"), "[Ww]orker"),
    ],
    ids=["disk", "exported", "no WebAssembly", "no workers"],
)
def test_the_same_bits(
    chromium: Any, tmp_path: Path, troubles: list[str], *, policy: str, expected: tuple[str, str], complaint: str | None
) -> None:
    chromium.goto(write_page(tmp_path, policy))
    found = chromium.evaluate(RUN)
    assert (found["where"], found["arithmetic"]) == expected
    assert (found["step"], found["hash"], found["dim"]) == (40, known_hash(), 3)
    assert found["moments"] >= 2
    if complaint:
        assert all(re.search(complaint, trouble) for trouble in troubles), troubles
        troubles.clear()
