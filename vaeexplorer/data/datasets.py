"""MNIST and Fashion-MNIST by name, from a folder, the user cache, the network or the shipped sample."""

import functools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
from platformdirs import user_cache_dir

from vaeexplorer.config import Dataset
from vaeexplorer.data.download import DownloadError, fetch
from vaeexplorer.data.folders import FOLDERS, Place, file_names
from vaeexplorer.data.images import DataError, DataWarning, ImageDataset, Split, check_dataset
from vaeexplorer.files import SHIPPED

SAMPLE = Place("shipped sample", SHIPPED / "data", "check the repository out again", is_sample=True)


def load_dataset(name: Dataset, split: Split = "test", *, download: bool = True) -> ImageDataset:
    """The images of a set: `images` uint8 [N, 28, 28], `labels` int64 [N].

    They are looked for in the folder that VAEEXPLORER_DATA names, or else in the user cache, by download into it, and
    in the shipped sample. With `download=False` the network is left alone and the sample is used without a word.

    Raises:
        DataError: an unknown name or split, a VAEEXPLORER_DATA without the set, a file that is not what it should be.

    Warns:
        DataWarning: the download failed and the shipped sample is used.
    """
    check_dataset(name)
    if split not in get_args(Split):
        raise DataError(f"there is no split {split!r}: choose one of {', '.join(get_args(Split))}")

    if chosen := os.environ.get("VAEEXPLORER_DATA"):
        return _load_chosen(Path(os.path.expanduser(chosen)), name, split)
    cache = Place("user cache", Path(user_cache_dir("vaeexplorer", appauthor=False)), "delete it to download it again")
    if cached := cache.read(name, split):
        return cached
    failure = None
    if download:
        try:
            return fetch(cache, name, split)
        except DownloadError as error:
            failure = error
    sample = SAMPLE.read(name, split)
    if sample is None:
        otherwise = f"set VAEEXPLORER_DATA to a folder that holds {FOLDERS[name]}/raw"
        raise DataError(f"there is no sample of {name} in {SAMPLE.root}: {failure or otherwise}")
    if failure:
        warnings.warn(f"{failure}; until then the shipped sample of {name} is used", DataWarning, stacklevel=2)
    return sample


def _load_chosen(root: Path, name: Dataset, split: Split) -> ImageDataset:
    """From VAEEXPLORER_DATA and nowhere else: who names a folder does not want other images in silence."""
    if not os.path.isdir(root):
        raise DataError(f"VAEEXPLORER_DATA is {root}, which is not a folder: correct it or unset it")
    if data := Place("VAEEXPLORER_DATA", root, "replace it by an intact copy").read(name, split):
        return data
    needed = " and ".join(f"{FOLDERS[name]}/raw/{file}" for file in file_names(split))
    raise DataError(f"VAEEXPLORER_DATA is {root}, which lacks {needed} (or .gz): put them there or unset it")


def recognise(images: np.ndarray) -> Dataset | None:
    """The set that images are from, by their pixels; None where they are not all from one.

    Args:
        images: uint8 [N, 28, 28]; compared with the test and training images on this machine.
    """
    given = set(_fingerprints(images))
    return next((name for name in get_args(Dataset) if len(given) and given <= _known(name)), None)


@functools.cache
def _known(name: Dataset) -> frozenset[int]:
    both = (load_dataset(name, split, download=False).images for split in get_args(Split))
    return frozenset(fingerprint for images in both for fingerprint in _fingerprints(images))


def _fingerprints(images: np.ndarray) -> Iterator[int]:
    """A hash of each image, good within this process."""
    return (hash(image.tobytes()) for image in images)
