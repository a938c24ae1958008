"""A model of one's own as a latent space, whatever made it: two functions on NumPy arrays, checked at every call."""

import sys
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

import numpy as np

from vaeexplorer.analysis.squared_error import squared_error
from vaeexplorer.arrays import FINE, pixel_shape, rounding, to_numpy
from vaeexplorer.codes import Codes
from vaeexplorer.config import PIXELS
from vaeexplorer.data.images import DataError, ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.files import content_hash
from vaeexplorer.spaces.space import Space

BATCH = 1000  # images a call
MOST_IMAGES = 70_000  # of 28 x 28 grey pixels, and fewer of larger ones: the sheet grows too large for a browser
WIDEST = 784  # dimensions of z
LARGEST_LOGVAR = 80.0  # above it, sigma^2 is no float32
MOST_CORRELATED = 64  # dimensions of a full covariance: of as many images, 2.3 GB
TOLERANCE = 1e-4  # that rounding may take a pixel out of [0, 1]


class ModelError(UserError):
    """Functions or images that make no latent space; the message is one sentence."""


class Functions:
    """`encode` and `decode` as a `codes.Model`: every call is checked, and calls come one at a time."""

    def __init__(
        self, encode: Callable[[np.ndarray], Any], decode: Callable[[np.ndarray], Any], shape: tuple[int, ...]
    ) -> None:
        """`shape` is that of an image: (H, W), or (H, W, 3)."""
        for name, function in (("encode", encode), ("decode", decode)):
            if not callable(function):
                raise ModelError(f"{name} must be a function, not {type(function).__name__}.")
        self._encode, self._decode, self._shape = encode, decode, shape
        self._main = sys.modules["__main__"]
        self._lock = Lock()  # nobody promised that they may run in several threads at once

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, *shape], uint8 or floats in [0, 1], to their codes. The function always gets uint8.

        Raises:
            UserError: what is given is no image.
            ModelError: the function fails, or returns something else than codes.
        """
        images = to_numpy(images, "Images")
        if images.shape[1:] != self._shape:
            raise UserError(f"Images must be [N, {_listed(self._shape)}], not {list(images.shape)}.")
        if images.dtype != np.uint8:
            if not ((images >= 0) & (images <= 1)).all():
                raise UserError("Images must be uint8, or numbers in [0, 1].")
            images = np.rint(255 * images).astype(np.uint8)
        parts = [_codes(self._call("encode", images[rows]), len(images[rows])) for rows in _batches(len(images))]
        kinds = {(part.mean.shape[1], part.logvar is None, part.covariance is None) for part in parts}
        if len(kinds) != 1:
            raise ModelError("encode must return as many numbers for one image as for another.")
        logvars = [part.logvar for part in parts if part.logvar is not None]
        covariances = [part.covariance for part in parts if part.covariance is not None]
        return Codes(
            np.concatenate([part.mean for part in parts]),
            np.concatenate(logvars) if logvars else None,
            np.concatenate(covariances) if covariances else None,
        )

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 [N, *shape] in [0, 1].

        Raises:
            UserError: latent points that are none.
            ModelError: the function fails, or returns something else than images.
        """
        with np.errstate(over="ignore"):
            z = to_numpy(z, "Latent points").astype(np.float32)
        if z.ndim != 2 or not np.isfinite(z).all():
            raise UserError("Latent points must be [N, D], and finite.")
        images = np.empty((len(z), *self._shape), np.float32)
        for rows in _batches(len(z)):
            images[rows] = _images(self._call("decode", z[rows]), z[rows], self._shape)
        return images

    def _call(self, name: str, given: np.ndarray) -> Any:
        with self._lock:
            # Streamlit puts the page that it runs in the place of the caller's main module, which pickling relies on.
            page, sys.modules["__main__"] = sys.modules["__main__"], self._main
            try:
                given = np.array(given)  # theirs to write to: functions scale in place, and torch shares the memory
                return self._encode(given) if name == "encode" else self._decode(given)
            except (Exception, SystemExit) as error:  # anything may go wrong in there
                reason = (str(error).strip() or "no reason given").splitlines()[0].rstrip(".")
                kind = "images" if name == "encode" else "latent points"
                raise ModelError(
                    f"{name} raised {type(error).__name__} on {kind} {list(given.shape)}: {reason}."
                ) from error
            finally:
                sys.modules["__main__"] = page


def open_model(encode: Callable[[Any], Any], decode: Callable[[Any], Any], data: Any, name: str) -> Space:
    """Check the functions' outputs on all images: a latent space whose decoder this process runs.

    Args:
        encode, decode, data: as `explore` takes them.
        name: what the model is called.

    Raises:
        ModelError: see `explore`.
    """
    try:
        source = str(getattr(data, "source", "your own"))
        dataset = ImageDataset(name, "test", data.images, data.labels, data.class_names, source)
    except AttributeError as error:
        raise ModelError(f"data must have .images, .labels and .class_names ({error}).") from None
    except DataError as error:
        raise ModelError(f"data: {error}.") from None
    most = min(MOST_IMAGES, MOST_IMAGES * PIXELS // (dataset.shape[0] * dataset.shape[1]))
    if len(dataset) > most:
        size = pixel_shape(dataset.images)
        raise ModelError(f"data has {len(dataset):,} images of {size}; the browser takes {most:,} of them at most.")
    if (classes := len(dataset.class_names)) > 256:
        raise ModelError(f"data has {classes} classes; there may be 256.")
    model = Functions(encode, decode, dataset.shape)
    model.decode(model.encode(dataset.images[:1]).mean)  # what fails for one image should not fail after ten thousand
    codes = model.encode(dataset.images)
    errors = squared_error(dataset.images, model.decode(codes.mean)).astype(np.float32)
    made = [array.tobytes() for array in (codes.mean, codes.logvar, codes.covariance, errors) if array is not None]
    key = content_hash(dataset.content_hash.encode() + b"".join(made))
    packed = getattr(decode, "network", None)
    return Space(name, key, "Your own", dataset, codes, errors, lambda: model, network=packed)


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, max(1, count), BATCH):  # of no images, one batch of none: D is asked for all the same
        yield slice(start, start + BATCH)


def _codes(returned: Any, count: int) -> Codes:
    """What `encode` returned for so many images: [N, D], a pair of them, or something with `.mean` and `.logvar`.

    Names come before places: a named tuple may hold more than two fields, or the two in another order.
    """
    if hasattr(returned, "logvar") and hasattr(returned, "mean"):
        mean, logvar = returned.mean, returned.logvar
        if getattr(returned, "covariance", None) is not None:
            logvar = returned.covariance
    elif fields := getattr(returned, "_fields", None):
        raise ModelError(
            f"encode returned a named tuple of {', '.join(map(str, fields))}: name its fields mean and logvar."
        )
    elif isinstance(returned, tuple):
        if len(returned) != 2:
            raise ModelError(
                f"encode must return one array, or a pair of mean and log variance or covariance, not {len(returned)} "
                "things."
            )
        mean, logvar = returned
    elif isinstance(returned, list) and returned and np.ndim(returned[0]) == 2:
        raise ModelError(
            f"encode returned a list of {len(returned)} arrays, as Keras does: return its mean and log variance as a "
            "pair (mean, log variance)."
        )
    else:
        mean, logvar = returned, None
    mean = _numbers("encode", mean)
    if mean.ndim != 2 or len(mean) != count or not 1 <= mean.shape[1] <= WIDEST:
        raise ModelError(
            f"encode must return [{count}, D] for {count} images, D from 1 to {WIDEST}; not {list(mean.shape)}."
        )
    if logvar is None:
        return Codes(mean, None)
    logvar = _numbers("encode", logvar)
    if logvar.ndim == 3:
        return _correlated(mean, logvar)
    if logvar.shape != mean.shape:
        raise ModelError(f"encode returned means {list(mean.shape)} but log variances {list(logvar.shape)}.")
    if logvar.size and logvar.max() > LARGEST_LOGVAR:
        raise ModelError(f"encode returned a log variance of {logvar.max():.3g}; exp of it is no float32.")
    return Codes(mean, logvar)


def _correlated(mean: np.ndarray, covariance: np.ndarray) -> Codes:
    if mean.shape[1] > MOST_CORRELATED:
        raise ModelError(f"encode returned covariances of {mean.shape[1]} dimensions; there may be {MOST_CORRELATED}.")
    try:
        codes = Codes.correlated(mean, covariance)
    except UserError as error:
        raise ModelError(f"encode: {error}") from None
    assert codes.logvar is not None
    if codes.logvar.size and codes.logvar.max() > LARGEST_LOGVAR:
        raise ModelError(f"encode returned a log variance of {codes.logvar.max():.3g}; exp of it is no float32.")
    return codes


def _images(returned: Any, z: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What `decode` returned for z [N, D]: pixels [N, *shape] in [0, 1]."""
    images = _numbers("decode", returned)
    wanted = (len(z), *shape)
    if images.shape != wanted:
        raise ModelError(f"decode must return {list(wanted)} for z {list(z.shape)}, not {list(images.shape)}.")
    low, high = (images.min(), images.max()) if images.size else (0.0, 1.0)
    if low < -TOLERANCE or high > 1 + TOLERANCE:
        raise ModelError(f"decode must return pixels in [0, 1], not {low:.3g} to {high:.3g}.")
    return images.clip(0, 1)


def _listed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))


def _numbers(name: str, returned: Any) -> np.ndarray:
    """A copy, float32: what a function returns may be its own, and be written to at its next call."""
    try:
        array = to_numpy(returned, f"What {name} returns")
    except UserError as error:
        raise ModelError(str(error)) from None
    with np.errstate(over="ignore"):
        narrow = array.astype(np.float32)
    if not np.isfinite(narrow).all():
        raise ModelError(f"{name} returned numbers that are not finite.")
    if narrow.ndim == 2 and rounding(array, narrow) > FINE:
        raise ModelError(f"{name} returned codes so far from 0 that float32 blurs them: take off their mean.")
    return narrow
