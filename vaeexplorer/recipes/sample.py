"""The sample that is shipped: all test images and the first training images of both sets, as gzipped IDX."""

import gzip
import hashlib
from pathlib import Path
from typing import get_args

import numpy as np

from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.data.folders import FOLDERS, file_names
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import FULL_SIZE, DataError, Split
from vaeexplorer.files import whole_file

SAMPLE_SIZE = 10_000


def write_sample(root: Path = SAMPLE.root) -> None:
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
                    f"{len(data):,} were found: set VAEEXPLORER_DATA to a folder that holds {FOLDERS[name]}/raw"
                )
            for file, array in zip(file_names(split), (data.images, data.labels.astype(np.uint8)), strict=True):
                path = f"{FOLDERS[name]}/raw/{file}.gz"
                # no time stamp: the same images give the same bytes
                packed = gzip.compress(to_idx(array[:SAMPLE_SIZE]), mtime=0)
                _write_whole(root / path, packed)
                sums += f"{hashlib.sha256(packed).hexdigest()}  {path}\n"
    _write_whole(root / "SHA256SUMS", sums.encode())


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content)
