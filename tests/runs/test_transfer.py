"""A run as a zip, out and in; what a stranger may put into one is refused in a sentence, and nothing is written."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from tests.runs.small_runs import files
from vaeexplorer.files import SHIPPED
from vaeexplorer.runs import names, transfer
from vaeexplorer.runs.folder import RunCard, RunError, list_runs, load_run, read_card

Members = dict[str, bytes]


def zipped(members: Members, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def small(folder: str = "small") -> Members:
    return {f"{folder}/{name}": content for name, content in files(0).items()}


def without(name: str) -> bytes:
    return zipped({key: content for key, content in small().items() if not key.endswith(name)})


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    members = small()
    members[f"small/{name}"] = change(members[f"small/{name}"])
    return zipped(members)


def document(edit: Callable[[str], str]) -> bytes:
    return changed("run.json", lambda content: edit(content.decode()).encode())


def marked(flags: int) -> bytes:
    """With these flags in the directory, as of an encrypted zip."""
    content = bytearray(zipped(small()))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= flags
    return bytes(content)


def link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in small().items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16 if name.endswith("codes.npz") else 0o100644 << 16
            archive.writestr(info, content)
    return packed.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "0 bytes": (lambda: b"", "it is empty"),
    "no zip": (lambda: b"GIF89a" + bytes(500), "it is no zip, or it is cut short or damaged"),
    "cut short": (lambda: zipped(small())[:-300], "it is no zip, or it is cut short or damaged"),
    "no files": (lambda: zipped({}), "it is not the folder of one run"),
    "a zip in a zip": (lambda: zipped({"small.zip": zipped(small())}), "a run has no file 'small.zip'"),
    "something else in it": (lambda: zipped(small() | {"small/run.py": b""}), "a run has no file 'small/run.py'"),
    "two runs": (lambda: zipped(small() | small("other")), "it is not the folder of one run"),
    "out of the folder": (lambda: zipped(small("../small")), "A name is made of letters"),
    "an absolute path": (lambda: zipped(small("/small")), "A name is made of letters"),
    "no folder": (lambda: zipped(files(0)), "A name is made of letters"),
    "a name that is none": (lambda: zipped(small("run (copy)")), "A name is made of letters"),
    "no weights": (lambda: without("weights.safetensors"), "weights.safetensors is missing"),
    "no run.json": (lambda: without("run.json"), "run.json is missing"),
    "encrypted": (lambda: marked(1), "it is encrypted"),
    "a link": (link, "'small/codes.npz' is a link"),
    "another way of compressing": (lambda: zipped(small(), zipfile.ZIP_LZMA), "a way that is not known here"),
    "a large run.json": (
        lambda: changed("run.json", lambda content: content + b" " * 2_000_000),
        "run.json is larger than the 1,000,000 bytes that it may have",
    ),
    "weights larger than the network": (
        lambda: changed("weights.safetensors", lambda content: content + bytes(5_000_000)),
        "weights.safetensors is larger than",
    ),
    "a flipped byte": (
        lambda: changed("weights.safetensors", lambda content: content[:-1] + b"!"),
        "weights.safetensors is not the file that run.json names",
    ),
    "no JSON": (lambda: document(lambda text: text[:-9]), "run.json: it is not JSON"),
    "an unknown option": (lambda: document(lambda text: text.replace('"seed"', '"sead"')), "run.json: .*sead"),
    "an unknown model": (lambda: document(lambda text: text.replace('"vae"', '"gan"')), "run.json: .*model"),
    "an unknown set": (lambda: document(lambda text: text.replace('"mnist"', '"cifar"')), "dataset must be one of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_zip_is_refused_in_one_sentence(case: str, runs_folder: Path) -> None:
    make, words = REFUSED[case]
    with pytest.raises(RunError, match=words) as caught:
        transfer.import_run(io.BytesIO(make()))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not runs_folder.exists()


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, runs_folder: Path) -> None:
    """Whatever run.json names and allows: the sizes that the directories announce are added before."""
    members = small()
    document = json.loads(members["small/run.json"])
    members["small/run.json"] = json.dumps(document | {"files": {}}).encode()
    members["small/snapshots.npz"] = zipped({"codes.npy": bytes(200_000)})
    monkeypatch.setattr(transfer, "MOST_BYTES", 100_000)
    with pytest.raises(RunError, match=r"snapshots\.npz unpacks to more than 100,000 bytes"):
        transfer.import_run(io.BytesIO(zipped(members)))
    monkeypatch.setattr(transfer, "MOST_BYTES", 30_000)
    with pytest.raises(RunError, match="what is in it is larger than the 30,000 bytes"):
        transfer.import_run(io.BytesIO(zipped(small())))
    monkeypatch.setattr(transfer, "MOST_BYTES", 3_000)
    with pytest.raises(RunError, match="it is larger than the 3,000 bytes"):
        transfer.import_run(io.BytesIO(zipped(small())))
    assert not runs_folder.exists()


def test_a_run_goes_out_and_comes_in(runs_folder: Path) -> None:
    for which in ("mnist-ae-2d", "mnist-vae-2d"):
        content = transfer.export_run(read_card(SHIPPED / which))
        assert content == transfer.export_run(read_card(SHIPPED / which))
        run = transfer.import_run(io.BytesIO(content), f"{which}-again")
        assert run.key == load_run(which).key
        assert run.path == runs_folder / f"{which}-again"
        np.testing.assert_array_equal(run.snapshots, load_run(which).snapshots)
        before = sorted(runs_folder.rglob("*"))
        with pytest.raises(RunError, match=f"There is a run {which}-again already"):
            transfer.import_run(io.BytesIO(content), f"{which}-again")
        with pytest.raises(RunError, match="is a shipped run: choose another name"):
            transfer.import_run(io.BytesIO(content))
        assert [path for path in sorted(runs_folder.rglob("*")) if path.parent.name != ".locks"] == [
            path for path in before if path.parent.name != ".locks"
        ]


@pytest.fixture
def own(runs_folder: Path) -> RunCard:
    transfer.import_run(io.BytesIO(zipped(small(), zipfile.ZIP_STORED)))
    (runs_folder / "small" / "umap.npz").write_bytes(b"x")
    return read_card(runs_folder / "small")


def test_a_run_is_renamed(own: RunCard, runs_folder: Path) -> None:
    path = names.rename_run(own, "other")
    assert path == runs_folder / "other"
    assert read_card(path).key == own.key
    assert (path / "umap.npz").exists()
    assert not own.path.exists()
    with pytest.raises(RunError):
        names.rename_run(own, "third")  # it is gone
    assert [card.name for card in list_runs()[0] if names.is_own(card)] == ["other"]


def test_a_run_is_deleted_and_what_else_lies_there_stays(own: RunCard) -> None:
    (own.path / "notes.txt").write_text("mine")
    assert names.delete_run(own) == ["notes.txt"]
    assert os.listdir(own.path) == ["notes.txt"]
    assert not list_runs()[1]


@pytest.mark.parametrize("act", [names.delete_run, lambda card: names.rename_run(card, "other")])
def test_what_is_not_ones_own_or_in_use_stays(act: Callable[[RunCard], object], own: RunCard) -> None:
    with pytest.raises(RunError, match="mnist-vae-2d is a shipped run: it stays as it is"):
        act(read_card(SHIPPED / "mnist-vae-2d"))
    with FileLock(own.path.parent / ".locks" / "small.lock"), pytest.raises(RunError, match="is under way"):
        act(own)
    (own.path / "run.json").write_bytes(files(1)["run.json"])
    (own.path / "codes.npz").write_bytes(files(1)["codes.npz"])
    with pytest.raises(RunError, match="The run small was trained anew"):
        act(own)
    assert (own.path / "umap.npz").exists()


@pytest.mark.parametrize("name", ["run (copy)", "", "прогон", "mnist-vae-2d"])
def test_a_name_that_cannot_be_given(name: str, own: RunCard) -> None:
    with pytest.raises(RunError):
        names.rename_run(own, name)
    assert read_card(own.path).key == own.key
