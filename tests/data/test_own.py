"""Images of one's own: every form in which people have them gives the same set; what is odd is said in a sentence."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vaeexplorer.__main__ import main
from vaeexplorer.data.datasets import load_dataset, title
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import library, values
from vaeexplorer.data.own.prepare import Prepared, prepare
from vaeexplorer.data.own.preview import sheet
from vaeexplorer.data.own.reading import read
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.spaces.space import open_run

N = 120
Images = NDArray[np.uint8]


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sets of our own."""
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    return tmp_path / "sets"


@pytest.fixture(scope="module")
def digits() -> tuple[Images, NDArray[np.int64]]:
    """The first images of the shipped sample, all different."""
    data = load_dataset("mnist", "test", download=False)
    return data.images[:N].copy(), data.labels[:N].copy()


def whole(prepared: Prepared) -> dict[bytes, str]:
    """Every image with the name of its class, of both splits."""
    return {
        image.tobytes(): prepared.class_names[label]
        for split in ("train", "test")
        for image, label in zip(prepared.images[split], prepared.labels[split], strict=True)
    }


def as_folder(root: Path, images: Images, labels: NDArray[np.int64]) -> Path:
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = root / f"{label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{index}.png")
    (root / ".DS_Store").write_bytes(b"x")
    (root / "notes.txt").write_text("not a picture")
    return root


def as_csv(path: Path, images: Images, labels: NDArray[np.int64], *, header: bool, last: bool = False) -> Path:
    rows = []
    if header:
        names = [f"pixel{number}" for number in range(784)]
        rows.append(",".join([*names, "label"] if last else ["label", *names]))
    for image, label in zip(images.reshape(len(images), -1), labels, strict=True):
        cells = [*map(str, image), str(label)] if last else [str(label), *map(str, image)]
        rows.append(",".join(cells))
    content = ("\n".join(rows) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def as_idx(root: Path, images: Images, labels: NDArray[np.int64]) -> Path:
    root.mkdir()
    (root / "some-images-idx3-ubyte.gz").write_bytes(gzip.compress(to_idx(images)))
    (root / "some-labels-idx1-ubyte").write_bytes(to_idx(labels.astype(np.uint8)))
    return root / "some-images-idx3-ubyte.gz"


FORMS: dict[str, Callable[[Path, Images, NDArray[np.int64]], Path]] = {
    "folder": lambda root, x, y: as_folder(root / "set", x, y),
    "csv": lambda root, x, y: as_csv(root / "set.csv", x, y, header=True),
    "csv without names": lambda root, x, y: as_csv(root / "set.csv.gz", x, y, header=False),
    "csv, label last": lambda root, x, y: as_csv(root / "set.csv", x, y, header=True, last=True),
    "idx": lambda root, x, y: as_idx(root / "set", x, y),
}


def saved(name: str, **arrays: Any) -> Callable[[Path, Images, NDArray[np.int64]], Path]:
    def save(root: Path, x: Images, y: NDArray[np.int64]) -> Path:
        made = {key: make(x, y) for key, make in arrays.items()}
        if name.endswith(".npy"):
            np.save(root / name, made["x"])
        else:
            np.savez_compressed(root / name, **made)
        return root / name

    return save


FORMS |= {
    "npz": saved("set.npz", images=lambda x, y: x, labels=lambda x, y: y),
    "npz, floats to 1": saved("set.npz", x=lambda x, y: x / 255.0, y=lambda x, y: y.astype(float)),
    "npz, floats from -1": saved("set.npz", x=lambda x, y: (x / 127.5 - 1).astype("f4"), y=lambda x, y: y[:, None]),
    "npz, floats to 255": saved("set.npz", data=lambda x, y: x.astype("f4"), targets=lambda x, y: np.eye(10)[y]),
    "npz, flat": saved("set.npz", x=lambda x, y: x.reshape(N, 784), y=lambda x, y: y.astype("U")),
    "npz, a channel": saved("set.npz", x=lambda x, y: x[:, None], y=lambda x, y: y.astype("S")),
    "npz, colours": saved("set.npz", x=lambda x, y: np.repeat(x[..., None], 3, axis=3), y=lambda x, y: y),
    "npz, columns first": saved("set.npz", x=lambda x, y: np.asfortranarray(x), y=lambda x, y: y),
    "npz, 16 bits": saved("set.npz", x=lambda x, y: x.astype(np.uint16) * 257, y=lambda x, y: y),
    "npz, dark ink": saved("set.npz", x=lambda x, y: 255 - x, y=lambda x, y: y),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_images_with_the_same_classes(
    form: str, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]
) -> None:
    images, labels = digits
    before = images.copy()
    prepared = prepare(read(FORMS[form](tmp_path, images, labels)))
    assert whole(prepared) == {image.tobytes(): str(label) for image, label in zip(images, labels, strict=True)}
    assert prepared.class_names == tuple("0123456789")
    assert len(prepared.images["test"]) == N // 6
    assert (images == before).all()


def test_labels_left_out_are_one_class(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.save(tmp_path / "set.npy", digits[0])
    prepared = prepare(read(tmp_path / "set.npy"))
    assert prepared.class_names == ("image",)
    assert "There are no labels: all images are of one class." in prepared.remarks


def test_one_class_and_text_labels(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "set.npz", images=digits[0], labels=np.full(N, "zebra"))
    assert "All images are of one class, zebra." in prepare(read(tmp_path / "set.npz")).remarks
    np.savez(tmp_path / "set.npz", images=digits[0], labels=np.where(digits[1] % 2, "odd  one", "even"))
    assert prepare(read(tmp_path / "set.npz")).class_names == ("even", "odd one")


def test_numbers_are_in_their_order(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "set.npz", images=digits[0], labels=digits[1] + 5)
    assert prepare(read(tmp_path / "set.npz")).class_names == tuple(map(str, range(5, 15)))


def test_duplicates_are_taken_once(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    images, labels = digits
    twice = np.concatenate([images, images[:20]])
    again = np.concatenate([labels, (labels[:20] + 1) % 10])
    np.savez(tmp_path / "set.npz", images=twice, labels=again)
    prepared = prepare(read(tmp_path / "set.npz"))
    assert len(prepared.images["train"]) + len(prepared.images["test"]) == N
    assert "20 images are there twice, 20 of them with another label: each is taken once." in prepared.remarks


def test_given_splits_stay(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    images, labels = digits
    np.savez(tmp_path / "mnist.npz", x_train=images[:90], y_train=labels[:90], x_test=images[80:], y_test=labels[80:])
    prepared = prepare(read(tmp_path / "mnist.npz"))
    assert (prepared.images["train"] == images[:90]).all()
    assert (prepared.images["test"] == images[80:]).all()
    assert "10 of the test images are training images too: test figures are too good." in prepared.remarks
    as_folder(tmp_path / "split" / "train", images[:100], labels[:100])
    as_folder(tmp_path / "split" / "test", images[100:], labels[100:])
    prepared = prepare(read(tmp_path / "split"))
    assert [len(prepared.images[split]) for split in ("train", "test")] == [100, 20]


def test_idx_of_both_splits(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    images, labels = digits
    for prefix, part in (("train", slice(0, 100)), ("t10k", slice(100, N))):
        (tmp_path / f"{prefix}-images-idx3-ubyte").write_bytes(to_idx(images[part]))
        (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(to_idx(labels[part].astype(np.uint8)))
    prepared = prepare(read(tmp_path))
    assert (prepared.images["test"] == images[100:]).all()
    assert [prepared.class_names[label] for label in prepared.labels["test"]] == list(map(str, labels[100:]))


def test_pictures_of_any_size_colour_and_transparency(tmp_path: Path) -> None:
    """A black bar on white in a corner of larger pictures: light on dark, centred, and where it was."""
    random = np.random.default_rng(0)
    for index in range(N):
        width, height = int(random.integers(30, 90)), int(random.integers(30, 90))
        rgba = np.full((height, width, 4), 255, np.uint8)
        rgba[..., 3] = 0  # transparent paper
        rgba[: height // 2, : width // 2] = (10, 10, 10 + index, 255)
        Image.fromarray(rgba).save(tmp_path / f"{index}.png")
    prepared = prepare(read(tmp_path))
    assert any("light and dark change places" in remark for remark in prepared.remarks)
    for image in prepared.images["train"]:
        rows, columns = np.flatnonzero(image.max(axis=1) > 128), np.flatnonzero(image.max(axis=0) > 128)
        assert max(rows.max(), columns.max()) <= 14
        assert len(rows) * len(columns) >= 40
    assert prepared.images["train"][:, 20:, 20:].max() < 40  # the ground is dark


def test_a_wide_picture_is_in_the_middle(tmp_path: Path) -> None:
    for index in range(N):
        image = np.zeros((56, 112), np.uint8)
        image[:, 40 : 60 + index % 40] = 200 - index // 2
        Image.fromarray(image).save(tmp_path / f"{index}.png")
    prepared = prepare(read(tmp_path))
    assert prepared.images["train"][:, :7].max() == prepared.images["train"][:, 21:].max() == 0
    assert prepared.images["train"][:, 7:21].max() > 100


def test_one_unreadable_picture_hides_no_other(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    root = as_folder(tmp_path / "set", *digits)
    (root / "0" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    (root / "0" / "cut.png").write_bytes((next((root / "1").glob("*.png"))).read_bytes()[:60])
    prepared = prepare(read(root))
    assert len(whole(prepared)) == N
    remark = next(remark for remark in prepared.remarks if remark.startswith("Left out"))
    assert "broken.png" in remark
    assert "cut.png" in remark


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_many_images(tmp_path: Path, count: int) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 120, (count, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "many.npz", images=images, labels=random.integers(0, 10, count))
    prepared = prepare(read(tmp_path / "many.npz"))
    test = min(count // 6, 10_000)
    assert [len(prepared.images[split]) for split in ("train", "test")] == [count - test, test]


def bomb() -> bytes:
    """An .npz whose member announces 100 GB."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (120_000_000, 28, 28)}
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("images.npy", header.getvalue() + bytes(1000))
    return packed.getvalue()


def npz(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


def pickled() -> bytes:
    packed = io.BytesIO()
    np.savez(packed, images=np.array([{"a": 1}] * 3, object))
    return packed.getvalue()


def ramp(count: int = N) -> Images:
    return np.arange(count * 784, dtype=np.int64).reshape(count, 28, 28).astype(np.uint8)


BAD: list[tuple[str, bytes | None, str]] = [
    ("missing.npz", None, "there is no file or folder missing.npz"),
    ("set.txt", b"hello", "neither a folder of pictures nor"),
    ("photo.png", b"", "is one picture: name the folder"),
    ("set.npz", b"PK\x03\x04nothing", "cannot be read"),
    ("set.npz", npz(images=np.zeros((0, 28, 28), np.uint8)), "there are no images in set.npz"),
    ("set.npz", npz(images=ramp(1)), "there is only one image in set.npz"),
    ("set.npz", npz(images=ramp(50)), "there are only 50 images in set.npz, and a set needs 100"),
    ("set.npz", npz(images=np.zeros((N, 28, 28), np.uint8)), "all images in set.npz are the same"),
    ("set.npz", npz(images=np.repeat(ramp(2), 60, axis=0)), "only 2 different images"),
    ("set.npz", npz(images=ramp() * np.nan), "not finite"),
    ("set.npz", npz(images=(ramp() / 255.0 - 0.1307) / 0.3081), "undo their normalisation"),
    ("set.npz", npz(images=ramp().astype(int) - 1000), "whole numbers from -1000"),
    ("set.npz", npz(images=ramp().astype(complex)), "images must be numbers"),
    ("set.npz", npz(images=np.zeros((N, 5, 5, 5, 5))), "images must be [N, height, width]"),
    ("set.npz", npz(images=np.zeros((N, 785))), "images must be [N, height, width]"),
    ("set.npz", npz(images=np.float32(3)), "images must be [N, height, width]"),
    ("set.npz", npz(a=np.zeros(3), b=np.zeros(3)), "no array of the name images or x"),
    ("set.npz", npz(images=ramp(), labels=np.zeros(7)), "120 images and 7 labels"),
    ("set.npz", npz(images=ramp(), labels=np.zeros((N, 2))), "labels must be one an image"),
    ("set.npz", npz(images=ramp(), labels=np.full(N, np.inf)), "not finite"),
    ("set.npz", npz(images=ramp(300), labels=np.arange(300)), "300 different labels"),
    ("set.npz", pickled(), "never unpickled"),
    ("set.npz", bomb(), "120,000,000 items"),
    ("set.npy", b"\x93NUMPY" + bytes(50), "no array file"),
    ("set.csv", b"", "columns"),
    ("set.csv", b"label,a,b\n1,2,3\n", "3 columns"),
    ("set.csv", b"1," + b"0," * 783 + b"0\n" + b"1," + b"0,q," * 392 + b"\n", "a row that is not of"),
    ("set.csv", b"1" * 2_000_000, "a line of more than"),
    ("x-images-idx3-ubyte", b"\x00\x00\x08\x03" + bytes(3), "does not start like an IDX file"),
    ("x-images-idx3-ubyte", b"\x00\x00\x08\x03\xff\xff\xff\xff\x00\x00\x00\x1c\x00\x00\x00\x1c", "items where 250,000"),
    ("x-labels-idx1-ubyte", b"", "name the file of the images"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD, ids=[f"{n}-{s[:25]}" for n, _, s in BAD])
def test_what_is_no_set_is_refused_in_a_sentence(
    name: str, content: bytes | None, sentence: str, tmp_path: Path, sets: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as refusal:
        library.store(prepare(read(tmp_path / name)))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not sets.exists()


def test_folders_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with pytest.raises(DataError, match="there are no pictures in set"):
        read(tmp_path / "set")
    (tmp_path / "set" / "a.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"none of the 1 pictures in set can be read: a\.png \(no picture\)"):
        read(tmp_path / "set")


@pytest.mark.parametrize(
    ("given", "expected", "word"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255], "0 to 1"),
        ([-1.0, 0.0, 1.0], [0, 128, 255], "-1 to 1"),
        ([0.0, 100.0, 255.0], [0, 100, 255], "0 to 255"),
        ([-0.005, 0.5, 1.005], [0, 128, 255], "0 to 1"),  # a resize overshoots
        ([True, False, True], [255, 0, 255], "true"),
        ([0, 1, 1], [0, 255, 255], "0 and 1"),
        ([0, 7, 255], [0, 7, 255], ""),
        ([0, 257, 65535], [0, 1, 255], "16 bits"),
    ],
)
def test_ranges_are_told_apart(given: list[Any], expected: list[int], word: str) -> None:
    found, remark = values.to_bytes(np.array(given))
    assert found.tolist() == expected
    assert word in remark


def test_a_set_is_known_by_its_content(sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    images, labels = digits
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    np.savez_compressed(tmp_path / "b.npz", images=images / 255, labels=labels)
    name = library.store(prepare(read(tmp_path / "a.npz")))
    assert library.store(prepare(read(tmp_path / "b.npz"))) == name
    assert [path.name for path in sets.iterdir()] == [name]
    np.savez(tmp_path / "c.npz", images=images, labels=(labels + 1) % 10)
    assert library.store(prepare(read(tmp_path / "c.npz"))) != name
    data = load_dataset(name, "test")
    assert data.name == name
    assert data.source == "a.npz: 20 test images"
    assert title(name) == "a.npz"


def test_a_changed_set_is_refused(sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "a.npz", images=digits[0], labels=digits[1])
    name = library.store(prepare(read(tmp_path / "a.npz")))
    about = sets / name / "set.json"
    about.write_text(about.read_text().replace('"0"', '"O"'))
    with pytest.raises(DataError, match="was changed since it was stored"):
        load_dataset(name, "test")
    (sets / name / "train-images.gz").write_bytes(b"x")
    with pytest.raises(DataError, match=r"is damaged: .*; delete it and give its images again"):
        load_dataset(name, "train")
    with pytest.raises(DataError, match="are not on this machine"):
        load_dataset("own-0123456789abcdef", "train")
    assert title("own-0123456789abcdef") == "own-0123456789abcdef"


def test_the_preview_shows_a_row_a_class(tmp_path: Path, digits: tuple[Images, NDArray[np.int64]]) -> None:
    np.savez(tmp_path / "a.npz", images=digits[0], labels=digits[1])
    prepared = prepare(read(tmp_path / "a.npz"))
    shown = np.asarray(sheet(prepared, 10, 5))
    assert shown.shape == (280, 140)
    third = prepared.images["train"][prepared.labels["train"] == 3][0]
    assert (shown[84:112, :28] == third).all()


def test_trained_listed_and_opened_like_the_others(
    sets: Path, tmp_path: Path, digits: tuple[Images, NDArray[np.int64]], capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "mine.npz", images=255 - digits[0], labels=digits[1])
    assert main(["images", str(tmp_path / "mine.npz"), "--json", "--preview", str(tmp_path / "seen.png")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["images"] == {"train": 100, "test": 20}
    with Image.open(tmp_path / "seen.png") as seen:
        assert seen.size == (560, 280)
    options = ["--model", "ae", "--hidden", "8", "--epochs", "1", "--batch-size", "32", "--name", "mine"]
    assert main(["train", "--dataset", str(tmp_path / "mine.npz"), *options]) == 0
    printed = capsys.readouterr()
    assert "light and dark change places" in printed.err
    run = load_run("mine")
    assert run.config.data.dataset == document["name"]
    assert "mine" in [card.name for card in list_runs()[0]]
    space = open_run(run, load_dataset(run.config.data.dataset, "test"))
    assert space.dataset is None
    assert space.image_set == document["name"]
    assert space.data.class_names == tuple("0123456789")
    assert main(["export", "mine", "--html", str(tmp_path / "mine.html")]) == 0
    assert "Images: mine.npz." in (tmp_path / "mine.html").read_text()


def test_a_path_that_is_nothing_is_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--dataset", "nothing/here.npz"]) == 2
    assert capsys.readouterr().err == "vaeexplorer: there is no file or folder here.npz\n"
    assert main(["train", "--dataset", "cifar"]) == 2
    assert "kmnist" in capsys.readouterr().err


def test_emnist_is_turned_upright_and_its_letters_begin_at_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: tuple[Images, NDArray[np.int64]]
) -> None:
    """EMNIST's files hold each image transposed, and in the split of letters A is 1 (Cohen et al. 2017)."""
    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    images = digits[0][:26]
    (raw / "emnist-letters-test-images-idx3-ubyte.gz").write_bytes(
        gzip.compress(to_idx(np.ascontiguousarray(images.swapaxes(1, 2))))
    )
    (raw / "emnist-letters-test-labels-idx1-ubyte").write_bytes(to_idx(np.arange(1, 27, dtype=np.uint8)))
    monkeypatch.setenv("VAEEXPLORER_DATA", str(tmp_path))
    data = load_dataset("emnist-letters", "test")
    assert (data.images == images).all()
    assert [data.class_names[label] for label in data.labels[:2]] == ["A", "B"]
    with pytest.raises(DataError, match="lacks KMNIST/raw/t10k-images-idx3-ubyte"):
        load_dataset("kmnist", "test")
