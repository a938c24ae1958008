"""A moment of a training as bytes: the codes of the test images and the decoder, in half precision.

A frame of kind "moment" (`browser/packing/frame.py`), whose payload is the frame of the network, means float16 [N, D]
and, of a VAE, log variances float16 [N, D]. `browser/learning/remote.js` opens it.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from vaeexplorer.browser.packing.frame import frame
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.codes import Codes
from vaeexplorer.config import RunConfig
from vaeexplorer.files import content_hash

FILM = 40_000_000  # bytes of all kept moments, at the most
RATIO = 1.03  # of the steps of two frames of the film


def pack_moment(step: int, config: RunConfig, decoder: Mapping[str, np.ndarray], codes: Codes) -> bytes | None:
    """A moment; None where a number is beyond half precision, as of a training that diverges.

    Args:
        step: steps done.
        config: of the training.
        decoder: float16 or float32, by the names of `architecture.weight_shapes`, the encoder's left out.
        codes: of the test images that are shown.
    """
    with np.errstate(over="ignore"):
        halves = {name: array.astype("<f2", copy=False) for name, array in decoder.items()}
        posterior = [array.astype("<f2") for array in (codes.mean, codes.logvar) if array is not None]
    if not all(np.isfinite(array).all() for array in (*halves.values(), *posterior)):
        return None
    network = pack_network(config, halves, encoder=False)
    count, dim = codes.mean.shape
    header = {"kind": "moment", "step": step, "count": count, "dim": dim, "logvar": codes.logvar is not None}
    return frame(header | {"network": len(network)}, network + b"".join(array.tobytes() for array in posterior))


def file_name(content: bytes) -> str:
    """By which a moment is known."""
    return f"moment-{content_hash(content)}.bin"


def film_frame(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The means, float16 [N, D], and the decoder's weights, float16 [P], of what `pack_moment` wrote."""
    header, start = _header(content)
    network = content[start : start + header["network"]]
    means = np.frombuffer(content, "<f2", header["count"] * header["dim"], start + header["network"])
    return means.reshape(header["count"], header["dim"]), np.frombuffer(network, "<f2", offset=_header(network)[1])


def _header(content: bytes) -> tuple[dict[str, int], int]:
    (length,) = struct.unpack_from("<I", content, 4)
    return json.loads(content[8 : 8 + length]), 8 + length


@dataclass
class Frames:
    """Which moments are kept for the film: at growing intervals, and of no more than FILM bytes.

    When it is full, every second one goes, and the intervals double.

    Attributes:
        kept: (step, file), in order.
    """

    kept: list[tuple[int, str]]
    interval: int
    ratio: float = RATIO

    def wants(self, step: int) -> bool:
        """Whether a moment of this step is to be kept."""
        return not self.kept or step >= max(self.kept[-1][0] + self.interval, ceil(self.kept[-1][0] * self.ratio))

    def add(self, step: int, file: str, size: int) -> None:
        """Keep a moment of so many bytes."""
        self.kept.append((step, file))
        if len(self.kept) > 2 and len(self.kept) * size > FILM:
            self.kept = self.kept[(len(self.kept) - 1) % 2 :: 2]
            self.interval *= 2
            self.ratio **= 2
