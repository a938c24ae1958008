"""The notebooks of examples/ run from an empty folder, and show pictures where nothing runs."""

import json
import re
from pathlib import Path

import pytest

from tests.examples.notebooks import FOLDER, NAMES, VIEW, read, run

ROOT = Path(__file__).parents[2]
MOST = 1_000_000  # bytes of a notebook


def test_they_are_kept_with_pictures_and_small() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)
    for name in NAMES:
        cells = json.loads((FOLDER / f"{name}.ipynb").read_bytes())["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        kinds = [kind for output in outputs for kind in output.get("data", {})]
        assert kinds.count("image/png") >= 2, name
        assert VIEW not in kinds
        assert not [output for output in outputs if output["output_type"] == "error"]
        assert not re.search(r"/(home|Users|root|tmp|usr)/|[A-Z]:\\\\| at 0x", str(outputs)), (
            f"{name} names a place of one machine"
        )
        assert (FOLDER / f"{name}.ipynb").stat().st_size < MOST


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_they_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = run(read(name), tmp_path)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if VIEW in output.get("data", {})]
    assert shown
    assert all("<iframe srcdoc" in output["data"]["text/html"] for output in shown)
