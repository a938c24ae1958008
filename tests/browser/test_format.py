"""JavaScript and style sheets are formatted by Biome, where it is found."""

import shutil
import subprocess
from pathlib import Path

import pytest

BIOME = shutil.which("biome")
ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(BIOME is None, reason="no biome here")
def test_the_javascript_is_formatted() -> None:
    assert BIOME is not None
    command = [BIOME, "format", "--config-path", ".ci", "vaeexplorer", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
