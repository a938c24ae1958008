"""IDX files, the format of MNIST: two zeros, type 8 (uint8), rank, sizes as big-endian uint32, bytes."""

import gzip
import math
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from vaeexplorer.data.images import DataError
from vaeexplorer.files import MOST_ITEMS, open_regular, why

LARGEST_SIDE = 4096
"""of an item, in numbers"""


def read_idx(path: Path, item: tuple[int | None, ...], most: int = MOST_ITEMS) -> NDArray[np.uint8]:
    """The bytes of an IDX file, plain or `.gz`, as [N, *item].

    Args:
        path: of the file.
        item: the shape that items must have; None for a side of any length to `LARGEST_SIDE`.
        most: items that there may be.

    Raises:
        DataError: it cannot be read, does not hold items of this shape, or more than a set may have. Its header is read
            first, and no more is decompressed than that announces.
    """
    rank = 1 + len(item)
    start = 4 + 4 * rank
    try:
        with open_regular(path) as packed:
            file: IO[bytes] = cast(IO[bytes], gzip.GzipFile(fileobj=packed)) if path.suffix == ".gz" else packed
            header = file.read(start)
            if len(header) < start or header[:4] != bytes([0, 0, 8, rank]):
                raise DataError(f"{path.name} does not start like an IDX file of uint8 with {rank} axes")
            shape = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
            if not all(map(_is_side, shape[1:], item)):
                raise DataError(f"{path.name} holds items of shape {list(shape[1:])} where {list(item)} was expected")
            if shape[0] > most:
                raise DataError(f"{path.name} announces {shape[0]:,} items where {most:,} are the most")
            content = file.read(math.prod(shape) + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name} cannot be read ({why(error) if isinstance(error, OSError) else error})"
        ) from error
    if len(content) < math.prod(shape):
        raise DataError(f"{path.name} is cut short: {len(content):,} of {math.prod(shape):,} bytes are there")
    if len(content) > math.prod(shape):
        raise DataError(f"{path.name} goes on after the {math.prod(shape):,} bytes that it announces")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _is_side(length: int, expected: int | None) -> bool:
    return 1 <= length <= LARGEST_SIDE if expected is None else length == expected


def to_idx(array: NDArray[np.uint8]) -> bytes:
    """An array as the bytes of an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
