"""MNIST and Fashion-MNIST by name, from a folder, the user cache, the network or the shipped sample."""

import functools
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
from platformdirs import user_cache_dir

from vaeexplorer.config import DATASETS, IMAGE_SIZE, OWN_SET, Dataset
from vaeexplorer.data.download import DownloadError, fetch
from vaeexplorer.data.folders import FOLDERS, UNPUBLISHED, Place, file_names, misplaced
from vaeexplorer.data.images import DataError, DataWarning, ImageDataset, Split
from vaeexplorer.data.own import library
from vaeexplorer.data.published import TITLES, is_published
from vaeexplorer.files import SHIPPED, user_path

SAMPLE = Place("shipped sample", SHIPPED / "data", "check the repository out again", is_sample=True)


def load_dataset(name: str, split: Split = "test", *, download: bool = True) -> ImageDataset:
    """The images of a set: `images` uint8 [N, 28, 28], `labels` int64 [N].

    They are looked for in the folder that VAEEXPLORER_DATA names, or else in the user cache, by download into it, and
    in the shipped sample. With `download=False` the network is left alone and the sample is used without a word. Images
    of one's own are those that were stored under the name.

    Raises:
        DataError: an unknown name or split, a VAEEXPLORER_DATA without the set, a file that is not what it should be.

    Examples:
        >>> data = load_dataset("mnist", "test", download=False)
        >>> data.shape, data.class_names[:3]
        ((28, 28), ('0', '1', '2'))

    Warns:
        DataWarning: the download failed and the shipped sample is used; or a folder of the set's name holds other
            images, or the images with other labels, as their hashes say. `source` says so too.
    """
    if re.fullmatch(OWN_SET, name):
        return library.load(name, split)
    if name not in DATASETS:
        raise DataError(
            f"there is no dataset {name!r}: choose one of {', '.join(DATASETS)}, or a set of your own images"
        )
    if split not in get_args(Split):
        raise DataError(f"there is no split {split!r}: choose one of {', '.join(get_args(Split))}")

    if chosen := os.environ.get("VAEEXPLORER_DATA"):
        return _noticed(_load_chosen(user_path(chosen), name, split))
    cache = Place("user cache", Path(user_cache_dir("vaeexplorer", appauthor=False)), "delete it to download it again")
    if cached := cache.read(name, split):
        return _noticed(cached)
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


def _load_chosen(root: Path, name: str, split: Split) -> ImageDataset:
    """From VAEEXPLORER_DATA and nowhere else: who names a folder does not want other images in silence."""
    if not os.path.isdir(root):
        raise DataError(f"VAEEXPLORER_DATA is {root}, which is not a folder: correct it or unset it")
    if data := Place("VAEEXPLORER_DATA", root, "replace it by an intact copy").read(name, split):
        return data
    needed = " and ".join(f"{FOLDERS[name]}/raw/{file}" for file in file_names(split, name))
    remedy = misplaced(root, name, split) or "put them there or unset it"
    raise DataError(f"VAEEXPLORER_DATA is {root}, which lacks {needed} (or .gz): {remedy}")


def _noticed(data: ImageDataset) -> ImageDataset:
    """The images, with a warning where they are others than their folder's name says."""
    if UNPUBLISHED in data.source:
        warnings.warn(
            f"images or labels of {data.name} are not the published ones ({data.source})", DataWarning, stacklevel=3
        )
    return data


def title(name: str) -> str:
    """What people call a set: of one's own images, what the file or folder was called that they came from."""
    if not re.fullmatch(OWN_SET, name):
        return TITLES.get(name, name.upper())
    try:
        return library.read_about(name).title
    except DataError:
        return name


def recognise(images: np.ndarray) -> Dataset | None:
    """The set that images are from, by their pixels; None where they are not all from one.

    Args:
        images: uint8 [N, ...]; compared with the test and training images on this machine.
    """
    if images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        return None
    given = set(_fingerprints(images))
    return next((name for name in get_args(Dataset) if len(given) and given <= _known(name)), None)


@functools.cache
def _known(name: Dataset) -> frozenset[int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        here = (load_dataset(name, split, download=False) for split in get_args(Split))
        both = [data if is_published(data) else SAMPLE.read(name, data.split) for data in here]
    return frozenset(fingerprint for data in both if data for fingerprint in _fingerprints(data.images))


def _fingerprints(images: np.ndarray) -> Iterator[int]:
    """A hash of each image, good within this process."""
    return (hash(image.tobytes()) for image in images)
