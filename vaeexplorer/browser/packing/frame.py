"""The frame that everything but images shares; `engine/packed.js` opens it.

"VAEX", uint32 length of the header, the header as JSON, and the arrays one after the other, little-endian, as the
header implies. Weights, means and log variances are float16 where that loses nothing, which is so of every run kept in
half precision, and float32 otherwise; the header's `precision` says which.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np


def frame(header: dict[str, Any], payload: bytes) -> bytes:
    """Header and arrays as `packed.js` opens them."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"VAEX" + struct.pack("<I", len(text)) + text + payload


def precision(arrays: Sequence[np.ndarray]) -> str:
    """`<f2` where half precision holds every number of the arrays exactly, else `<f4`."""
    with np.errstate(over="ignore"):
        exact = all(
            array.dtype == np.float16 or np.array_equal(array.astype("<f2").astype(np.float32), array)
            for array in arrays
        )
    return "<f2" if exact else "<f4"
