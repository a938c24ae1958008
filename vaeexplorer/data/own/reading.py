"""From a path to images and labels: a folder of pictures, .npz, .npy, .csv, IDX files, or a zip of one of these."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from vaeexplorer.data.idx import read_idx
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own.archive import unpacked
from vaeexplorer.data.own.pictures import PICTURES, read_folder
from vaeexplorer.data.own.prepare import MOST, Gathered, Part
from vaeexplorer.data.own.values import shape_of, to_grey
from vaeexplorer.files import open_regular, user_path, why

MOST_BYTES = 4_000_000_000
"""of an array in memory"""
_LONGEST_LINE = 1_000_000  # characters
_IMAGES = ("images", "image", "x", "data", "arr_0", "imgs")
_LABELS = ("labels", "label", "y", "targets", "target", "classes", "arr_1")
_LABEL_COLUMNS = ("label", "class", "target", "y", "labels", "classes")


def read(path: Path) -> Gathered:
    """Images and labels of a file or folder.

    Raises:
        DataError: there is nothing, nothing that can be read, or more than a set may have.
    """
    path = user_path(path)
    name = path.name.lower()
    try:
        if path.is_dir():
            return _read_idx_folder(path) or read_folder(path)
        if not path.exists():
            raise DataError(f"there is no file or folder {path.name}")
        if name.endswith(".zip"):
            with unpacked(path) as inner:
                return replace(read(inner), title=path.name)
        if name.endswith(".npz"):
            return _read_npz(path)
        if name.endswith(".npy"):
            with open_regular(path) as file:
                return _gathered(path, _array(file, path.name), None)
        if name.endswith((".csv", ".csv.gz")):
            return _read_csv(path)
        if "idx" in name or name.endswith("ubyte") or name.endswith("ubyte.gz"):
            return _read_idx_file(path)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {why(error)}") from None
    if path.suffix.lower() in PICTURES:
        raise DataError(f"{path.name} is one picture: name the folder that it is in")
    raise DataError(f"{path.name} is neither a folder of pictures nor .npz, .npy, .csv, .zip or an IDX file")


def _gathered(path: Path, array: np.ndarray, labels: np.ndarray | None) -> Gathered:
    images, remarks = to_grey(array)
    return Gathered(path.name, all=Part(images, _texts(labels)), remarks=remarks)


def _texts(labels: np.ndarray | None) -> list[str] | None:
    """Labels as texts; whole floats without their point, one-hot rows as the number of their one."""
    if labels is None:
        return None
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "biuf":
        if not ((labels == 0) | (labels == 1)).all() or not (labels.sum(axis=1) == 1).all():
            raise DataError(f"labels must be one an image, not {list(labels.shape)}")
        labels = labels.argmax(axis=1)
    labels = labels.reshape(len(labels), -1) if labels.ndim > 1 else labels
    if labels.ndim == 0 or (labels.ndim == 2 and labels.shape[1] != 1):
        raise DataError(f"labels must be one an image, not {list(labels.shape)}")
    flat = labels.reshape(-1)
    if flat.dtype.kind == "f":
        if not np.isfinite(flat).all():
            raise DataError("labels have values that are not finite")
        if (flat == np.rint(flat)).all():
            flat = flat.astype(np.int64)
    if flat.dtype.kind == "S":
        flat = np.char.decode(flat, "utf-8", "replace")
    return [str(label) for label in flat.tolist()]


# Arrays ---------------------------------------------------------------------------------------------------------------


def _read_npz(path: Path) -> Gathered:
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            members = {info.filename.removesuffix(".npy").lower(): info.filename for info in archive.infolist()}
            for train, test in (("x_train", "x_test"), ("train_images", "test_images"), ("train", "test")):
                if train in members and test in members:
                    return _read_both(archive, path, members, train, test)
            images = next((name for name in _IMAGES if name in members), None)
            if images is None and len(members) == 1:
                images = next(iter(members))
            if images is None:
                raise DataError(
                    f"{path.name} holds {', '.join(sorted(members))[:200]}, and no array of the name images or x"
                )
            labels = next((name for name in _LABELS if name in members and name != images), None)
            return _gathered(
                path, _member(archive, members[images]), _member(archive, members[labels]) if labels else None
            )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from None


def _read_both(archive: zipfile.ZipFile, path: Path, members: dict[str, str], train: str, test: str) -> Gathered:
    parts, remarks = [], []
    for name in (train, test):
        images, remark = to_grey(_member(archive, members[name]))
        of = name.replace("x_", "y_").replace("images", "labels")
        labels = _member(archive, members[of]) if of in members and of != name else None
        parts.append(Part(images, _texts(labels)))
        remarks += [each for each in remark if each not in remarks]
    return Gathered(path.name, train=parts[0], test=parts[1], remarks=remarks)


def _member(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(name) as file:
        return _array(file, name)


def _array(file: IO[bytes], name: str) -> np.ndarray:
    """An array of the npy format. Its header comes first, and no more is read than that allows."""
    try:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, dtype = header(file)
    except Exception:  # a stranger's header raises a dozen kinds of errors
        raise DataError(f"{name} is no array file") from None
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never unpickled: save it as an array of numbers")
    items = shape_of(shape) if len(shape) > 1 else None
    count = shape[0] if shape else 0
    size = int(np.prod([int(side) for side in shape], dtype=object)) * dtype.itemsize if shape else dtype.itemsize
    if size > MOST_BYTES or (items and count > MOST):
        raise DataError(f"{name} has {count:,} items and {size / 1e9:.1f} GB, where {MOST:,} and 4 GB are the most")
    content = file.read(size)
    if len(content) < size:
        raise DataError(f"{name} is cut short")
    array: np.ndarray = np.frombuffer(content, dtype)
    return array.reshape(shape[::-1]).T if is_fortran else array.reshape(shape)


# Tables ---------------------------------------------------------------------------------------------------------------


def _read_csv(path: Path) -> Gathered:
    """Pixels of an image a row, and a label before or after them, with or without names of the columns."""
    with _lines(path) as lines:
        first = next(lines, "")
        names = [cell.strip().strip('"').lower() for cell in first.rstrip("\n").split(",")]
        label, has_names = _label_column(names, path.name)
        pixels = [column for column in range(len(names)) if column != label]
        rows = _Rows(lines if has_names else _chained(first, lines), label)
        try:
            array = np.loadtxt(rows, np.float32, delimiter=",", comments=None, ndmin=2, max_rows=MOST + 1)
        except ValueError as error:
            raise DataError(f"{path.name} has a row that is not of {len(pixels)} numbers: {str(error)[:150]}") from None
    if not len(array):
        raise DataError(f"there are no images in {path.name}")
    if len(array) > MOST:
        raise DataError(f"there are more than {MOST:,} images in {path.name}")
    images, remarks = to_grey(_bytes_where_whole(array))
    if label is not None:
        where = "first" if label == 0 else "last" if label == len(names) - 1 else f"{label + 1}th"
        remarks.append(f"The {where} column is taken for the label.")
    return Gathered(path.name, all=Part(images, rows.labels if label is not None else None), remarks=remarks)


def _bytes_where_whole(array: np.ndarray) -> np.ndarray:
    """Whole numbers of a table as whole numbers, so that 0 and 1 are told from 0 to 255 alike."""
    whole = array.size and np.isfinite(array).all() and (array == np.rint(array)).all()
    return array.astype(np.int32) if whole and np.abs(array).max() < 2**31 else array


def _label_column(names: list[str], file: str) -> tuple[int | None, bool]:
    """Which column is the label, and whether the first line names the columns."""
    has_names = sum(not _is_number(name) for name in names) > 1
    named = next((names.index(name) for name in _LABEL_COLUMNS if name in names), None) if has_names else None
    count = len(names)
    if named is not None:
        count -= 1
    elif shape_of((1, count)) is None and shape_of((1, count - 1)) is not None:
        count -= 1
        named = 0 if has_names or _is_number(names[-1]) else len(names) - 1
    if shape_of((1, count)) is None:
        raise DataError(f"{file} has {len(names):,} columns: a label and the pixels of a square image were expected")
    return named, has_names


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class _Rows:
    """Rows of pixels; the label of each is put aside."""

    def __init__(self, lines: Iterable[str], label: int | None) -> None:
        self.labels: list[str] = []
        self._lines, self._label = lines, label

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if not line.strip():
                continue
            if self._label is None:
                yield line
                continue
            cells = line.rstrip("\r\n").split(",")
            if len(cells) <= self._label:
                raise ValueError(f"row {len(self.labels) + 1} has {len(cells)} columns")
            text = cells.pop(self._label).strip().strip('"')
            self.labels.append(str(int(float(text))) if _is_whole(text) else text)
            yield ",".join(cells)


def _is_whole(text: str) -> bool:
    return _is_number(text) and np.isfinite(float(text)) and float(text) == int(float(text))


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a text, plain or `.gz`; none is read that is longer than a row can be."""
    with open_regular(path) as packed:
        file: Any = gzip.GzipFile(fileobj=packed) if path.suffix.lower() == ".gz" else packed

        def lines() -> Iterator[str]:
            try:
                while line := file.readline(_LONGEST_LINE + 1):
                    if len(line) > _LONGEST_LINE:
                        raise DataError(f"{path.name} has a line of more than {_LONGEST_LINE:,} characters")
                    yield line.decode("utf-8-sig", "replace")
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise DataError(f"{path.name} cannot be read: {error}") from None

        yield lines()


# IDX ------------------------------------------------------------------------------------------------------------------


def _read_idx_folder(path: Path) -> Gathered | None:
    """A folder with the four files of a set as MNIST has them; None where it has none of them."""
    found = {
        split: next((file for file in _idx_files(path, "images") if file.name.startswith(prefixes)), None)
        for split, prefixes in (("train", ("train",)), ("test", ("t10k", "test")))
    }
    if not any(found.values()):
        return None
    parts = {split: _idx_part(file) for split, file in found.items() if file}
    if len(parts) == 2:
        return Gathered(path.name, train=parts["train"], test=parts["test"])
    return Gathered(path.name, all=next(iter(parts.values())))


def _read_idx_file(path: Path) -> Gathered:
    if "labels" in path.name.lower():
        raise DataError(f"{path.name} has labels: name the file of the images, or the folder of both")
    return Gathered(path.name, all=_idx_part(path))


def _idx_part(path: Path) -> Part:
    """The images of an IDX file, and the labels of the file beside it."""
    images = read_idx(path, (None, None), most=MOST)
    name = path.name.removesuffix(".gz")
    twin = name.replace("images", "labels").replace("idx3", "idx1")
    labels = next((path.with_name(each) for each in (twin, f"{twin}.gz") if (path.with_name(each)).is_file()), None)
    if twin == name or labels is None:
        return Part(images, None)
    return Part(images, _texts(read_idx(labels, (), most=MOST)))


def _idx_files(folder: Path, what: str) -> list[Path]:
    pattern = re.compile(rf".*{what}.*idx3.*(ubyte)?(\.gz)?")
    return sorted(file for file in folder.iterdir() if pattern.fullmatch(file.name.lower()) and file.is_file())
