"""MNIST and Fashion-MNIST by name, from a folder, the user cache, the network or the shipped sample."""

import gzip
import hashlib
import math
import os
import shutil
import socket
import sys
import warnings
import zlib
from contextlib import redirect_stdout
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from vaeexplorer.config import IMAGE_SIZE, Dataset
from vaeexplorer.files import SHIPPED, whole_file

Split = Literal["train", "test"]

SAMPLE_ROOT = SHIPPED / "data"
SAMPLE_SIZE = 10_000
FULL_SIZE: dict[Split, int] = {"train": 60_000, "test": 10_000}
CLASS_NAMES: dict[Dataset, tuple[str, ...]] = {
    "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion-mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
}
_FOLDERS: dict[Dataset, str] = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}  # and torchvision's classes
_PREFIXES: dict[Split, str] = {"train": "train", "test": "t10k"}
_NETWORK_TIMEOUT = 10.0  # seconds without an answer
_LOCK_TIMEOUT = 600.0  # seconds another process may take to download


class DataError(ValueError):
    """Images that cannot be had; the message is one sentence that says what is wrong and what to do."""


class DataWarning(UserWarning):
    """The shipped sample stands in for the full set; the message says why, and how to get the full set."""


@dataclass(frozen=True, eq=False)
class ImageDataset:
    """Labelled grey images, read-only.

    Raises:
        DataError: arrays of another type or shape, or labels that no class name belongs to.
    """

    name: str
    split: Split
    images: NDArray[np.uint8]  # [N, 28, 28]
    labels: NDArray[np.int64]  # [N]
    class_names: tuple[str, ...]
    source: str
    """where the images come from, for people: `shipped sample: first 10,000 of 60,000 training images`"""
    is_sample: bool = False
    """whether images are missing, so that numbers can be labelled as those of a sample"""

    def __post_init__(self) -> None:
        images, labels = np.asarray(self.images), np.asarray(self.labels)
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise DataError(f"images must be uint8 [N, 28, 28], not {images.dtype} {list(images.shape)}")
        if labels.dtype.kind not in "iu" or labels.shape != images.shape[:1]:
            raise DataError(f"labels must be whole numbers [{len(images)}], not {labels.dtype} {list(labels.shape)}")
        if not len(images):
            raise DataError("there are no images")
        wrong = labels[(labels < 0) | (labels >= len(self.class_names))]
        if len(wrong):
            raise DataError(f"labels must be 0 to {len(self.class_names) - 1}, not {wrong[0]}")
        for field, array in (("images", images.view()), ("labels", labels.astype(np.int64))):
            array.flags.writeable = False
            object.__setattr__(self, field, array)

    def __len__(self) -> int:
        return len(self.images)


def load_dataset(name: Dataset, split: Split = "test", *, download: bool = True) -> ImageDataset:
    """The images of a set: `images` uint8 [N, 28, 28], `labels` int64 [N].

    They are looked for in the folder that VAEEXPLORER_DATA names, or else in the user cache, by download into it, and
    in the shipped sample. With `download=False` the network is left alone and the sample is used without a word.

    Raises:
        DataError: an unknown name or split, a VAEEXPLORER_DATA without the set, a file that is not what it should be.

    Warns:
        DataWarning: the download failed and the shipped sample is used.
    """
    if name not in get_args(Dataset):
        raise DataError(f"there is no dataset {name!r}: choose one of {', '.join(get_args(Dataset))}")
    if split not in get_args(Split):
        raise DataError(f"there is no split {split!r}: choose one of {', '.join(get_args(Split))}")

    if chosen := os.environ.get("VAEEXPLORER_DATA"):
        return _load_chosen(Path(os.path.expanduser(chosen)), name, split)
    cache = _Place("user cache", Path(user_cache_dir("vaeexplorer", appauthor=False)), "delete it to download it again")
    if cached := cache.read(name, split):
        return cached
    failure = None
    if download:
        try:
            return _download(cache, name, split)
        except _DownloadError as error:
            failure = error
    sample = _SAMPLE.read(name, split)
    if sample is None:
        otherwise = f"set VAEEXPLORER_DATA to a folder that holds {_FOLDERS[name]}/raw"
        raise DataError(f"there is no sample of {name} in {_SAMPLE.root}: {failure or otherwise}")
    if failure:
        warnings.warn(f"{failure}; until then the shipped sample of {name} is used", DataWarning, stacklevel=2)
    return sample


def write_sample(root: Path = SAMPLE_ROOT) -> None:
    """Write the shipped sample from the full sets, with its SHA256SUMS (for `sha256sum -c`).

    Raises:
        DataError: a full set cannot be had.
    """
    sums = ""
    for name in get_args(Dataset):
        for split in get_args(Split):
            data = load_dataset(name, split)
            if len(data) != FULL_SIZE[split]:
                raise DataError(
                    f"the sample is cut from all {FULL_SIZE[split]:,} {split} images of {name}, but only "
                    f"{len(data):,} were found: set VAEEXPLORER_DATA to a folder that holds {_FOLDERS[name]}/raw"
                )
            for file, array in zip(_file_names(split), (data.images, data.labels.astype(np.uint8)), strict=True):
                path = f"{_FOLDERS[name]}/raw/{file}.gz"
                # no time stamp: the same images give the same bytes
                packed = gzip.compress(_to_idx(array[:SAMPLE_SIZE]), mtime=0)
                _write_whole(root / path, packed)
                sums += f"{hashlib.sha256(packed).hexdigest()}  {path}\n"
    _write_whole(root / "SHA256SUMS", sums.encode())


@dataclass(frozen=True)
class _Place:
    """A folder in torchvision's layout: `<root>/MNIST/raw/train-images-idx3-ubyte`, or the same with `.gz`."""

    title: str
    root: Path
    remedy: str
    """what to do about a bad file here"""

    def read(self, name: Dataset, split: Split) -> ImageDataset | None:
        """The set, or None where a file of it is missing."""
        folder = self.root / _FOLDERS[name] / "raw"
        paths = [_plain_or_gz(folder / file) for file in _file_names(split)]
        if None in paths:
            return None
        images_path, labels_path = (path for path in paths if path is not None)
        try:
            images = _read_idx(images_path, (IMAGE_SIZE, IMAGE_SIZE))  # [N, 28, 28]
            labels = _read_idx(labels_path, ())  # [N]
            if len(images) != len(labels):
                raise DataError(
                    f"{images_path.name} has {len(images):,} images but {labels_path.name} has {len(labels):,} labels"
                )
            return ImageDataset(
                name=name,
                split=split,
                images=images,
                labels=labels.astype(np.int64),
                class_names=CLASS_NAMES[name],
                source=f"{self.title}: {_count(len(images), split, cut=self is _SAMPLE)}",
                is_sample=self is _SAMPLE and len(images) < FULL_SIZE[split],
            )
        except DataError as error:
            raise DataError(f"{name} in {folder} is damaged: {error}; {self.remedy}") from error


_SAMPLE = _Place("shipped sample", SAMPLE_ROOT, "check the repository out again")


class _DownloadError(Exception):
    """Why there was no download, and how to get one."""


def _load_chosen(root: Path, name: Dataset, split: Split) -> ImageDataset:
    """From VAEEXPLORER_DATA and nowhere else: who names a folder does not want other images in silence."""
    if not os.path.isdir(root):
        raise DataError(f"VAEEXPLORER_DATA is {root}, which is not a folder: correct it or unset it")
    if data := _Place("VAEEXPLORER_DATA", root, "replace it by an intact copy").read(name, split):
        return data
    needed = " and ".join(f"{_FOLDERS[name]}/raw/{file}" for file in _file_names(split))
    raise DataError(f"VAEEXPLORER_DATA is {root}, which lacks {needed} (or .gz): put them there or unset it")


def _download(cache: _Place, name: Dataset, split: Split) -> ImageDataset:
    """Fetch both splits into the cache by way of a folder beside them, so that no reader ever sees half a file."""
    datasets = _import_torchvision_datasets()
    partial = _Place("download", cache.root / "partial", "load it again")
    try:
        cache.root.mkdir(parents=True, exist_ok=True)
        with FileLock(cache.root / "download.lock", timeout=_LOCK_TIMEOUT):
            if cached := cache.read(name, split):  # by the process we waited for
                return cached
            timeout = socket.getdefaulttimeout()
            try:
                shutil.rmtree(partial.root, ignore_errors=True)  # of a process that was killed
                socket.setdefaulttimeout(_NETWORK_TIMEOUT)  # torchvision would wait for minutes
                with redirect_stdout(sys.stderr):
                    getattr(datasets, _FOLDERS[name])(root=str(partial.root), download=True)
                for each in get_args(Split):
                    if partial.read(name, each) is None:
                        raise DataError(f"the {each} images did not arrive")
                folder = cache.root / _FOLDERS[name] / "raw"
                folder.mkdir(parents=True, exist_ok=True)
                for file in (*_file_names("train"), *_file_names("test")):
                    os.replace(partial.root / _FOLDERS[name] / "raw" / file, folder / file)
            finally:
                socket.setdefaulttimeout(timeout)
                shutil.rmtree(partial.root, ignore_errors=True)
        data = cache.read(name, split)
        if data is None:
            raise DataError("it vanished from the cache")
    # What torchvision lets through: no network, no space, a bad checksum, an archive cut short
    except (OSError, RuntimeError, HTTPException, EOFError, ValueError, zlib.error) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise _DownloadError(
            f"{name} could not be downloaded ({reason}): connect to the network and load it again, "
            f"or set VAEEXPLORER_DATA to a folder that holds {_FOLDERS[name]}/raw"
        ) from error
    return data


def _import_torchvision_datasets() -> Any:
    try:
        from torchvision import datasets
    except ModuleNotFoundError as error:
        raise _DownloadError(f"torchvision, which downloads images, is incomplete ({error}): install it") from error
    except Exception as error:  # a mismatch shows as RuntimeError, AttributeError, OSError, ...
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise _DownloadError(
            f"torchvision, which downloads images, cannot be imported ({reason}): torch and torchvision come from "
            "different builds, so reinstall the two together (pip install --force-reinstall torch torchvision)"
        ) from error
    return datasets


def _file_names(split: Split) -> tuple[str, str]:
    return f"{_PREFIXES[split]}-images-idx3-ubyte", f"{_PREFIXES[split]}-labels-idx1-ubyte"


def _plain_or_gz(path: Path) -> Path | None:
    both = (path, path.with_name(f"{path.name}.gz"))
    # Path.is_file raises where a folder may not be entered
    return next((found for found in both if os.path.isfile(found)), None)


def _count(images: int, split: Split, *, cut: bool) -> str:
    kind = {"train": "training", "test": "test"}[split]
    part = "" if not cut else "all " if images == FULL_SIZE[split] else f"first {images:,} of "
    return f"{part}{FULL_SIZE[split] if cut else images:,} {kind} images"


def _read_idx(path: Path, item: tuple[int, ...]) -> NDArray[np.uint8]:
    """The bytes of an IDX file as [N, *item]; its layout is two zeros, type 8 (uint8), rank, sizes as big-endian."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} cannot be read ({error})") from error
    rank = 1 + len(item)
    start = 4 + 4 * rank
    if len(content) < start or content[:4] != bytes([0, 0, 8, rank]):
        raise DataError(f"{path.name} does not start like an IDX file of uint8 with {rank} axes")
    shape = tuple(np.frombuffer(content, ">u4", count=rank, offset=4).tolist())
    if shape[1:] != item:
        raise DataError(f"{path.name} holds items of shape {list(shape[1:])} where {list(item)} was expected")
    if len(content) != start + math.prod(shape):
        raise DataError(f"{path.name} is {len(content):,} bytes long where {start + math.prod(shape):,} were announced")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _to_idx(array: NDArray[np.uint8]) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content)
