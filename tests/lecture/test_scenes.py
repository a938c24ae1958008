"""Files of scenes: the shipped ones are in order, and what is wrong in another is said with its line."""

import json
from pathlib import Path

import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.app.lecture import strip
from vaeexplorer.lecture.grading import Summary, grade, summaries
from vaeexplorer.lecture.measures import measure
from vaeexplorer.lecture.scenes import DEFAULT, EXERCISES, LectureError, answers, parse
from vaeexplorer.runs.folder import load_run

GOOD = """\
schema: 1
title: Mine
scenes:
  - title: One
    say: A line.
    page: beta
    address: dims=16&beta=1
    question:
      ask: How many?
      measure: active units
      of: {dataset: mnist, dimensions: 16, beta: 4.0}
      low: 0
      high: 16
"""


@pytest.mark.parametrize(("file", "scenes", "questions"), [(DEFAULT, 18, 4), (EXERCISES, 8, 8)])
def test_the_shipped_ones_are_in_order(file: Path, scenes: int, questions: int) -> None:
    found = strip.read(file)
    assert len(found.scenes) == scenes
    assert len(answers(found)) == questions
    assert all(len(scene.say) <= 60 for scene in found.scenes)
    assert all(scene.notes for scene in found.scenes) or file == EXERCISES
    assert found.minutes <= 45


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("schema: 1", "schema: 2", 1, "schema"),
        ("title: One", "titel: One", 4, "title"),
        ("say: A line.", f"say: {'x' * 91}", 5, "say"),
        ("page: beta", "page: gamma", 6, "there is no page 'gamma'"),
        ("dims=16&beta=1", "dims=16&k=1", 7, "has nothing of the name 'k'"),
        ("dims=16&beta=1", "dims=17", 7, "dims=17 makes no sense (latent dimensions)"),
        ("measure: active units", "measure: units", 10, "there is no number 'units'"),
        ("beta: 4.0", "beta: 5.0", 10, "no model of 16 dimensions with beta 5"),
        (", beta: 4.0", "", 10, "active units is of dataset, dimensions, beta"),
        ("low: 0", "low: 10", 12, "the answer, 6, is not between low and high"),
        ("high: 16", "high: -1", 13, "high must be more than low"),
        ("high: 16", "high: .inf", 13, "high"),
        ("high: 16", "high: [", 14, "expected"),
        ("say: A line.", "say: &a text\n    notes: *a", 1, "are not read"),
    ],
)
def test_an_error_names_the_line(old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(LectureError) as error:
        parse(GOOD.replace(old, new), "mine.yaml", strip.problem)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    if "*name" not in str(error.value):
        assert f"mine.yaml, line {line}:" in str(error.value)


BAD = ["", "[", "a: b: c", "!!python/object/apply:os.system [ls]", "- " * 5000 + "1", "\x00"]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_what_is_no_lecture_is_refused(text: str) -> None:
    with pytest.raises(LectureError):
        parse(text, "mine.yaml")


def test_numbers_are_those_of_what_is_shipped() -> None:
    assert measure("active units", {"dataset": "mnist", "dimensions": 16, "beta": 4.0}).number == 6
    assert measure("figure", {"run": "mnist-vae-2d", "figure": "test_kl"}).number == pytest.approx(7.141, abs=1e-3)
    assert measure("figure", {"run": "mnist-vae-2d", "figure": "test_kl"}).of == load_run("mnist-vae-2d").key
    assert measure("pca error", {"dataset": "mnist", "k": 2}).number == pytest.approx(43.87, abs=0.01)
    told_apart = measure("diagnostic", {"run": "mnist-vae-16d", "diagnostic": "classifier"})
    assert told_apart.number == pytest.approx(0.736, abs=1e-3)


def test_answers_are_graded_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exercises = strip.read(EXERCISES)
    scene = next(scene for scene in exercises.scenes if scene.title.startswith("5."))
    assert scene.question
    now = measure(scene.question.measure, scene.question.of)
    answer = {"schema": 1, "lecture": exercises.key, "scene": scene.title, "guess": 7, "address": "beta?x=1"}
    handed = {
        "anna": answer | {"number": now.number, "of": now.of},
        "ben": answer | {"guess": 12},
        "cem": answer | {"number": 12.0, "of": now.of, "guess": 12},
        "dora": answer | {"of": "0" * 16, "number": 3},
        "eva": answer | {"scene": "another"},
        "finn": {"schema": 1},
    }
    for name, document in handed.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    (tmp_path / "gil.json").write_text("[" * 100_000)
    (tmp_path / "notes.txt").write_text("no answer")
    rows = {row.file.removesuffix(".json"): row for row in grade(tmp_path, exercises)}
    assert {name: row.is_right for name, row in rows.items()} == {
        "anna": True, "ben": False, "cem": False, "dora": True, "eva": False, "finn": False, "gil": False,
    }  # fmt: skip
    assert rows["anna"].remark == ""
    assert rows["cem"].remark == "the file says 12"
    assert rows["dora"].remark == "it was asked of another model"
    assert "no such question" in rows["eva"].remark
    assert "is no answer" in rows["finn"].remark
    assert rows["gil"].number is None
    assert summaries(rows.values()) == [Summary(scene.title, 6, 7, 9.5, 12, 2, 4)]
    lecture = strip.read(DEFAULT)
    asked = next(scene for scene in lecture.scenes if scene.page == "beta" and scene.question)
    (tmp_path / "hana").mkdir()  # as learning platforms hand out what was handed in
    of_lecture = answer | {"lecture": lecture.key, "scene": asked.title}
    (tmp_path / "hana/answer.json").write_text(json.dumps(of_lecture))
    assert main(["grade", str(tmp_path), "--json"]) == 0
    answers = {row["file"]: row for row in json.loads(capsys.readouterr().out)["answers"]}
    assert len(answers) == 8
    assert (answers["hana/answer.json"]["number"], answers["hana/answer.json"]["remark"]) == (6, "")
    assert main(["grade", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    assert "hana/answer.json" in table
    assert "7 to 12" in table
    assert main(["grade", str(tmp_path / "nothing")]) == 2


def test_the_command_checks_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert main(["lecture", str(tmp_path / "mine.yaml"), "--check"]) == 0
    assert "Mine: 1 scenes, 1 questions, 2 minutes." in capsys.readouterr().err
    (tmp_path / "mine.yaml").write_text(GOOD.replace("page: beta", "page: gamma"))
    assert main(["lecture", str(tmp_path / "mine.yaml"), "--check"]) == 2
    assert "mine.yaml, line 6" in capsys.readouterr().err
