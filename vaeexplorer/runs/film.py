"""The film of a training, in the run's folder: decoders and codes at growing intervals, `film.npz`.

A training that was watched on a server leaves one; of others there are the codes after each epoch (`Run.snapshots`).
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vaeexplorer.codes import from_bytes, to_bytes
from vaeexplorer.files import Shape, array_shapes, read_arrays, read_file, whole_file, why
from vaeexplorer.network import architecture
from vaeexplorer.runs.folder import RunCard, RunError

FILM = "film.npz"
_MOST = 100_000_000  # bytes


@dataclass(frozen=True)
class Film:
    """Frames of a training.

    Attributes:
        steps: at which they were taken, int64 [F], rising.
        codes: means of the test images, float32 [F, N, D], exact to a 510th of their spread.
        weights: of the decoder, float16 [F, P].
    """

    steps: np.ndarray
    codes: np.ndarray
    weights: np.ndarray
    _shapes: dict[str, tuple[int, ...]]

    def decoder(self, frame: int) -> dict[str, np.ndarray]:
        """The decoder's weights of a frame, float32, by the names of `architecture.weight_shapes`."""
        found, at = {}, 0
        for name, shape in self._shapes.items():
            size = math.prod(shape)
            found[name] = self.weights[frame, at : at + size].astype(np.float32).reshape(shape)
            at += size
        return found


def save_film(run: RunCard, frames: Sequence[tuple[int, np.ndarray, np.ndarray]]) -> None:
    """Keep a film with the run.

    Args:
        run: to which it belongs.
        frames: step, means float16 [N, D], and weights of the decoder float16 [P], in the order of `_shapes`.

    Raises:
        RunError: the folder cannot be written.
    """
    packed = io.BytesIO()
    codes = np.stack([means for _, means, _ in frames]).astype(np.float32)
    weights = np.stack([weights for *_, weights in frames])
    steps = np.array([step for step, *_ in frames], np.int64)
    np.savez(packed, allow_pickle=False, steps=steps, weights=weights, **to_bytes(codes))
    try:
        with whole_file(run.path / FILM) as file:
            file.write(packed.getbuffer())
    except OSError as error:
        raise RunError(f"The film of {run.name} cannot be kept: {why(error)}.") from None


def load_film(run: RunCard) -> Film | None:
    """The film of a run; None where there is none.

    Raises:
        RunError: the file is there but is not what it should be.
    """
    dim, shapes = run.config.model.latent_dim, _shapes(run)
    size = sum(map(math.prod, shapes.values()))
    try:
        content = read_file(run.path / FILM, _MOST)
        if sum(map(math.prod, array_shapes(content).values())) > _MOST:  # what is compressed may announce more
            raise ValueError("it announces more than a film may hold")
        arrays = read_arrays(content, _expected(dim, size))
        steps, codes, ends, weights = (arrays[name] for name in ("steps", "codes", "range", "weights"))
        frames = len(steps)
        kinds = {"steps": "i", "codes": "u", "range": "f", "weights": "f"}
        if not all(arrays[name].dtype.kind == kind for name, kind in kinds.items()):
            raise ValueError("it holds numbers of another kind")
        if not len(codes) == ends.shape[1] == len(weights) == frames or (np.diff(steps) <= 0).any() or steps[0] < 0:
            raise ValueError("its frames do not go together")
        if not (np.isfinite(ends).all() and np.isfinite(weights).all()):
            raise ValueError("it does not hold finite numbers alone")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{FILM} of the run {run.name} cannot be read: {why(error)}.") from None
    except ValueError as error:
        raise RunError(f"{FILM} of the run {run.name} cannot be read: {error}.") from None
    return Film(steps, from_bytes(codes, ends), weights, shapes)


def _shapes(run: RunCard) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the decoder's weights, in the order in which a film has them."""
    layers = architecture.layers(run.config.model, run.config.objective.likelihood)["decoder"]
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in layers:
        shapes |= {f"{layer.name}.weight": layer.weight_shape, f"{layer.name}.bias": (layer.outputs,)}
    return shapes


def _expected(dim: int, size: int) -> dict[str, Shape]:
    return {"steps": (None,), "codes": (None, None, dim), "range": (2, None, 1, dim), "weights": (None, size)}
