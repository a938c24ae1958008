"""A network and its codes as bytes for the browser; `engine/network.js` and `engine/codes.js` unpack them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vaeexplorer.browser.packing.frame import frame, precision
from vaeexplorer.codes import Codes
from vaeexplorer.config import IMAGE_SIZE, RunConfig
from vaeexplorer.files import content_hash
from vaeexplorer.network import architecture
from vaeexplorer.network.architecture import Layer

_PARTS = ("decoder", "encoder", "mean", "logvar")


def pack_network(
    config: RunConfig,
    weights: Mapping[str, np.ndarray],
    *,
    encoder: bool = True,
    steps: Mapping[str, float] | None = None,
) -> bytes:
    """A network, in the layout that network.js describes.

    Args:
        config: of any architecture and likelihood.
        weights: by the names of `architecture.weight_shapes`; those of the encoder only where it is sent.
        encoder: send what turns an image into its posterior too, which about doubles the size.
        steps: by name, of weights of dense layers that are whole numbers of steps, at most 32,767 from 0.
    """
    steps = steps or {}
    sent = _PARTS if encoder else ("decoder",)
    objective = config.objective
    parts = {
        name: layers for name, layers in architecture.layers(config.model, objective.likelihood).items() if name in sent
    }
    names = [layer.name for name in _PARTS for layer in parts.get(name, ())]
    arrays = {each: weights[each] for name in names for each in (f"{name}.weight", f"{name}.bias")}
    kind = precision([array for name, array in arrays.items() if name not in steps])
    payload = b"".join(
        _whole(array) if name in steps else array.astype(kind, copy=False).tobytes() for name, array in arrays.items()
    )
    header = {
        "kind": "network",
        "precision": kind,
        "id": content_hash(payload),
        "latent_dim": config.model.latent_dim,
        "image": [IMAGE_SIZE, IMAGE_SIZE],
        "likelihood": objective.likelihood,
        "beta": objective.beta,
        "pixel_variance": _pixel_variance(config, weights),
        "logvar_range": architecture.LOGVAR_RANGE,
    }
    shapes = {
        name: [_shape(layer, steps.get(f"{layer.name}.weight")) for layer in parts[name]] if name in parts else None
        for name in _PARTS
    }
    return frame(header | shapes, payload)


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
    kind = precision(posterior)
    arrays = [array.astype(kind) for array in posterior] + [array.astype("<f4") for array in measured]
    payload = b"".join(array.tobytes() for array in (*arrays, labels.astype(np.uint8)))
    header = {
        "kind": "codes",
        "precision": kind,
        "count": count,
        "dim": dim,
        "logvar": codes.logvar is not None,
        "kl": kl is not None,
    }
    return frame(header, payload)


def _pixel_variance(config: RunConfig, weights: Mapping[str, np.ndarray]) -> float | None:
    """sigma_x^2 of the gaussian likelihoods, fixed or learned; None of the others."""
    if config.objective.likelihood == "gaussian":
        return config.objective.pixel_variance
    log_variance = weights.get(architecture.LOG_VARIANCE)
    return None if log_variance is None else float(np.exp(log_variance))


def _whole(steps: np.ndarray) -> bytes:
    """Whole numbers 0, -1, 1, -2, ... as 0, 1, 2, 3, ...: of small ones the upper byte is 0, and packs well."""
    return ((steps << 1) ^ (steps >> 31)).astype("<u2").tobytes()


def _shape(layer: Layer, step: float | None) -> dict[str, Any]:
    shape = {"kind": layer.kind, "inputs": layer.inputs, "outputs": layer.outputs, "activation": layer.activation}
    if layer.kind == "dense":
        return shape | ({"step": step} if step else {})
    return shape | {"side": layer.side, "kernel": layer.kernel, "stride": layer.stride, "padding": layer.padding}
