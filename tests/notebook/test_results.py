"""Reports and comparisons of anybody's arrays and functions: what goes in, and what becomes of them."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vaeexplorer as vx
from tests.analysis.report.planted import even_codes
from tests.conftest import CHROMIUM
from vaeexplorer.analysis.report import measurements
from vaeexplorer.analysis.report.posteriors import CodesWarning, checked, codes_hash
from vaeexplorer.codes import Codes
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.export import paper
from vaeexplorer.export.paper import methods
from vaeexplorer.notebook.spaces import NotebookError

COUNT = 600


@pytest.fixture(autouse=True)
def small(idle_classifier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "PAIRWISE", 100)


@pytest.fixture(scope="module")
def codes() -> Codes:
    return even_codes(count=COUNT)


def decode(z: np.ndarray) -> np.ndarray:
    """[N, D] -> [N, 4, 4] in [0, 1]."""
    images: np.ndarray = 1 / (1 + np.exp(-np.repeat(z, 8, axis=1).reshape(-1, 4, 4)))
    return images


def test_a_report_takes_what_explore_takes(codes: Codes) -> None:
    assert codes.logvar is not None
    forms: list[Any] = [codes, (codes.mean, codes.logvar), vx.Codes(codes.mean, codes.logvar)]
    assert len({codes_hash(found.mean, found.logvar) for found in map(checked, forms)}) == 1
    assert vx.report(forms[1]).about["codes"] == codes_hash(codes.mean, codes.logvar)
    full = checked((codes.mean, np.einsum("nd,de->nde", np.exp(codes.logvar), np.eye(2))))
    assert full.covariance is not None
    assert full.logvar is not None
    np.testing.assert_allclose(full.logvar, codes.logvar, atol=1e-5)
    with pytest.raises(UserError, match="not 3 things"):
        vx.report((codes.mean, codes.logvar, codes.mean))  # type: ignore[arg-type]


def test_standard_deviations_in_the_place_of_log_variances_are_asked_about(codes: Codes) -> None:
    assert codes.logvar is not None
    with pytest.warns(CodesWarning, match="are these standard deviations"):
        vx.report((codes.mean, np.exp(codes.logvar / 2)))


@pytest.mark.parametrize(("given", "drawn"), [(255.0, 1.0), (1.0, 255.0)])
def test_images_of_another_scale_than_the_decoded_are_refused(codes: Codes, given: float, drawn: float) -> None:
    images = given * decode(codes.mean)
    with pytest.raises(UserError, match="bring both to"):
        vx.report(codes, decode=lambda z: drawn * decode(z), images=images)


def test_bytes_are_divided_by_255(codes: Codes) -> None:
    found = vx.report(codes, decode=decode, images=np.rint(255 * decode(codes.mean)).astype(np.uint8))
    assert found.about["bytes_divided_by_255"]
    assert "Images were bytes, and were divided by 255" in methods(found)
    assert found.find("coverage", "reconstructions").value is not None


_reports: list["vx.Report"] = []


@pytest.fixture
def report(codes: Codes, small: None) -> "vx.Report":
    """One for all tests, made while classifiers are quick."""
    if not _reports:
        _reports.append(vx.report(codes, decode=decode, images=decode(codes.mean)))
    return _reports[0]


def test_a_report_shows_itself_and_becomes_tables(report: "vx.Report", tmp_path: Path) -> None:
    shown = report._repr_html_()
    assert report.summary in shown
    assert shown.count("class='card'") == 3
    assert "<script" not in shown
    rows = list(csv.DictReader(io.StringIO(report.to_csv(tmp_path / "report.csv"))))
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == report.to_csv()
    assert len(rows) == len(report.diagnostics)
    frame = report.to_frame()
    assert frame["value"].tolist()[0] == pytest.approx(float(rows[0]["value"]), rel=1e-6)
    assert type(report).from_json(report.to_json()).to_json() == report.to_json()
    with pytest.raises(UserError, match="read from a document"):
        type(report).from_json(report.to_json()).to_html()


def test_a_table_is_latex(report: "vx.Report", tmp_path: Path) -> None:
    text = report.to_latex()
    lines = text.splitlines()
    width = lines[4].count(" & ")
    body = lines[6:-3]
    assert len(body) == len([each for each in report.diagnostics if each.value is not None])
    assert "\n".join(lines[2:-1]) in paper.latex("mine", report)  # the table of the command line
    assert all(line.count(" & ") == width and line.endswith(r" \\") for line in body)
    assert not [letter for letter in text if ord(letter) > 127]
    if latex := shutil.which("pdflatex"):
        page = rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{text}\end{{document}}"
        (tmp_path / "page.tex").write_text(page, encoding="utf-8")
        subprocess.run([latex, "-halt-on-error", "page.tex"], cwd=tmp_path, check=True, timeout=60, capture_output=True)


def test_figures_are_plotly_and_the_page_has_them(report: "vx.Report") -> None:
    assert {"deviation", "marginals", "quantiles", "spectrum", "kl", "collapse"} <= report.figures.keys()
    assert all(figure.data for figure in report.figures.values())
    page = report.to_html(name="A model & more")
    assert "A model &amp; more: is it regularized?" in page
    assert page.count("plotly-graph-div") >= len(report.figures)


@pytest.mark.slow
def test_figures_become_files(report: "vx.Report", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kaleido")
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    monkeypatch.setenv("BROWSER_PATH", CHROMIUM)
    first = dict(list(report.figures.items())[:1])
    monkeypatch.setitem(report.__dict__, "figures", first)
    for file_format, start in (("svg", b"<svg"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        (path,) = report.save_figures(tmp_path / "figures", file_format)  # type: ignore[arg-type]
        assert path.suffix == f".{file_format}"
        assert path.read_bytes().startswith(start)


def test_without_kaleido_a_sentence_says_what_to_install(
    report: "vx.Report", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = next(iter(report.figures.values()))

    def refuse(*_: object, **__: object) -> None:
        raise ValueError("Image export requires the Kaleido package.\nMore.")

    monkeypatch.setattr(type(figure), "write_image", refuse)
    with pytest.raises(UserError, match=r"pip install kaleido \(Image export requires the Kaleido package\)"):
        report.save_figures(tmp_path)


def test_runs_that_were_compared_are_read() -> None:
    found = vx.compare("mnist-vae-2d", "mnist-ae-2d")
    assert isinstance(found, vx.Comparison)
    assert found.conditions["nearest_of"] == 60_000
    shown = found._repr_html_()
    assert found.sentences[0] in shown
    assert len(found.to_frame()) == len(found.rows)
    assert found.to_latex().count(r" \\") == len(found.rows) + 1
    assert all(figure.data for figure in found.figures.values())
    assert "how smooth?" in found.to_html()


def model(scale: float) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]:
    """A linear model of images, whose codes are scaled."""
    axes = np.random.default_rng(0).normal(size=(784, 2)) / 28
    return (
        lambda images: scale * (images.reshape(-1, 784) / 255 @ axes),
        lambda z: np.clip(z / scale @ axes.T, 0, 1).reshape(-1, 28, 28),
    )


@pytest.mark.usefixtures("few_resamples")
def test_two_models_of_ones_own_are_compared(small_test: ImageDataset) -> None:
    found = vx.compare(model(1), model(3), small_test, names=("plain", "scaled"), pairs=40)
    assert found.runs == ("plain", "scaled")
    speed = found.row("magnification").ratio
    assert speed is None or speed.value == pytest.approx(1, rel=0.05)  # along whitened directions nothing is scaled
    with pytest.raises(NotebookError, match="a pair"):
        vx.compare(model(1), (*model(2), 3), small_test)  # type: ignore[arg-type]
    with pytest.raises(NotebookError, match="encode, decode and data"):
        vx.compare(model(1), model(2))
