"""The JSDoc types of the JavaScript, checked by TypeScript where its compiler is found."""

import shutil
import subprocess

import pytest

from vaeexplorer.browser import bundle

TSC = shutil.which("tsc")
OPTIONS = ["--checkJs", "--allowJs", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom"]


@pytest.mark.skipif(TSC is None, reason="no tsc here")
def test_types_agree() -> None:
    assert TSC is not None
    modules = sorted(str(path.relative_to(bundle.HERE)) for path in bundle.HERE.rglob("*.js"))
    command = [TSC, *OPTIONS, "--module", "esnext", *modules]
    done = subprocess.run(command, cwd=bundle.HERE, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout


def test_every_module_asks_to_be_checked() -> None:
    for path in bundle.HERE.rglob("*.js"):
        assert path.read_text(encoding="utf-8").startswith("// @ts-check\n"), path.name
