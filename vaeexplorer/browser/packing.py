"""A run as bytes for the browser: its network (`network.js` unpacks it), its test codes (`points.js`) and its images.

And a sweep over beta: the figures, decoders and codes of several models (`sweep.js`). All but images share a frame that
`packed.js` opens: "VAEX", uint32 length of the header, the header as JSON, and the arrays one after the other,
little-endian, as the header implies. Weights, means and log variances are float16 where that loses nothing, which is so
of every run kept in half precision, and float32 otherwise; the header's `precision` says which.
"""

import hashlib
import io
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from vaeexplorer.config import IMAGE_SIZE, RunConfig
from vaeexplorer.inference import Codes, LatentModel, Layer
from vaeexplorer.runs import Run
from vaeexplorer.sweep import Point

SPRITE_COLUMNS = 100
_PARTS = ("decoder", "encoder", "mean", "logvar")


def pack(run: Run, *, encoder: bool = True) -> bytes:
    """The run's network, in the layout that network.js describes.

    Args:
        run: of any architecture and likelihood.
        encoder: send what turns an image into its posterior too, which about doubles the size.
    """
    parts = run.model.layers()
    sent = {name: parts[name] for name in _PARTS if name in parts and (encoder or name == "decoder")}
    return _pack_network(sent, run.config, run.model.learned_pixel_variance)


def pack_sweep(
    points: Sequence[Point], rotations: Sequence[np.ndarray], labels: np.ndarray, noise: np.ndarray
) -> bytes:
    """The models of a sweep in one, in the layout that sweep.js describes.

    Args:
        points: of one data set and size.
        rotations: of each, Q as `analysis.alignment` has it, [D, D].
        labels: of the kept images, class numbers below 256, [N].
        noise: from N(0, I), what every decoder is shown, [S, D].
    """
    networks = [_pack_network({"decoder": point.layers()}, point.config, None) for point in points]
    precision = _precision([point.mean for point in points])
    header = {
        "kind": "sweep",
        "precision": precision,
        "count": len(labels),
        "dim": noise.shape[1],
        "samples": len(noise),
        "points": [
            {
                "beta": point.beta,
                "rate": point.rate,
                "distortion": point.distortion,
                "elbo": point.elbo,
                "active_units": point.active_units,
                "kl": point.kl.tolist(),
                "network": len(network),
            }
            for point, network in zip(points, networks, strict=True)
        ],
    }
    payload = noise.astype("<f4").tobytes() + labels.astype(np.uint8).tobytes()
    for point, rotation, network in zip(points, rotations, networks, strict=True):
        payload += rotation.astype("<f4").tobytes() + point.mean.astype(precision).tobytes() + network
    return _frame(header, payload)


def _pack_network(sent: Mapping[str, list[Layer]], config: RunConfig, learned_variance: float | None) -> bytes:
    weights = [array for layers in sent.values() for layer in layers for array in (layer.weight, layer.bias)]
    precision = _precision(weights)
    payload = b"".join(array.astype(precision).tobytes() for array in weights)
    objective = config.objective
    variance = objective.pixel_variance if objective.likelihood == "gaussian" else learned_variance
    header = {
        "kind": "network",
        "precision": precision,
        "id": content_hash(payload),
        "latent_dim": config.model.latent_dim,
        "likelihood": objective.likelihood,
        "beta": objective.beta,
        "pixel_variance": variance,
        "logvar_range": LatentModel.LOGVAR_RANGE,
    }
    shapes = {name: [_shape(layer) for layer in sent[name]] if name in sent else None for name in _PARTS}
    return _frame(header | shapes, payload)


def pack_codes(codes: Codes, labels: np.ndarray, error: np.ndarray, kl: np.ndarray | None) -> bytes:
    """Test codes and what is known of them, in the layout that points.js describes.

    Args:
        codes: mean and logvar, [N, D]; no logvar of an AE.
        labels: class numbers below 256, [N].
        error: |x - x'|^2, [N].
        kl: nats, [N]; None of an AE.
    """
    count, dim = codes.mean.shape
    posterior = [codes.mean] if codes.logvar is None else [codes.mean, codes.logvar]
    measured = [error] if kl is None else [error, kl]
    precision = _precision(posterior)
    arrays = [array.astype(precision) for array in posterior] + [array.astype("<f4") for array in measured]
    payload = b"".join(array.tobytes() for array in (*arrays, labels.astype(np.uint8)))
    header = {
        "kind": "codes",
        "precision": precision,
        "count": count,
        "dim": dim,
        "logvar": codes.logvar is not None,
        "kl": kl is not None,
    }
    return _frame(header, payload)


def sprite(images: np.ndarray) -> bytes:
    """Images, uint8 [N, 28, 28], on one sheet of 100 a row, as a grey PNG: every pixel as it was."""
    rows = max(1, -(-len(images) // SPRITE_COLUMNS))
    tiles = np.zeros((rows * SPRITE_COLUMNS, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    tiles[: len(images)] = images
    sheet = tiles.reshape(rows, SPRITE_COLUMNS, IMAGE_SIZE, IMAGE_SIZE).transpose(0, 2, 1, 3)
    file = io.BytesIO()
    Image.fromarray(sheet.reshape(rows * IMAGE_SIZE, -1)).save(file, format="PNG", compress_level=6)
    return file.getvalue()


def content_hash(data: bytes) -> str:
    """What names the bytes in a URL: 16 hexadecimal digits of their SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def _precision(arrays: Sequence[np.ndarray]) -> str:
    with np.errstate(over="ignore"):
        exact = all(np.array_equal(array.astype("<f2").astype(np.float32), array) for array in arrays)
    return "<f2" if exact else "<f4"


def _shape(layer: Layer) -> dict[str, Any]:
    outputs, inputs = layer.weight.shape[:2]
    if layer.kind == "conv_transpose":
        outputs, inputs = inputs, outputs
    shape = {"kind": layer.kind, "inputs": inputs, "outputs": outputs, "activation": layer.activation}
    if layer.kind == "dense":
        return shape
    square = {"side": layer.side, "kernel": layer.weight.shape[-1], "stride": layer.stride, "padding": layer.padding}
    return shape | square


def _frame(header: dict[str, Any], payload: bytes) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"VAEX" + struct.pack("<I", len(text)) + text + payload
