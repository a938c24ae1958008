"""A run as bytes for the browser: its network (`network.js` unpacks it), its test codes (`points.js`) and its images.

Network and codes share a frame that `packed.js` opens: "VAEX", uint32 length of the header, the header as JSON, and the
arrays one after the other, little-endian, as the header implies. Weights, means and log variances are float16 where
that loses nothing, which is so of every run kept in half precision, and float32 otherwise; the header's `precision`
says which.
"""

import hashlib
import io
import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from vaeexplorer import architecture
from vaeexplorer.architecture import Layer
from vaeexplorer.codes import Codes
from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.runs import Run

SPRITE_COLUMNS = 100
_PARTS = ("decoder", "encoder", "mean", "logvar")


def pack(run: Run, *, encoder: bool = True) -> bytes:
    """The run's network, in the layout that network.js describes.

    Args:
        run: of any architecture and likelihood.
        encoder: send what turns an image into its posterior too, which about doubles the size.
    """
    objective = run.config.objective
    parts = architecture.layers(run.config.model, objective.likelihood)
    sent = {name: parts.get(name) if encoder or name == "decoder" else None for name in _PARTS}
    names = [layer.name for layers in sent.values() for layer in layers or ()]
    weights = [run.weights[f"{name}.{kind}"] for name in names for kind in ("weight", "bias")]
    precision = _precision(weights)
    payload = b"".join(array.astype(precision).tobytes() for array in weights)
    header = {
        "kind": "network",
        "precision": precision,
        "id": content_hash(payload),
        "latent_dim": run.config.model.latent_dim,
        "likelihood": objective.likelihood,
        "beta": objective.beta,
        "pixel_variance": _pixel_variance(run),
        "logvar_range": architecture.LOGVAR_RANGE,
    }
    shapes = {name: None if layers is None else [_shape(layer) for layer in layers] for name, layers in sent.items()}
    return frame(header | shapes, payload)


def pack_linear(centre: np.ndarray, axes: np.ndarray) -> bytes:
    """A decoder of one dense layer, x' = centre + axes^T z, in the same layout.

    Args:
        centre: [784].
        axes: [D, 784].
    """
    layer = Layer("decoder", "dense", len(axes), axes.shape[1])
    payload = axes.T.astype("<f4").tobytes() + centre.astype("<f4").tobytes()
    header = {
        "kind": "network",
        "precision": "<f4",
        "id": content_hash(payload),
        "latent_dim": len(axes),
        "likelihood": "gaussian",
        "beta": 0.0,
        "pixel_variance": 0.5,
        "logvar_range": [0.0, 0.0],
        "decoder": [_shape(layer)],
        "encoder": None,
        "mean": None,
        "logvar": None,
    }
    return frame(header, payload)


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
    return frame(header, payload)


def sprite(images: np.ndarray, *, smaller: bool = False) -> bytes:
    """Images, uint8 [N, 28, 28], on one grey sheet of 100 a row: every pixel as it was.

    Args:
        images: at most 58,500, which is as high as a WebP can be.
        smaller: a WebP, which takes seconds to make and 4 to 11 % less room than the PNG that is made otherwise.
    """
    rows = max(1, -(-len(images) // SPRITE_COLUMNS))
    tiles = np.zeros((rows * SPRITE_COLUMNS, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    tiles[: len(images)] = images
    sheet = tiles.reshape(rows, SPRITE_COLUMNS, IMAGE_SIZE, IMAGE_SIZE).transpose(0, 2, 1, 3)
    image, file = Image.fromarray(sheet.reshape(rows * IMAGE_SIZE, -1)), io.BytesIO()
    if smaller:
        image.save(file, format="WEBP", lossless=True, method=1, quality=50)  # effort, not loss
    else:
        image.save(file, format="PNG", compress_level=6)
    return file.getvalue()


def content_hash(data: bytes) -> str:
    """What names the bytes in a URL: 16 hexadecimal digits of their SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def _precision(arrays: Sequence[np.ndarray]) -> str:
    with np.errstate(over="ignore"):
        exact = all(np.array_equal(array.astype("<f2").astype(np.float32), array) for array in arrays)
    return "<f2" if exact else "<f4"


def _pixel_variance(run: Run) -> float | None:
    """sigma_x^2 of the gaussian likelihoods, fixed or learned; None of the others."""
    if run.config.objective.likelihood == "gaussian":
        return run.config.objective.pixel_variance
    log_variance = run.weights.get(architecture.LOG_VARIANCE)
    return None if log_variance is None else float(np.exp(log_variance))


def _shape(layer: Layer) -> dict[str, Any]:
    shape = {"kind": layer.kind, "inputs": layer.inputs, "outputs": layer.outputs, "activation": layer.activation}
    if layer.kind == "dense":
        return shape
    return shape | {"side": layer.side, "kernel": layer.kernel, "stride": layer.stride, "padding": layer.padding}


def frame(header: dict[str, Any], payload: bytes) -> bytes:
    """Header and arrays as `packed.js` opens them."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"VAEX" + struct.pack("<I", len(text)) + text + payload
