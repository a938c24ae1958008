"""lecture, grade: scenes from a file, and answers that were handed in."""

import dataclasses
import json as jsonlib
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table

from vaeexplorer.commands.console import console

SCHEMA = 1


def lecture(
    file: Annotated[Path | None, tyro.conf.Positional] = None,
    check: bool = False,
    port: int | None = None,
    address: str | None = None,
    hosts: tuple[str, ...] = (),
) -> None:
    """Open the app on a lecture: scenes in their order, by the arrow keys.

    Args:
        file: YAML with scenes; by default the shipped lecture
        check: say whether the file is in order, and open nothing
        port: where to listen; by default 8501, or the next free one
        address: of the network interface to listen at; by default this machine alone
        hosts: the names that visitors may know this machine by; by default localhost
    """
    from vaeexplorer.launch import open_lecture, read_lecture

    found = read_lecture(file)
    if not check:
        open_lecture(file, port=port, address=address, hosts=hosts)
        return
    questions = sum(scene.question is not None for scene in found.scenes)
    console.print(
        f"{found.title}: {len(found.scenes)} scenes, {questions} questions, {found.minutes:g} minutes.",
        markup=False,
        highlight=False,
    )


def grade(folder: Annotated[Path, tyro.conf.Positional], lecture: Path | None = None, json: bool = False) -> None:
    """Measure each number that was asked for anew, and set the answers of a folder beside them.

    Args:
        folder: with the files that students have saved, and folders of them
        lecture: YAML that asked the questions; by default the shipped exercises and the shipped lecture
        json: print one JSON document and nothing else
    """
    from vaeexplorer.launch import read_lecture
    from vaeexplorer.lecture.grading import grade as graded
    from vaeexplorer.lecture.grading import summaries
    from vaeexplorer.lecture.scenes import DEFAULT, EXERCISES

    rows = graded(folder, *map(read_lecture, [lecture] if lecture else [EXERCISES, DEFAULT]))
    if json:
        print(jsonlib.dumps({"schema": SCHEMA, "answers": [dataclasses.asdict(row) for row in rows]}, indent=2))
        return
    answers = _table("file", "question", "guess", "number", "right", "remark")
    for row in rows:
        numbers = ("" if number is None else f"{number:.4g}" for number in (row.guess, row.number))
        right = "yes" if row.is_right else "no" if row.number is not None else ""
        answers.add_row(row.file, row.scene, *numbers, right, row.remark)
    questions = _table("question", "number", "median guess", "guesses", "right")
    for each in summaries(rows):
        guesses = f"{each.low:.4g} to {each.high:.4g}"
        questions.add_row(
            each.scene, f"{each.number:.4g}", f"{each.guess:.4g}", guesses, f"{each.right} of {each.count}"
        )
    output = Console()  # what was asked for, so that it can be written to a file
    output.print(answers, markup=False)
    if questions.rows:
        output.print("\n", questions, sep="", markup=False)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("guess", "number", "median guess") else "left")
    return table
