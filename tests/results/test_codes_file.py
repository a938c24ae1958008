"""Reports of anybody's arrays from a file: measured as by `vx.report`, and refused in a sentence."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.report import measurements
from vaeexplorer.analysis.report.classifier import held_out, learning, networks
from vaeexplorer.analysis.report.classifier.networks import Recipe
from vaeexplorer.analysis.report.posteriors import codes_hash
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.codes import Codes
from vaeexplorer.results import codes_file
from vaeexplorer.results.codes_file import CodesFileError, read_codes

N = 200


def arrays(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    mean, logvar = rng.standard_normal((N, 3)) * 0.9, np.full((N, 3), -1.6)
    images = rng.integers(0, 256, (300, 8, 8)).astype(np.uint8)
    return {"mean": mean, "logvar": logvar, "images": images, "samples": rng.random((250, 8, 8))}


def saved(folder: Path, given: Any) -> Path:
    np.savez_compressed(folder / "mine.npz", **given)
    return folder / "mine.npz"


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """Of all arrays, and of means alone, by classifiers that learn in a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measurements, "PAIRWISE", 200)
        patch.setattr(networks, "BATCH", 128)
        patch.setattr(networks, "WIDTH", 32)
        for length in ("SHORT", "LONG"):
            patch.setattr(held_out, length, Recipe(20, 1e-3, 0.3))
        patch.setattr(held_out, "PRIOR_DRAWS", 20_000)
        patch.setattr(learning, "PRIOR_DRAWS", 10_000)
        given = arrays()
        return {
            "whole": codes_file.report_arrays("mine", given),
            "alone": codes_file.report_arrays("mine", {"mean": given["mean"]}),
        }


def test_it_is_the_report_of_the_same_codes(
    reports: dict[str, Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Codes] = []

    def recorded(codes: Codes, **_: object) -> Report:
        seen.append(codes)
        return reports["alone"]

    given = arrays()
    monkeypatch.setattr(codes_file, "report", recorded)
    codes_file.report_arrays("mine", read_codes(saved(tmp_path, given)))
    assert (seen[0].mean == given["mean"]).all()
    assert seen[0].logvar is not None
    assert (seen[0].logvar == given["logvar"]).all()
    whole = reports["whole"]
    assert whole.about["codes"] == codes_hash(given["mean"], given["logvar"])
    assert Report.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_it_says_what_it_could_not_ask(reports: dict[str, Report]) -> None:
    whole, alone = reports["whole"], reports["alone"]
    assert whole.verdicts[2].answer == "n/a"
    assert "come near" in whole.verdicts[2].sentence
    assert whole.find("coverage").value == pytest.approx(whole.find("coverage", "real images").value, abs=0.15)
    assert any("reconstructions" in each for each in whole.about["not_asked"])
    assert alone.find("coverage").value is None
    assert any("informative" in each for each in alone.about["not_asked"])


def test_the_command_prints_every_format(
    reports: dict[str, Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(codes_file, "report_arrays", lambda *_: reports["whole"])
    path = saved(tmp_path, arrays())
    said = {}
    for format in ("table", "json", "md", "latex"):
        assert main(["report", "--codes", str(path), "--format", format]) == 0
        said[format] = capsys.readouterr().out
    assert "Not asked: " in said["table"]
    assert json.loads(said["json"])["about"]["not_asked"]
    assert "## Not asked" in said["md"]
    assert "\\paragraph{Not asked.}" in said["latex"]


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, mean=np.array([{"a": 1}], dtype=object))
    return file.getvalue()


def announcing(shape: str) -> bytes:
    """A file of a few bytes whose header announces more."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mean.npy", member)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no array file"),
        (pickled(), "1 to 70,000|numbers alone|axes"),
        (announcing("(70000, 60000)"), "numbers"),
        (announcing("(70001, 2)"), "70,000"),
        (announcing("(500, 2)"), "cut short"),
    ],
)
def test_a_stranger_s_file_is_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    with pytest.raises(CodesFileError, match=words):
        read_codes(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mean": None}, "does not hold mean"),
        ({"weights": np.zeros(3)}, "it holds weights, and may hold mean, logvar, images, samples"),
        ({"logvar": np.zeros((N, 2))}, r"logvar must be \[200, 3\]"),
        ({"mean": np.zeros((N, 300)), "logvar": None}, "256 dimensions"),
        ({"mean": np.zeros(N)}, "2 axes"),
        ({"images": None}, "samples need images"),
        ({"samples": np.zeros((250, 8, 7))}, "pixels alike"),
        ({"samples": np.zeros((20, 8, 8))}, "samples must be 100 or more"),
        ({"samples": np.full((250, 8, 8), 2.0)}, r"\[0, 1\]"),
        ({"mean": np.full((N, 3), np.nan)}, "no finite number"),
    ],
)
def test_arrays_that_do_not_fit_are_a_sentence(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    given = {name: array for name, array in (arrays() | change).items() if array is not None}
    with pytest.raises(CodesFileError, match=words):
        read_codes(saved(tmp_path, given))
