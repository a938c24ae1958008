"""Images of one's own in a zip and from a browser: the same set as from a folder, and one sentence for what is none."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import archive, library
from vaeexplorer.data.own.prepare import Gathered, Part, prepare
from vaeexplorer.data.own.reading import read
from vaeexplorer.data.own.uploads import read_uploads

N = 120
DATA = load_dataset("mnist", "test", download=False)
IMAGES, LABELS = DATA.images[:N], DATA.labels[:N]
Members = dict[str, bytes]


def png(image: np.ndarray) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(image).save(packed, "PNG")
    return packed.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def pictures(root: str = "") -> Members:
    return {f"{root}{label}/{n}.png": png(image) for n, (image, label) in enumerate(zip(IMAGES, LABELS, strict=True))}


def zipped(members: Members) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return packed.getvalue()


WHOLE: dict[str, Callable[[], Members]] = {
    "sub-folders": pictures,
    "a folder of sub-folders": lambda: pictures("my images/"),
    "what systems add": lambda: (
        pictures("a/") | {"__MACOSX/a/._1.png": b"x", "a/.DS_Store": b"x", "a/notes.txt": b"x", "a/5/Thumbs.db": b"x"}
    ),
    "one file of arrays": lambda: {"digits.npz": npz(images=IMAGES, labels=LABELS)},
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_zip_is_what_is_in_it(case: str, tmp_path: Path) -> None:
    (tmp_path / "my.zip").write_bytes(zipped(WHOLE[case]()))
    gathered = read(tmp_path / "my.zip")
    assert gathered.title == "my.zip"
    prepared = prepare(gathered)
    given = {image.tobytes(): str(label) for image, label in zip(IMAGES, LABELS, strict=True)}
    found = {
        image.tobytes(): prepared.class_names[label]
        for split in ("train", "test")
        for image, label in zip(prepared.images[split], prepared.labels[split], strict=True)
    }
    assert found == given


def flagged(flag: int) -> bytes:
    content = bytearray(zipped(pictures()))
    content[content.find(b"PK\x01\x02") + 8] |= flag
    return bytes(content)


def link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        info = zipfile.ZipInfo("1/a.png")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    return packed.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "0 bytes": (lambda: b"", "is no zip, or it is cut short or damaged"),
    "no zip": (lambda: b"Rar!" + bytes(100), "is no zip, or it is cut short or damaged"),
    "cut short": (lambda: zipped(pictures())[:-200], "is no zip, or it is cut short or damaged"),
    "nothing in it": (lambda: zipped({}), "there are no images in my.zip"),
    "no images in it": (lambda: zipped({"a.txt": b"x"}), "there are no images in my.zip"),
    "a name that leads up": (lambda: zipped({"../a.png": b"x"}), "whose name leads out of it: '../a.png'"),
    "an absolute name": (lambda: zipped({"/tmp/a.png": b"x"}), "whose name leads out of it"),
    "a name with a drive": (lambda: zipped({"C:\\a.png": b"x"}), "whose name leads out of it"),
    "a zip in it": (lambda: zipped({"a.zip": zipped(pictures())}), "holds another zip, 'a.zip': unpack it first"),
    "encrypted": (lambda: flagged(1), "is encrypted: make a zip without a password"),
    "a link": (link, "holds a link, '1/a.png'"),
    "one image": (lambda: zipped({"a.png": png(IMAGES[0])}), "there is only one image in my.zip"),
    "no picture can be read": (lambda: zipped({"a/1.png": b"x", "a/2.png": b"y"}), "none of the 2 pictures"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_set_is_refused_in_a_sentence(case: str, tmp_path: Path) -> None:
    make, words = BAD[case]
    (tmp_path / "my.zip").write_bytes(make())
    with pytest.raises(DataError, match=words) as caught:
        prepare(read(tmp_path / "my.zip"))
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["my.zip"]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are added before a byte is unpacked, and a directory that says too little cuts the file short."""
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1_000_000)
    (tmp_path / "my.zip").write_bytes(zipped({f"{n}.npy": bytes(300_000) for n in range(4)}))
    with pytest.raises(DataError, match=r"unpacks to 0\.0 GB, where 0\.001 GB are the most"):
        read(tmp_path / "my.zip")
    content = bytearray(zipped({"a.npy": bytes(300_000)}))
    at = content.find(b"PK\x01\x02") + 24
    content[at : at + 4] = (100).to_bytes(4, "little")
    (tmp_path / "my.zip").write_bytes(bytes(content))
    with pytest.raises(DataError):
        read(tmp_path / "my.zip")


def test_files_from_a_browser() -> None:
    """One file, pictures by themselves, also two of one name, and the two files of a set of IDX."""
    one = prepare(read_uploads([("digits.npz", io.BytesIO(npz(images=IMAGES, labels=LABELS)))]))
    assert len(one.class_names) == 10
    alone = read_uploads([("../../a.png" if n % 2 else f"{n}.png", io.BytesIO(png(i))) for n, i in enumerate(IMAGES)])
    assert alone.all is not None
    assert len(alone.all.images) == N
    assert prepare(alone).class_names == ("image",)
    files = {"train-images-idx3-ubyte": to_idx(IMAGES), "train-labels-idx1-ubyte": to_idx(LABELS.astype(np.uint8))}
    assert prepare(read_uploads([(name, io.BytesIO(each)) for name, each in files.items()])).class_names == tuple(
        "0123456789"
    )
    for files_given, words in (([], "there is no file"), ([("a.txt", io.BytesIO(b"x"))], "is neither a folder")):
        with pytest.raises(DataError, match=words):
            read_uploads(files_given)


def test_sets_are_listed_and_broken_ones_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    assert library.list_sets() == ([], [])
    for title in ("b", "a"):
        library.store(prepare(Gathered(title, all=Part(IMAGES, [title] * N))))
    (tmp_path / "sets" / f"own-{'0' * 16}").mkdir()
    (tmp_path / "sets" / "something else").mkdir()
    sets, errors = library.list_sets()
    assert [(each.title, each.class_names, each.counts) for each in sets] == [
        ("a", ("a",), {"train": 100, "test": 20}),
        ("b", ("b",), {"train": 100, "test": 20}),
    ]
    assert [str(error).split(" (")[0] for error in errors] == [
        f"the images own-{'0' * 16} are not on this machine",
    ]
