"""The compiled kernel is what its source compiles to."""

import base64
import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vaeexplorer.browser import bundle

ASC = shutil.which("asc")
SOURCE = bundle.HERE / "kernel" / "simd.ts"


@pytest.mark.skipif(ASC is None, reason="no asc here")
def test_the_compiled_bytes_are_those_of_the_source(tmp_path: Path) -> None:
    match = re.search(
        r"^//   asc simd\.ts (.+) --outFile simd\.wasm$", SOURCE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert match, "the source says how it is compiled"
    target = tmp_path / "simd.wasm"
    for path in SOURCE.parent.glob("*.ts"):
        shutil.copy(path, tmp_path)
    command = [str(ASC), "simd.ts", *match[1].split(), "--outFile", target.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert compiled() == target.read_bytes()


def compiled() -> bytes:
    checked_in = (bundle.HERE / "kernel" / "compiled.js").read_text(encoding="utf-8")
    return base64.b64decode("".join(re.findall(r'^  "([\w+/=]+)",$', checked_in, re.MULTILINE)))


def test_it_is_small() -> None:
    assert len(compiled()) <= 12_288
    assert len(gzip.compress(compiled(), 9)) <= 4096
