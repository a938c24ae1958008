"""Answers that were handed in, beside the numbers, which are measured anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Literal

from msgspec import Meta

from vaeexplorer.documents import DocumentError, Finite, from_json
from vaeexplorer.files import read_file, user_path, why
from vaeexplorer.lecture.measures import measure
from vaeexplorer.lecture.scenes import Lecture, LectureError, Question

_MOST = 100_000  # bytes of a file
_Text = Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True)
class Answer:
    """What a browser has saved.

    Attributes:
        lecture: the key of the lecture (`Lecture.key`).
        scene: its title.
        guess: the number that was guessed.
        number, of: that was shown, and the hash of what it is of; neither where it was not revealed.
        address: of the page as it was left.
    """

    schema: Literal[1]
    lecture: _Text
    scene: _Text
    guess: Finite
    address: _Text = ""
    number: Finite | None = None
    of: _Text = ""


@dataclass(frozen=True)
class Graded:
    """An answer beside its number.

    Attributes:
        file: its path in the folder.
        number: measured now; None where there is no such question.
        is_right: whether the guess is as near as the question allows.
        remark: what is odd, or empty.
    """

    file: str
    scene: str
    guess: float | None = None
    number: float | None = None
    is_right: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Summary:
    """What a class has answered to a question.

    Attributes:
        number: measured now.
        low, guess, high: the least, the median and the largest guess.
        right, count: how many answers are right, of how many.
    """

    scene: str
    number: float
    low: float
    guess: float
    high: float
    right: int
    count: int


def grade(folder: Path, *lectures: Lecture) -> list[Graded]:
    """All answers in the .json files of a folder and of the folders in it. One that cannot be read hides no other.

    Args:
        folder: often with a folder a student, as learning platforms hand them out.
        lectures: that asked the questions, each by the title of its scene.

    Raises:
        LectureError: the folder cannot be read, or holds no answers.
    """
    folder = user_path(folder)
    try:
        next(folder.iterdir(), None)  # rglob says nothing of a folder that cannot be read
        files = sorted(path for path in folder.rglob("*.json") if path.is_file())
    except OSError as error:
        raise LectureError(f"The folder {folder.name} cannot be read: {why(error)}.") from None
    if not files:
        raise LectureError(f"There are no answers (.json) in {folder.name}.")
    asked = {scene.title: scene.question for each in lectures for scene in each.scenes if scene.question}
    return [_graded(path, path.relative_to(folder).as_posix(), asked) for path in files]


def summaries(rows: Iterable[Graded]) -> list[Summary]:
    """What was answered to each question, in the order of their scenes' titles; without what is no answer."""
    found: dict[str, list[Graded]] = {}
    for row in rows:
        if row.number is not None:
            found.setdefault(row.scene, []).append(row)
    return [_summary(scene, found[scene]) for scene in sorted(found)]


def _summary(scene: str, rows: list[Graded]) -> Summary:
    guesses = [row.guess for row in rows if row.guess is not None]
    right = sum(row.is_right for row in rows)
    return Summary(scene, rows[0].number or 0.0, min(guesses), median(guesses), max(guesses), right, len(rows))


def _graded(path: Path, name: str, asked: dict[str, Question]) -> Graded:
    try:
        answer = from_json(read_file(path, _MOST), Answer)
    except OSError as error:
        return Graded(name, "", remark=f"cannot be read: {why(error)}")
    except DocumentError as error:
        return Graded(name, "", remark=f"is no answer: {error}")
    question = asked.get(answer.scene)
    if question is None:
        return Graded(name, answer.scene, answer.guess, remark="there is no such question in this lecture")
    now = measure(question.measure, question.of)
    remarks = []
    if answer.of and answer.of != now.of:
        remarks.append("it was asked of another model")
    elif answer.number is not None and abs(answer.number - now.number) > 1e-6 * max(1.0, abs(now.number)):
        remarks.append(f"the file says {answer.number:.6g}")
    is_right = abs(answer.guess - now.number) <= question.within + 1e-9
    return Graded(name, answer.scene, answer.guess, now.number, is_right, "; ".join(remarks))
