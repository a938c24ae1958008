"""A set of images in a folder of torchvision's layout."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.data.idx import read_idx
from vaeexplorer.data.images import CLASS_NAMES, FULL_SIZE, DataError, ImageDataset, Split
from vaeexplorer.data.published import TITLES, is_published

FOLDERS: dict[str, str] = {
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "kmnist": "KMNIST",
    **dict.fromkeys(("emnist-balanced", "emnist-digits", "emnist-letters"), "EMNIST"),
}
"""in which the files of a set lie: the names of torchvision's classes"""
UNPUBLISHED = "not the published"
"""how a source says that its images or labels are others than those of the set's name"""
_PREFIXES: dict[Split, str] = {"train": "train", "test": "t10k"}
_MOST = 280_000  # images in a file: EMNIST has 240,000 training images of digits


@dataclass(frozen=True)
class Place:
    """A folder in torchvision's layout: `<root>/MNIST/raw/train-images-idx3-ubyte`, or the same with `.gz`."""

    title: str
    root: Path
    remedy: str
    """what to do about a bad file here"""
    is_sample: bool = False
    """whether it holds the first images of a set only"""

    def read(self, name: str, split: Split) -> ImageDataset | None:
        """The set, or None where a file of it is missing.

        Raises:
            DataError: a file is not what it should be.
        """
        folder = self.root / FOLDERS[name] / "raw"
        paths = [_plain_or_gz(folder / file) for file in file_names(split, name)]
        if None in paths:
            return None
        images_path, labels_path = (path for path in paths if path is not None)
        try:
            images = read_idx(images_path, (IMAGE_SIZE, IMAGE_SIZE), _MOST)  # [N, 28, 28]
            labels = read_idx(labels_path, (), _MOST)  # [N]
            if len(images) != len(labels):
                raise DataError(
                    f"{images_path.name} has {len(images):,} images but {labels_path.name} has {len(labels):,} labels"
                )
            if FOLDERS[name] == "EMNIST":  # whose images come with rows for columns
                images = images.swapaxes(1, 2).copy()
            if name == "emnist-letters":  # whose A is 1
                labels = labels - np.uint8(1)
            data = ImageDataset(
                name=name,
                split=split,
                images=images,
                labels=labels.astype(np.int64),
                class_names=CLASS_NAMES[name],
                source=f"{self.title}: {_count(len(images), split, cut=self.is_sample)}",
                is_sample=self.is_sample and len(images) < FULL_SIZE[split],
            )
            if self.is_sample or name not in TITLES or is_published(data):
                return data
            return replace(data, source=f"{data.source}, {UNPUBLISHED} {TITLES[name]}")
        except DataError as error:
            raise DataError(f"{name} in {folder} is damaged: {error}; {self.remedy}") from error


def file_names(split: Split, name: str = "mnist") -> tuple[str, str]:
    """Of the images and of the labels of a set."""
    prefix = f"{name}-{split}" if FOLDERS[name] == "EMNIST" else _PREFIXES[split]
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"


def misplaced(root: Path, name: str, split: Split) -> str:
    """Where the files of a set lie instead, as a sentence's end without its full stop; empty where they do not.

    Looked at are the folder itself, a level deeper and a level higher than they should be, and names with a dot as some
    archives have them, `t10k-images.idx3-ubyte`. The other set's folder is left out: its files have the same names.
    """
    others = set(FOLDERS.values()) - {FOLDERS[name]}
    folders = [root, root / "raw", root / FOLDERS[name], root / FOLDERS[name] / "raw"]
    with suppress(OSError):
        folders += [folder / FOLDERS[name] / "raw" for folder in sorted(root.iterdir()) if folder.is_dir()]
    for folder in folders:
        if others & {*folder.parts[-2:]}:
            continue
        for file in file_names(split, name):
            for written in (file, file.replace("-idx", ".idx")):
                if found := _plain_or_gz(folder / written):
                    if written != file:
                        return f"there is {found}: rename it to {found.name.replace('.idx', '-idx')}"
                    if folder.parts[-2:] == (FOLDERS[name], "raw"):
                        return f"they are in {folder}: name {folder.parent.parent}"
                    return f"there is {found}: move it to {root / FOLDERS[name] / 'raw'}"
    return ""


def _plain_or_gz(path: Path) -> Path | None:
    both = (path, path.with_name(f"{path.name}.gz"))
    # Path.is_file raises where a folder may not be entered
    return next((found for found in both if os.path.isfile(found)), None)


def _count(images: int, split: Split, *, cut: bool) -> str:
    kind = {"train": "training", "test": "test"}[split]
    part = "" if not cut else "all " if images == FULL_SIZE[split] else f"first {images:,} of "
    return f"{part}{FULL_SIZE[split] if cut else images:,} {kind} images"
