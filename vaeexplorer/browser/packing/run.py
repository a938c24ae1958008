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

from vaeexplorer.codes import Codes
from vaeexplorer.config import IMAGE_SIZE, RunConfig
from vaeexplorer.network import architecture
from vaeexplorer.network.architecture import Layer
from vaeexplorer.results.sweep import Point
from vaeexplorer.runs.folder import Run

SPRITE_COLUMNS = 100
_PARTS = ("decoder", "encoder", "mean", "logvar")


def pack(run: Run, *, encoder: bool = True) -> bytes:
    """The run's network, in the layout that network.js describes.

    Args:
        run: of any architecture and likelihood.
        encoder: send what turns an image into its posterior too, which about doubles the size.
    """
    return _pack_network(run.config, run.weights, _PARTS if encoder else ("decoder",), _pixel_variance(run))


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
    networks = [_pack_network(point.config, point.weights, ("decoder",), None) for point in points]
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
    return frame(header, payload)


def _pack_network(
    config: RunConfig, weights: Mapping[str, np.ndarray], sent: Sequence[str], pixel_variance: float | None
) -> bytes:
    objective = config.objective
    parts = {
        name: layers for name, layers in architecture.layers(config.model, objective.likelihood).items() if name in sent
    }
    names = [layer.name for name in _PARTS for layer in parts.get(name, ())]
    arrays = [weights[f"{name}.{kind}"] for name in names for kind in ("weight", "bias")]
    precision = _precision(arrays)
    payload = b"".join(array.astype(precision).tobytes() for array in arrays)
    header = {
        "kind": "network",
        "precision": precision,
        "id": content_hash(payload),
        "latent_dim": config.model.latent_dim,
        "likelihood": objective.likelihood,
        "beta": objective.beta,
        "pixel_variance": pixel_variance,
        "logvar_range": architecture.LOGVAR_RANGE,
    }
    shapes = {name: [_shape(layer) for layer in parts[name]] if name in parts else None for name in _PARTS}
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
