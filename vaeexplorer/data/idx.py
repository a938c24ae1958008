"""IDX files, the format of MNIST: two zeros, type 8 (uint8), rank, sizes as big-endian uint32, bytes."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vaeexplorer.data.images import DataError


def read_idx(path: Path, item: tuple[int, ...]) -> NDArray[np.uint8]:
    """The bytes of an IDX file, plain or `.gz`, as [N, *item].

    Raises:
        DataError: it cannot be read, or does not hold items of this shape.
    """
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


def to_idx(array: NDArray[np.uint8]) -> bytes:
    """An array as the bytes of an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
