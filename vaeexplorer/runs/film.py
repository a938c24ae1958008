"""The film of a run: where its codes lay and what its decoder drew, as film.npz in its folder; or its snapshots alone.

A run that was trained before films were recorded, or in a browser, has codes after each epoch and no decoded images.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vaeexplorer.codes import from_bytes, to_bytes
from vaeexplorer.data.images import FULL_SIZE
from vaeexplorer.files import Shape, array_shapes, read_arrays, read_file, why
from vaeexplorer.runs.attachments import FILM, save
from vaeexplorer.runs.folder import Run, RunCard, RunError

if TYPE_CHECKING:
    from vaeexplorer.network.film import Frame

MOST_BYTES = 40_000_000
_MOST_FRAMES, _MOST_CODES, _IMAGES = 200, 2000, 144
_LEVEL = 17  # of 255, a level of 15
_SHADES = 8  # that are told apart: half the bytes of 16, and behind dots nobody sees the difference


@dataclass(frozen=True)
class Film:
    """F moments of a training, in their order.

    Attributes:
        epochs: how far the training had come at each, [F], 1.5 in the middle of the second epoch.
        codes: of the first M test images, uint16 [F, M, D], from the least to the greatest of each frame and dimension;
            uint8 in snapshots, and in films of earlier versions.
        ends: these least and greatest, float32 [2, F, 1, D].
        packed: decoded images in 8 shades, uint8 [F, 144, 14, 28], the upper half of a byte a level
            of 15 for the upper one of two pixels; None where none were recorded.
        boxes: left, right, bottom and top of the lattice at which they were decoded, float32 [F, 4]; zeros where they
            are draws, of more than two dimensions.
    """

    epochs: np.ndarray
    codes: np.ndarray
    ends: np.ndarray
    packed: np.ndarray | None = None
    boxes: np.ndarray | None = None

    @property
    def positions(self) -> np.ndarray:
        """The codes, float32 [F, M, D], exact to half a step, a 131,070th or 510th of their spread."""
        return from_bytes(self.codes, self.ends)

    def grid(self, number: int) -> np.ndarray:
        """The decoded images of a frame, uint8 [144, 28, 28]; of a film that has them."""
        assert self.packed is not None
        packed = self.packed[number]
        images = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1, packed.shape[-1])
        return np.asarray(images * np.uint8(_LEVEL))


def film_of(run: Run) -> Film:
    """The film of a run; where none was recorded, its snapshots.

    Raises:
        RunError: the file is there but is not what it should be.
    """
    return load_film(run) or _of_snapshots(run)


def load_film(run: RunCard) -> Film | None:
    """The film that was recorded with a run, None where there is none. Sizes are checked before bytes.

    Raises:
        RunError: the file is there but is not what it should be.
    """
    try:
        content = read_file(run.path / FILM, MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{FILM} of the run {run.name} cannot be read: {why(error)}.") from None
    try:
        arrays = _checked(content, run.config.model.latent_dim)
    except ValueError as error:
        raise RunError(f"{FILM} of the run {run.name} cannot be read: {error}.") from None
    epochs = arrays["steps"] / _steps_an_epoch(run)
    return Film(epochs, arrays["codes"], arrays["range"], arrays["grid"], arrays["box"])


def save_film(run: RunCard, frames: Sequence["Frame"]) -> None:
    """Keep the film of a training with its run.

    Raises:
        RunError: the folder cannot be written, holds another run by now, or a code is not finite.
    """
    save(run, "film", FILM, pack(frames))


def pack(frames: Sequence["Frame"]) -> bytes:
    """What film.npz holds.

    Raises:
        RunError: a code is not finite.
    """
    codes = np.stack([frame.codes for frame in frames])
    if not np.isfinite(codes).all():
        raise RunError("The film has codes that are not finite.")
    shades = np.rint(np.stack([frame.grid for frame in frames]) * ((_SHADES - 1) / 255))
    levels = np.rint(shades * (15 / (_SHADES - 1))).astype(np.uint8)
    arrays: dict[str, Any] = {
        "steps": np.array([frame.step for frame in frames], np.int64),
        "grid": levels[:, :, ::2] << 4 | levels[:, :, 1::2],
        "box": np.array([frame.box for frame in frames], np.float32),
        **to_bytes(codes, np.uint16),
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def _checked(content: bytes, dim: int) -> dict[str, np.ndarray]:
    """The arrays, of the shapes and ranges that they should have.

    Raises:
        ValueError: they have not; the message is the end of a sentence.
    """
    announced = array_shapes(content)
    frames = announced.get("steps", ())[:1] or (0,)
    count = announced.get("codes", ())[1:2] or (0,)
    if not (0 < frames[0] <= _MOST_FRAMES and 0 < count[0] <= _MOST_CODES):
        raise ValueError("it has no frames, or more than a film can have")
    shapes: dict[str, Shape] = {
        "steps": frames,
        "grid": (*frames, _IMAGES, 14, 28),
        "box": (*frames, 4),
        "codes": (*frames, *count, dim),
        "range": (2, *frames, 1, dim),
    }
    arrays = read_arrays(content, shapes)
    kinds = {"steps": "<i8", "grid": "|u1", "box": "<f4", "codes": "|u1 <u2", "range": "<f4"}
    if any(arrays[name].dtype.str not in kind.split() for name, kind in kinds.items()):
        raise ValueError("its numbers are of other types than a film's")
    if not (np.isfinite(arrays["box"]).all() and np.isfinite(arrays["range"]).all()):
        raise ValueError("it does not hold finite numbers alone")
    if arrays["steps"][0] < 0 or (np.diff(arrays["steps"]) <= 0).any():
        raise ValueError("its frames are not in their order")
    return arrays


def _of_snapshots(run: Run) -> Film:
    packed = to_bytes(run.snapshots)
    epochs = np.array([record.epoch for record in run.history], np.float64)
    return Film(epochs, packed["codes"], packed["range"])


def _steps_an_epoch(run: RunCard) -> int:
    """By how many images the run was trained on; those of earlier versions do not say, and are of all 60,000."""
    count = run.provenance.get("train_images_count")
    images = count if isinstance(count, int) and count > 0 else FULL_SIZE["train"]
    return math.ceil(images / run.config.train.batch_size)
