"""The report as text: the numbers of the document, escaped for where they go."""

import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.export.latex import tex
from vaeexplorer.export.paper import about, answers, citation, latex, markdown, p_text
from vaeexplorer.figures.report import Exhibit
from vaeexplorer.results.report import kept_report
from vaeexplorer.runs.folder import load_run


def found_of(name: str) -> Report:
    found = kept_report(load_run(name))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-2d", "mnist-vae-16d"])
def test_markdown_has_the_answers_the_hashes_and_whole_rows(name: str) -> None:
    found = found_of(name)
    text = markdown(name, found)
    assert f"**{found.summary}**" in text
    assert found.about["codes"] in text
    assert f"{found.find('classifier').value:.4g}" in text
    assert "nan" not in text
    assert "None" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(columns) == 1, table
    assert ("I(z; n) is" in citation(name, found)) == ("vae" in name)


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-2d"])
def test_latex_is_ascii_balanced_and_escaped(name: str) -> None:
    text = latex(name, found_of(name))
    assert text.isascii()
    known = r"(?:regularized|informative|prior|enough|'})\?"
    assert "?" not in re.sub(known, "", text)
    bare = re.sub(r"\\[&%$#_{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert "_" not in bare
    assert not re.search(r"(?<!\\)%(?! needs)", bare)
    for begun, ended in zip(*(re.findall(rf"\\{which}{{(\w+)}}", text) for which in ("begin", "end")), strict=True):
        assert begun == ended
    widths = {line.count(" & ") for line in bare.splitlines() if line.endswith("\\\\")}
    assert widths <= {1, 4, 5}


def test_special_letters() -> None:
    assert tex("50 % of x′ & a_b ≥ 2²") == "50 \\% of x\\ensuremath{'} \\& a\\_b \\ensuremath{\\ge} 2\\ensuremath{^2}"
    assert tex("日") == "?"


def test_answers_and_about_are_rows() -> None:
    found = found_of("mnist-vae-2d")
    assert [row[1] for row in answers(found)] == [each.answer.capitalize() for each in found.verdicts]
    assert ("seed", "0") in about(found)


def test_the_command_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "mnist-vae-2d", "--format", "md"]) == 0
    assert capsys.readouterr().out == markdown("mnist-vae-2d", found_of("mnist-vae-2d"))
    assert main(["report", "mnist-vae-2d", "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert main(["report", "mnist-vae-2d", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["cite"] == citation("mnist-vae-2d", found_of("mnist-vae-2d"))
    assert document["cite"] in page
    assert Report.from_json(document) == found_of("mnist-vae-2d")
    for part in ("seed", "versions", document["about"]["codes"], document["about"]["images"]):
        assert f">{part}<" in page


def test_a_p_of_0_is_a_limit() -> None:
    assert [p_text(p) for p in (0.5, 0.0006, 0.0004, 0.0)] == ["0.500", "0.001", "< 0.001", "< 0.001"]
    assert "| < 0.001 |" in markdown("mnist-vae-2d", found_of("mnist-vae-2d"))


def test_the_command_writes_every_figure_as_svg_and_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kaleido itself is tried in `tests/notebook`; here by a stand-in, which writes what it was asked for."""
    monkeypatch.setattr("vaeexplorer.analysis.report.evidence.evidence", lambda codes: codes)
    drawn = [
        Exhibit(figure=go.Figure(layout_title_text=kind), reading="", alt="", kind=kind)
        for kind in ("ratio", "ratio", "kl")
    ]
    monkeypatch.setattr("vaeexplorer.figures.report.exhibits", lambda found, seen: drawn)
    monkeypatch.setattr(go.Figure, "write_image", lambda self, path, **_: path.write_text(self.layout.title.text))
    assert main(["report", "mnist-vae-2d", "--figures", str(tmp_path / "new" / "figures")]) == 0
    made = sorted(path.name for path in (tmp_path / "new" / "figures").iterdir())
    assert made == ["kl.pdf", "kl.svg", "ratio-1.pdf", "ratio-1.svg", "ratio.pdf", "ratio.svg"]
    assert (tmp_path / "new" / "figures" / "kl.svg").read_text() == "kl"
    (tmp_path / "file").write_text("")
    assert main(["report", "mnist-vae-2d", "--figures", str(tmp_path / "file")]) == 2
    assert "The figures cannot be written to" in capsys.readouterr().err
    assert main(["report", "mnist-vae-2d", "mnist-ae-2d", "--figures", str(tmp_path)]) == 2
    assert "Figures are of one run" in capsys.readouterr().err
