"""The report as text: the numbers of the document, escaped for where they go."""

import re

import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.export.latex import tex
from vaeexplorer.export.paper import about, answers, citation, latex, markdown
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
    assert "?" not in text.replace("regularized?", "").replace("informative?", "").replace("prior?", "").replace(
        "'}?", ""
    )
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
    assert capsys.readouterr().out.startswith("<!doctype html>")
