"""What is not installed is named, with what to install."""

import subprocess
import sys

import pytest

MISSING = """
import sys

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Gone())
import numpy as np
import vaeexplorer as vx
{code}
"""


EXPLORE = """
data = vx.load_dataset("mnist", download=False)
vx.explore(lambda x: x[:, 0, :2] / 255, lambda z: np.zeros((len(z), 28, 28)), data)
"""


@pytest.mark.parametrize(
    ("library", "package", "code"),
    [
        ("torch", "torch", "vx.report(np.random.default_rng(0).normal(size=(200, 2)))"),
        ("torch", "torch", "vx.train"),
        ("umap", "umap-learn", "from vaeexplorer.analysis.projection import umap_plane; umap_plane(np.eye(20))"),
        ("streamlit", "streamlit", EXPLORE),
    ],
)
def test_what_is_missing_is_what_to_install(library: str, package: str, code: str) -> None:
    command = [sys.executable, "-c", MISSING.format(library=library, code=code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1] == (
        f"vaeexplorer.errors.UserError: This needs {package}, which is not installed: pip install {package}."
    )
