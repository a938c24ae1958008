"""Scenes of a lecture, read from YAML and checked; an error names the line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import yaml
from msgspec import Meta

from vaeexplorer.documents import DocumentError, Finite, Plain, Positive, convert
from vaeexplorer.errors import UserError
from vaeexplorer.files import content_hash, read_file, user_path, why
from vaeexplorer.lecture.measures import measure

DEFAULT = Path(__file__).parent / "lecture.yaml"
EXERCISES = Path(__file__).parent / "exercises.yaml"
_MOST = 200_000  # bytes of a file
_SHOWN = ("title", "say", "page", "address", "notes", "minutes")
_ASKED = ("ask", "low", "high", "step", "within", "unit", "reveal", "then")

Short = Annotated[str, Meta(min_length=1, max_length=60)]
Line = Annotated[str, Meta(min_length=1, max_length=90)]
Text = Annotated[str, Meta(max_length=2000)]


class LectureError(UserError):
    """A file of scenes that is not what it should be; the message is one sentence that names the line."""


@dataclass(frozen=True)
class Question:
    """A number to guess before it is shown.

    Attributes:
        ask: the question, one line.
        measure, of: the number that answers it (`measures.measure`).
        low, high, step: of the guesses.
        within: how far a guess may be off to count as right; of the number's own unit.
        unit: that is written after the number.
        reveal: the address of what is shown with the answer, on the same page; empty: what is shown stays.
        then: a sentence that is said with the answer; `{number}` and `{guess}` stand for both.
    """

    ask: Line
    measure: str
    of: dict[str, Plain]
    low: Finite
    high: Finite
    step: Positive = 1.0
    within: Annotated[float, Meta(ge=0)] = 0.0
    unit: Annotated[str, Meta(max_length=20)] = ""
    reveal: Text = ""
    then: Text = ""


@dataclass(frozen=True)
class Scene:
    """A step of a lecture.

    Attributes:
        title: what the presenter sees of it while it is the next one.
        say: the line to say, above the picture.
        page: the path of the app's page; empty for Explore.
        address: what the page's address holds: `run=mnist-ae-2d&z=1,2`.
        notes: for the presenter's own window.
        minutes: that it takes.
    """

    title: Short
    say: Line
    page: str = ""
    address: Text = ""
    notes: Text = ""
    minutes: Positive = 2.0
    question: Question | None = None


@dataclass(frozen=True)
class Lecture:
    """Scenes in their order."""

    schema: Literal[1]
    title: Short
    scenes: Annotated[list[Scene], Meta(min_length=1, max_length=100)] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the lecture is known by, whatever its file is called."""
        return content_hash(repr(self).encode())

    @property
    def minutes(self) -> float:
        """That all scenes take."""
        return sum(scene.minutes for scene in self.scenes)


Address = Callable[[str, str], str | None]
"""of a page's path, a name and a text: what is wrong with it, or None"""


def read_lecture(path: Path, check: Address | None = None) -> Lecture:
    """A lecture from its file.

    Args:
        path: of the YAML file.
        check: says what is wrong with an address, where that is known.

    Raises:
        LectureError: the file cannot be read, or a line of it is not what it should be.
    """
    path = user_path(path)
    try:
        text = read_file(path, _MOST).decode()
    except OSError as error:
        raise LectureError(f"{path.name} cannot be read: {why(error)}.") from None
    except UnicodeDecodeError:
        raise LectureError(f"{path.name} is no UTF-8 text.") from None
    return parse(text, path.name, check)


def parse(text: str, name: str, check: Address | None = None) -> Lecture:
    """A lecture from the text of its file; see `read_lecture`."""
    try:
        has_names = any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.SafeLoader))
        tree = yaml.compose(text, yaml.SafeLoader)
        document = None if has_names else yaml.load(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise LectureError(f"{name}{line}: {error.problem or 'it is not YAML'}.") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise LectureError(f"{name} is not YAML.") from None
    if has_names:
        raise LectureError(f"{name}: names for repeated parts (*name) are not read.")
    try:
        lecture = convert(document, Lecture)
    except DocumentError as error:
        where, _, what = str(error).rpartition(": ")
        raise LectureError(f"{name}, line {_line(tree, where)}: {where + ': ' if where else ''}{what}.") from None
    for number, scene in enumerate(lecture.scenes):
        for place, problem in _problems(scene, check):
            raise LectureError(f"{name}, line {_line(tree, f'scenes[{number}].{place}')}: {problem}.")
    return lecture


def _problems(scene: Scene, check: Address | None) -> list[tuple[str, str]]:
    """What is wrong with a scene beyond its types: at which place in it, and what."""
    found = []
    if check and (problem := check(scene.page, "")):
        return [("page", problem)]
    question = scene.question
    addresses = [("address", scene.address)] + ([("question.reveal", question.reveal)] if question else [])
    for place, address in addresses:
        for key, text in parse_qsl(address, keep_blank_values=True):
            if check and (problem := check(scene.page, f"{key}={text}")):
                found.append((place, problem))
    if question:
        if not question.low < question.high:
            found.append(("question.high", "high must be more than low"))
        try:
            number = measure(question.measure, question.of).number
        except UserError as error:
            return [*found, ("question.measure", str(error).rstrip("."))]
        if not question.low <= number <= question.high:
            found.append(("question.low", f"the answer, {number:.4g}, is not between low and high"))
    return found


def _line(tree: yaml.Node | None, where: str) -> int:
    """The line of a place such as `scenes[3].question.low`, or of the part of it that is there, from 1."""
    node = tree
    steps = where.replace("[", ".[").split(".")
    for step in filter(None, steps):
        child = _child(node, step)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 if node is not None else 1


def _child(node: yaml.Node | None, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and step.startswith("["):
        number = step.strip("[]")
        return node.value[int(number)] if number.isdigit() and int(number) < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def answers(lecture: Lecture) -> Mapping[int, dict[str, float | str]]:
    """The number of each question and what it is of, by the scene's place from 0."""
    found: dict[int, dict[str, float | str]] = {}
    for place, scene in enumerate(lecture.scenes):
        if scene.question:
            measured = measure(scene.question.measure, scene.question.of)
            found[place] = {"number": measured.number, "of": measured.of}
    return found


def described(lecture: Lecture) -> dict[str, Any]:
    """What the strip in the browser must know of a lecture (`Lecture` in `browser/lecture/scenes.js`): plain values."""
    numbers = answers(lecture)
    scenes = []
    for place, scene in enumerate(lecture.scenes):
        asked = None
        if scene.question:
            asked = {name: getattr(scene.question, name) for name in _ASKED} | numbers[place]
        scenes.append({name: getattr(scene, name) for name in _SHOWN} | {"question": asked})
    return {"key": lecture.key, "title": lecture.title, "scenes": scenes}
