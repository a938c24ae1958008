"""What is no set of images is refused in a sentence."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import library, values
from vaeexplorer.data.own.prepare import prepare
from vaeexplorer.data.own.reading import read

N = 120
Images = NDArray[np.uint8]


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
