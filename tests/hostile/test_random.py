"""Bytes and texts that nobody thought of: a refusal is one of ours, and anything else is a defect."""

import gzip
import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.runs.small_runs import files
from vaeexplorer.app.server import assets
from vaeexplorer.app.text import literal
from vaeexplorer.data.idx import read_idx
from vaeexplorer.data.images import DataError
from vaeexplorer.files import read_arrays
from vaeexplorer.network.history import parse_history
from vaeexplorer.runs import attachments
from vaeexplorer.runs.folder import RunError, list_runs, load_run

FAST = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
GOOD = files(0)
RUN_FILES = sorted(GOOD)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(PLAIN, lambda part: st.lists(part) | st.dictionaries(st.text(max_size=9), part), max_leaves=20)


def refusal(read: Callable[[], object], kind: type[Exception]) -> str:
    """What it says where it refuses; any other exception passes."""
    try:
        read()
    except kind as error:
        return str(error)
    return ""


def damaged(content: bytes, place: int, change: bytes, cut: int) -> bytes:
    """Some bytes overwritten, and the end cut off."""
    place %= len(content)
    content = content[:place] + change + content[place + len(change) :]
    return content[: len(content) - cut % len(content)] if cut else content


@st.composite
def damages(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a run, one or two of them damaged, with their hashes in run.json or without."""
    found = dict(GOOD)
    if draw(st.booleans()):
        document = json.loads(found["run.json"])
        del document["files"]
        found["run.json"] = json.dumps(document).encode()
    for name in draw(st.lists(st.sampled_from(RUN_FILES), min_size=1, max_size=2, unique=True)):
        change = draw(st.binary(min_size=1, max_size=12))
        found[name] = damaged(found[name], draw(st.integers(0, 10**6)), change, draw(st.integers(0, 50)))
    return found


@FAST
@given(damages())
def test_a_damaged_run_is_a_run_or_a_run_error(runs_folder: Path, found: dict[str, bytes]) -> None:
    folder = runs_folder / "odd"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / name).write_bytes(content)
    assert "\n" not in refusal(lambda: load_run("odd").snapshots, RunError)
    cards, errors = list_runs()
    assert sum(card.name == "odd" for card in cards) + len(errors) == 1


@FAST
@given(st.lists(st.sampled_from(["config", "metrics", "provenance", "files", "schema", "train"])), JSON)
def test_any_run_json_is_listed_or_named(runs_folder: Path, path: list[str], value: Any) -> None:
    document: Any = json.loads(GOOD["run.json"])
    place = document
    for key in path[:-1]:
        place = place.get(key) if isinstance(place, dict) and isinstance(place.get(key), dict) else place
    place[path[-1] if path else "extra"] = value
    folder = runs_folder / "odd"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in GOOD.items():
        (folder / name).write_bytes(content)
    (folder / "run.json").write_text(json.dumps(document))
    cards, errors = list_runs()
    assert sum(card.name == "odd" for card in cards) + len(errors) == 1


@FAST
@given(st.binary(max_size=300))
@example(b"PK\x05\x06" + bytes(18))
def test_no_bytes_break_the_readers(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it "):
        read_arrays(content, {"a": (None,)})
    assert parse_history(content) == []


@FAST
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8), st.integers(0, 100))
def test_damaged_arrays_are_arrays_or_a_value_error(place: int, change: bytes, cut: int) -> None:
    shapes = {"mean": (None, 2), "labels": (None,), "error": (None,), "logvar": (None, 2)}
    content = damaged(GOOD["codes.npz"], place, change, cut)
    assert refusal(lambda: read_arrays(content, shapes), ValueError)[:3] in ("", "it ")


@FAST
@given(st.binary(max_size=200), st.booleans(), st.sampled_from([b"", bytes([0, 0, 8, 1]), bytes([0, 0, 8, 3])]))
def test_any_idx_file_is_read_or_refused(tmp_path: Path, content: bytes, is_packed: bool, start: bytes) -> None:
    path = tmp_path / ("some.gz" if is_packed else "some")
    path.write_bytes(gzip.compress(start + content) if is_packed else start + content)
    assert refusal(lambda: read_idx(path, ()), DataError)[:4] in ("", "some")


@FAST
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_report_is_a_document_or_a_run_error(runs_folder: Path, content: bytes) -> None:
    folder = runs_folder / "odd"
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in GOOD.items():
        (folder / name).write_bytes(each)
    (folder / "report.json").write_bytes(content)
    run = load_run("odd")
    assert refusal(lambda: attachments.load_report(run), RunError)[:11] in ("", "report.json")


@FAST
@given(
    st.sampled_from(["mnist", "mnist-vae-2d", "films", "..", ""]) | st.text(max_size=20),
    st.text(max_size=40) | st.from_regex(r"(sweep[0-9]{1,9}d|codes|sprite|network)-[0-9a-f]{16}\.(bin|png)"),
)
@example("mnist", f"sweep{'9' * 5000}d-{'0' * 16}.bin")
@example("mnist", f"sweep{'٣' * 3}d-{'0' * 16}.bin")
def test_any_address_is_answered(owner: str, file: str) -> None:
    assert assets.find(owner, file) is None


def test_a_sentence_is_as_it_was() -> None:
    sentence = "halves is a model of your own, and this needs a run: choose one at the left (or train it)."
    assert literal(sentence) == sentence
    assert len(literal("a" * 10_000)) < 600


@settings(FAST, max_examples=300)
@given(st.text(alphabet=string.printable, max_size=200))
@example("![x](http://evil.example/x.png)")
@example("12. a www.evil.example b@evil.example &amp; 5 * 5 * 5")
@example("--- a")
@example("<img src=http://evil.example/x.png> [a](b) **c** `d` $e$ :red[f] # g\n\n    h\n- i\n1. j\n|k|\n|-|\n|l|")
def test_text_stays_text(text: str) -> None:
    markdown = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = [part for token in markdown.parse(literal(text)) for part in (token, *(token.children or []))]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    shown = "".join(token.content for token in tokens if token.type.startswith("text"))
    assert shown == " ".join(text.split())
