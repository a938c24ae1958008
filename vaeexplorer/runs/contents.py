"""What the files of a run may hold, by its configuration: sizes, shapes, finite numbers."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vaeexplorer.config import RunConfig
from vaeexplorer.files import Shape, arrays_size, read_arrays
from vaeexplorer.network.architecture import weight_shapes

HISTORY = "history.csv"
WEIGHTS, CODES, SNAPSHOTS = "weights.safetensors", "codes.npz", "snapshots.npz"
FILES = (HISTORY, WEIGHTS, CODES, SNAPSHOTS)
"""that make a run, together with run.json"""


def size(name: str, config: RunConfig, epochs: int = 0) -> int:
    """How many bytes a file may have.

    Args:
        name: one of FILES.
        config: of the run.
        epochs: that the history has; the snapshots' size depends on it.
    """
    if name == HISTORY:
        return 1000 + 300 * config.train.epochs
    if name == WEIGHTS:
        shapes = weight_shapes(config.model, config.objective.likelihood)
        return 1_000_000 + 4 * sum(map(math.prod, shapes.values()))
    return arrays_size(_shapes(name, config, epochs))


def weights(content: bytes, config: RunConfig) -> dict[str, np.ndarray]:
    """The weights, float32, of the names and shapes that the configuration says.

    Raises:
        ValueError: they are not; the message is the end of a sentence.
    """
    import safetensors

    expected = weight_shapes(config.model, config.objective.likelihood)
    try:
        parts: dict[str, Any] = dict(safetensors.deserialize(content))
    except safetensors.SafetensorError as error:
        raise ValueError(f"{WEIGHTS}: {str(error)[:200]}") from None
    found = {name: tuple(part["shape"]) for name, part in parts.items()}
    if found != expected:
        odd = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
        raise ValueError(f"it has missing, extra or misshapen weights: {', '.join(odd)[:200]!r}")
    dtypes = {"F16": "<f2", "F32": "<f4"}
    if not {part["dtype"] for part in parts.values()} <= dtypes.keys():
        raise ValueError("its weights are not all float16 or float32")
    weights = {
        name: np.frombuffer(parts[name]["data"], dtypes[parts[name]["dtype"]]).reshape(shape).astype(np.float32)
        for name, shape in expected.items()
    }
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise ValueError("its weights are not all finite numbers")
    return weights


def arrays(name: str, content: bytes, config: RunConfig, epochs: int = 0) -> dict[str, np.ndarray]:
    """The arrays of codes.npz or snapshots.npz, finite numbers of the shapes that the configuration says.

    Raises:
        ValueError: they are not; the message is the end of a sentence.
    """
    try:
        found = read_arrays(content, _shapes(name, config, epochs))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not all(array.dtype.kind in "fiu" and np.isfinite(array).all() for array in found.values()):
        raise ValueError(f"{name} does not hold finite numbers alone")
    return found


def _shapes(name: str, config: RunConfig, epochs: int) -> Mapping[str, Shape]:
    dim = config.model.latent_dim
    if name == SNAPSHOTS:
        return {"codes": (epochs, None, dim), "range": (2, epochs, 1, dim)}
    shapes: dict[str, Shape] = {"mean": (None, dim), "labels": (None,), "error": (None,)}
    return shapes | ({"logvar": (None, dim)} if config.model.model == "vae" else {})
