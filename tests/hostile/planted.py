"""What a stranger may leave in a folder that is read, and a child process that reads it.

python -m tests.hostile.planted FOLDER     print what became of every case, as JSON

The child has neither torch nor streamlit, so that the ceiling on its memory can be a low one.
"""

import gzip
import json
import os
import signal
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.runs.small_runs import files
from vaeexplorer.data.idx import read_idx
from vaeexplorer.runs.attachments import load_projection, load_report
from vaeexplorer.runs.folder import Run, list_runs, load_run

MEMORY = 300_000_000  # bytes above what the imports take; a bomb asks for 2 GB or more
SECONDS = 30  # a case; the slowest takes a tenth of one here
Plant = Callable[[Path], object]


def write(name: str, content: bytes) -> Plant:
    return lambda folder: (folder / name).write_bytes(content)


def sparse(name: str, size: int) -> Plant:
    def plant(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.truncate(size)

    return plant


def pipe(name: str) -> Plant:
    def plant(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return plant


def link(name: str, target: str) -> Plant:
    def plant(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return plant


def directory(name: str) -> Plant:
    def plant(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return plant


def document(edit: Callable[[str], str]) -> Plant:
    """run.json as text, edited."""
    return lambda folder: (folder / "run.json").write_bytes(
        edit((folder / "run.json").read_text()).encode("utf-8", "surrogatepass")
    )


def zeros(size: int, start: bytes = b"") -> bytes:
    """As many zeros after a start, deflated, without the time that deflating them takes."""

    def block(data: bytes) -> bytes:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        return squeeze.compress(data) + squeeze.flush(zlib.Z_FULL_FLUSH)

    return block(start) + block(bytes(1 << 20)) * (size >> 20) + b"\x03\x00"


def header(shape: str, descr: str = "<f8") -> bytes:
    """The start of an .npy file that says so."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n"


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_STORED, flags: int = 0, size: int = 0) -> bytes:
    """A zip file whose directory says what it is told to, whatever the members hold."""
    body, entries = b"", b""
    for name, data in members.items():
        about = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, 0, len(data), size or len(data), len(name), 0)
        entries += b"PK\x01\x02" + struct.pack("<H", 20) + about + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        entries += name.encode()
        body += b"PK\x03\x04" + about + name.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(entries), len(body), 0)
    return body + entries + b"PK\x05\x06" + end


def codes(data: bytes, **options: int) -> Plant:
    """codes.npz whose every member is this."""
    return write("codes.npz", zipped({f"{n}.npy": data for n in ("mean", "labels", "error", "logvar")}, **options))


def packed(method: int) -> Plant:
    """codes.npz as it was, packed in another way."""

    def plant(folder: Path) -> None:
        with zipfile.ZipFile(folder / "codes.npz") as old:
            members = {name: old.read(name) for name in old.namelist()}
        with zipfile.ZipFile(folder / "codes.npz", "w", method) as new:
            for name, data in members.items():
                new.writestr(name, data)

    return plant


def edited_codes(**arrays: np.ndarray) -> Plant:
    def plant(folder: Path) -> None:
        with np.load(folder / "codes.npz") as old:
            np.savez(folder / "codes.npz", allow_pickle=False, **(dict(old) | arrays))

    return plant


DEEP = b"[" * 200_000
BOMB = zeros(2 << 30)

LOADED: dict[str, Plant] = {  # with which a run cannot be loaded
    "deep run.json": write("run.json", DEEP),
    "deep objects in run.json": write("run.json", b'{"a":' * 100_000),
    "5,000 digits": document(lambda text: text.replace('"seed": 0', '"seed": ' + "9" * 5000)),
    "10^400": document(lambda text: text.replace('"seed": 0', '"seed": 1e400')),
    "NaN": document(lambda text: text.replace('"seed": 0', '"seed": NaN')),
    "a lone surrogate": document(lambda text: text.replace('"seed"', '"\\ud800"')),
    "a lone surrogate in bytes": document(lambda text: text.replace('"seed"', '"\ud800"')),
    "a key of Markdown": document(lambda text: text.replace('"seed"', '"![x](http://evil.example/x.png)"')),
    "a key of a megabyte": document(lambda text: text.replace('"seed"', f'"{"k" * 900_000}"')),
    "a huge run.json": sparse("run.json", 3 << 30),
    "run.json is a pipe": pipe("run.json"),
    "run.json is a folder": directory("run.json"),
    "run.json is a loop": link("run.json", "run.json"),
    "run.json leads nowhere": link("run.json", "nowhere"),
    "run.json is a device": link("run.json", "/dev/zero"),
    "files that are not the run's": document(
        lambda text: text.replace('"metrics"', '"files": {"../passwd": "0"}, "metrics"')
    ),
    "an infinite epoch": lambda folder: (folder / "history.csv").write_text(
        (folder / "history.csv").read_text().replace("\n2,", "\ninf,")
    ),
    "a long field": write("history.csv", b"9" * 140_000),
    "a null byte": write("history.csv", b"\0" * 100),
    "a huge history.csv": sparse("history.csv", 3 << 30),
    "history.csv is a pipe": pipe("history.csv"),
    "2 GB of zeros announced": codes(BOMB, method=8, size=1 << 31),
    "2 GB of zeros not announced": codes(zeros(2 << 30, header("(300, 2)")), method=8, size=1 << 31),
    "2 GB in an array": codes(zeros(2 << 30, header(f"({1 << 28},)")), method=8, size=1 << 31),
    "100 GB announced": codes(header("(12500000000,)")),
    "2^70 rows": codes(header(f"({2**70},)")),
    "2^70 in two axes": codes(header(f"({2**35}, {2**35})")),
    "a negative shape": codes(header("(-1, 2)")),
    "a shape that is none": codes(header("('a',)")),
    "a header that is no Python": codes(header("(((((")),
    "a deep header": codes(header("(" * 9000)),
    "a header that is a program": codes(header("__import__('os').abort()")),
    "an array of objects": codes(header("(300, 2)", "|O") + b"cos\nsystem\n(S'true'\ntR."),
    "an array of long texts": codes(header("()", "<U2000000000")),
    "LZMA": packed(zipfile.ZIP_LZMA),
    "bzip2": packed(zipfile.ZIP_BZIP2),
    "LZMA that is none": codes(b"x" * 100, method=14),
    "a method that there is none of": codes(b"x" * 100, method=99),
    "encrypted": codes(b"x" * 100, flags=1),
    "labels without an axis": edited_codes(labels=np.array(1)),
    "labels of no class": edited_codes(labels=np.full(300, 10)),
    "no codes at all": edited_codes(mean=np.zeros((0, 2)), labels=np.zeros(0, int)),
    "codes.npz is a device": link("codes.npz", "/dev/zero"),
    "weights with an endless header": write("weights.safetensors", struct.pack("<Q", 2**63) + bytes(100)),
    "weights with a deep header": write("weights.safetensors", struct.pack("<Q", len(DEEP)) + DEEP),
    "huge weights": sparse("weights.safetensors", 5 << 30),
    "weights are a pipe": pipe("weights.safetensors"),
}
LATER: dict[str, Plant] = {  # what is read when it is asked for
    "umap.npz of 125,000,000 points": write("umap.npz", zipped({"points.npy": header("(125000000, 2)") + bytes(99)})),
    "umap.npz of 2 GB": write("umap.npz", zipped({"points.npy": BOMB}, method=8, size=1 << 31)),
    "umap.npz of another number": write("umap.npz", zipped({"points.npy": header("(5, 2)") + bytes(80)})),
    "umap.npz is a pipe": pipe("umap.npz"),
    "a deep report": write("report.json", b'{"a":' + DEEP),
    "a huge report": sparse("report.json", 3 << 30),
    "a report of infinity": write("report.json", b'{"a": 1e999}'),
    "a report that is a list": write("report.json", b"[]"),
    "report.json is a pipe": pipe("report.json"),
    "2 GB of snapshots": write("snapshots.npz", zipped({"codes.npy": BOMB, "range.npy": BOMB}, method=8, size=1 << 31)),
}
ODD_NAMES = ("with space", "-dash", "n" * 101, "new\nline", os.fsdecode(b"\xff\xfe"))
IDX: dict[str, bytes] = {
    "2 GB in a gzip": gzip.compress(bytes([0, 0, 8, 3]) + struct.pack(">III", 70_000, 28, 28))
    + gzip.compress(bytes(1 << 20)) * 2048,
    "4 billion images": gzip.compress(bytes([0, 0, 8, 3]) + struct.pack(">III", 2**32 - 1, 28, 28)),
    "2 GB before any header": gzip.compress(bytes(1 << 20)) * 2048,
    "gzip cut short": gzip.compress(bytes(1000))[:-20],
    "no gzip": b"x" * 1000,
    "nothing": b"",
}


def plant_all(root: Path) -> None:
    runs = root / "runs"
    for name in ("good", *LOADED, *LATER, *ODD_NAMES):
        folder = runs / run_name(name)
        folder.mkdir(parents=True)
        for file, content in files(0).items():
            (folder / file).write_bytes(content)
        if name in LOADED | LATER:  # of an earlier version, so that no hash stands before the check in question
            known = json.loads((folder / "run.json").read_text())
            del known["files"]
            (folder / "run.json").write_text(json.dumps(known))
            (LOADED | LATER)[name](folder)
    (root / "idx").mkdir()
    for name, content in IDX.items():
        (root / "idx" / f"{run_name(name)}.gz").write_bytes(content)
    os.mkfifo(root / "idx" / "pipe")


def run_name(case: str) -> str:
    return (
        case
        if case in ODD_NAMES
        else "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in case)
    )


def outcome(read: Callable[[], object]) -> tuple[str, str, float]:
    """What it raised and said, if anything, and the seconds that it took."""
    start = time.monotonic()
    signal.alarm(SECONDS)
    try:
        read()
        kind, text = "", ""
    except BaseException as error:  # a crash is what is looked for
        kind, text = type(error).__name__, str(error)
    finally:
        signal.alarm(0)
    return kind, text, time.monotonic() - start


def read_later(case: str, run: Run) -> object:
    if "umap" in case:
        return load_projection(run, "umap")
    return run.snapshots if "snapshots" in case else load_report(run)


def _too_slow(*_: object) -> None:
    raise TimeoutError("too slow")


def main(root: Path) -> None:
    import resource

    os.environ["VAEEXPLORER_RUNS"] = str(root / "runs")
    signal.signal(signal.SIGALRM, _too_slow)
    _ = load_run("good").snapshots  # what is imported late
    mapped = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY,) * 2)
    found: dict[str, object] = {}

    def listed() -> None:
        cards, errors = list_runs()
        found["listed"] = [card.name for card in cards]
        found["errors"] = [str(error) for error in errors]

    found["list"] = outcome(listed)
    found["load"] = {name: outcome(partial(load_run, run_name(name))) for name in LOADED}
    found["later"] = {name: outcome(partial(read_later, name, load_run(run_name(name)))) for name in LATER}
    found["idx"] = {path.name: outcome(partial(read_idx, path, (28, 28))) for path in (root / "idx").iterdir()}
    assert not {"torch", "streamlit"} & sys.modules.keys()
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
