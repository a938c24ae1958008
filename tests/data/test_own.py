"""Images of one's own: every form in which people have them gives the same set; what is odd is said in a sentence."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.own.prepare import Prepared, prepare
from vaeexplorer.data.own.reading import read

N = 120
Images = NDArray[np.uint8]


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


@pytest.mark.parametrize("count", [6000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_many_images(tmp_path: Path, count: int) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 120, (count, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "many.npz", images=images, labels=random.integers(0, 10, count))
    prepared = prepare(read(tmp_path / "many.npz"))
    test = min(count // 6, 10_000)
    assert [len(prepared.images[split]) for split in ("train", "test")] == [count - test, test]
