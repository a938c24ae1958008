"""The film of a run as bytes for the browser; `film/unpack.js` unpacks them: a gzipped frame.

Codes stay the whole numbers as which they are kept, from least to greatest, and images the nibbles; of more than two
dimensions the two are sent along which the codes of the last frame vary most.
"""

import gzip
from collections.abc import Mapping, Sequence

import numpy as np

from vaeexplorer.browser.packing.frame import frame


def pack_run_film(
    *,
    epochs: np.ndarray,
    codes: np.ndarray,
    ends: np.ndarray,
    labels: np.ndarray,
    curves: Mapping[str, Sequence[float]],
    images: np.ndarray | None,
    boxes: np.ndarray | None,
) -> bytes:
    """A film of F frames.

    Args:
        epochs: how far the training had come at each frame, [F].
        codes: of M test images, uint8 or uint16 [F, M, D]; of the latter all upper bytes come before the lower ones.
        ends: least and greatest of each frame and dimension, float32 [2, F, 1, D].
        labels: classes of the M images.
        curves: what is drawn below, nats per image after each epoch, by name.
        images: decoded ones at each frame, uint8 [F, 144, 14, 28], two pixels a byte; None where none were recorded.
        boxes: where they lie, left, right, bottom and top, [F, 4]; zeros where they are draws.
    """
    spread = ends[1, -1, 0] - ends[0, -1, 0]
    steps = codes[-1].astype(np.float32).std(axis=0) * spread
    axes = sorted(np.argsort(-steps, kind="stable")[:2].tolist())
    header = {
        "kind": "run-film",
        "frames": len(epochs),
        "count": codes.shape[1],
        "dim": codes.shape[2],
        "axes": axes,
        "bytes": codes.itemsize,
        "epochs": [round(float(epoch), 4) for epoch in epochs],
        "curves": {name: [float(f"{value:.6g}") for value in values] for name, values in curves.items()},
        "boxes": boxes.astype(float).round(4).tolist() if boxes is not None and boxes.any() else None,
        "images": images is not None,
    }
    shown = codes[:, :, axes]
    steps_of = [(shown >> 8 * place).astype(np.uint8) for place in reversed(range(codes.itemsize))]
    parts = [ends[:, :, 0, axes].astype("<f4"), *steps_of, labels.astype(np.uint8)]
    payload = b"".join(part.tobytes() for part in parts) + (b"" if images is None else images.tobytes())
    return gzip.compress(frame(header, payload), 6, mtime=0)
