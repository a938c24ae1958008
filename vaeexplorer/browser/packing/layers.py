"""A chain of layers of anybody's decoder as bytes for the browser; `engine/network.js` unpacks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vaeexplorer.browser.packing.frame import frame, precision
from vaeexplorer.files import content_hash
from vaeexplorer.network.architecture import LOGVAR_RANGE

Kind = Literal["dense", "conv", "conv_transpose", "upsample", "scale", "pass"]


@dataclass(frozen=True)
class Packed:
    """A layer, and the activation after it.

    Attributes:
        kind: as `engine/network.js` names them.
        spec: its sizes, by the names of network.js.
        weight, bias: in torch's layout; None of layers without weights.
        activation, slope: by the names of network.js; slope is of a leaky ReLU below 0, and the alpha of an ELU.
    """

    kind: Kind
    spec: dict[str, int]
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    activation: str = "none"
    slope: float = 0.0


def pack_layers(layers: Sequence[Packed], latent_dim: int, image: Sequence[int], *, logits: bool) -> bytes:
    """A decoder in the layout that network.js describes, without an encoder.

    Args:
        layers: in the order in which they are run.
        latent_dim: D.
        image: its shape, (H, W) or (H, W, 3); the last layer gives [H, W] or [3, H, W].
        logits: whether the last layer gives logits of pixels, and not pixels.
    """
    weights = [
        np.asarray(array, np.float32) for each in layers for array in (each.weight, each.bias) if array is not None
    ]
    kind = precision(weights)
    payload = b"".join(array.astype(kind).tobytes() for array in weights)
    header = {
        "kind": "network",
        "precision": kind,
        "id": content_hash(payload),
        "latent_dim": latent_dim,
        "image": list(image),
        "likelihood": "bernoulli" if logits else "gaussian",
        "beta": 1.0,
        "pixel_variance": 1.0,
        "logvar_range": LOGVAR_RANGE,
        "decoder": [
            {"kind": each.kind, "activation": each.activation, "slope": each.slope} | each.spec for each in layers
        ],
        "encoder": None,
        "mean": None,
        "logvar": None,
    }
    return frame(header, payload)
