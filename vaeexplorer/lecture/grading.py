"""Answers that were handed in, beside the numbers, which are measured anew."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from vaeexplorer.documents import DocumentError, Finite, from_json
from vaeexplorer.files import read_file, user_path, why
from vaeexplorer.lecture.measures import measure
from vaeexplorer.lecture.scenes import Lecture, LectureError

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
        file: its name.
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


def grade(folder: Path, lecture: Lecture) -> list[Graded]:
    """All answers in a folder's .json files, by file name. One that cannot be read hides no other.

    Raises:
        LectureError: the folder cannot be read, or holds no answers.
    """
    folder = user_path(folder)
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".json" and path.is_file())
    except OSError as error:
        raise LectureError(f"The folder {folder.name} cannot be read: {why(error)}.") from None
    if not files:
        raise LectureError(f"There are no answers (.json) in {folder.name}.")
    return [_graded(path, lecture) for path in files]


def _graded(path: Path, lecture: Lecture) -> Graded:
    try:
        answer = from_json(read_file(path, _MOST), Answer)
    except OSError as error:
        return Graded(path.name, "", remark=f"cannot be read: {why(error)}")
    except DocumentError as error:
        return Graded(path.name, "", remark=f"is no answer: {error}")
    asked = {scene.title: scene.question for scene in lecture.scenes if scene.question}
    question = asked.get(answer.scene)
    if question is None:
        return Graded(path.name, answer.scene, answer.guess, remark="there is no such question in this lecture")
    now = measure(question.measure, question.of)
    remarks = []
    if answer.of and answer.of != now.of:
        remarks.append("it was asked of another model")
    elif answer.number is not None and abs(answer.number - now.number) > 1e-6 * max(1.0, abs(now.number)):
        remarks.append(f"the file says {answer.number:.6g}")
    is_right = abs(answer.guess - now.number) <= question.within + 1e-9
    return Graded(path.name, answer.scene, answer.guess, now.number, is_right, "; ".join(remarks))
