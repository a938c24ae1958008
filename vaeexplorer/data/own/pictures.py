"""A folder of pictures, of which each sub-folder is a class; or of two folders, train and test, that are so."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own.prepare import MOST, Gathered, Part
from vaeexplorer.files import open_regular

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"})
_MOST_PIXELS = 100_000_000  # of a picture
_SPLITS = ({"train", "test"}, {"training", "testing"}, {"train", "val"}, {"train", "valid"})
_NAMED = 3  # unreadable files that are named
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")


def read_folder(path: Path) -> Gathered:
    """The pictures of a folder, each brought to 28 pixels of its longer side; hidden files are passed over.

    Raises:
        DataError: there are none, more than a set may have, or none that can be read.
    """
    folders = {entry.name.lower(): entry for entry in _folders(path)}
    for names in _SPLITS:
        if names == folders.keys():
            train, test = sorted(names, key=lambda name: not name.startswith("train"))
            (learned, first), (held, second) = (_read(folders[name], path.name) for name in (train, test))
            return Gathered(path.name, train=learned, test=held, remarks=first + second)
    part, remarks = _read(path, path.name)
    return Gathered(path.name, all=part, remarks=remarks)


def _read(root: Path, title: str) -> tuple[Part, list[str]]:
    files = list(_pictures(root))
    if not files:
        raise DataError(f"there are no pictures in {title}")
    if len(files) > MOST:
        raise DataError(f"there are {len(files):,} pictures in {title}, and a set may have {MOST:,}")
    classes = [file.relative_to(root).parts[0] if file.parent != root else None for file in files]
    images: list[NDArray[np.uint8]] = []
    labels: list[str | None] = []
    unreadable, coloured = [], 0
    for file, label in zip(files, classes, strict=True):
        try:
            image, has_colour = _grey(file)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            unreadable.append(f"{file.name} ({_reason(error)})")
            continue
        images.append(image)
        labels.append(label)
        coloured += has_colour
    if not images:
        raise DataError(f"none of the {len(files):,} pictures in {title} can be read: {unreadable[0]}")
    remarks = []
    if unreadable:
        more = f" and {len(unreadable) - _NAMED:,} more" if len(unreadable) > _NAMED else ""
        remarks.append(f"Left out, since they cannot be read: {', '.join(unreadable[:_NAMED])}{more}.")
    if coloured:
        remarks.append(f"{coloured:,} pictures are in colour: their luminance is taken.")
    if any(labels) and None in labels:
        loose = sum(label is None for label in labels)
        remarks.append(f"{loose:,} pictures lie beside the folders of classes: their class is (none).")
    names = None if all(label is None for label in labels) else [label or "(none)" for label in labels]
    return Part(images, names), remarks


def _folders(path: Path) -> list[Path]:
    return [entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith((".", "__"))]


def _pictures(root: Path) -> Iterator[Path]:
    for folder, inside, files in os.walk(root):
        inside[:] = sorted(name for name in inside if not name.startswith((".", "__")))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in PICTURES:
                yield Path(folder) / name


def _grey(path: Path) -> tuple[NDArray[np.uint8], bool]:
    """A picture in grey, its longer side 28 pixels, and whether it has colours. What is transparent is white."""
    with open_regular(path) as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            opened = Image.open(file, formats=_FORMATS)
        except Image.DecompressionBombWarning:
            raise ValueError("it is too large") from None
        if opened.width * opened.height > _MOST_PIXELS:  # its header says so, before a pixel is unpacked
            raise ValueError("it is too large")
        opened.draft("L", (4 * IMAGE_SIZE, 4 * IMAGE_SIZE))  # a JPEG is unpacked no larger than is needed
        has_colour = opened.mode not in ("1", "L", "LA", "I", "I;16", "F")
        picture: Image.Image = ImageOps.exif_transpose(opened)
        if picture.mode in ("I", "I;16", "I;16B", "F"):
            values = np.asarray(picture, np.float64)
            picture = Image.fromarray((values // 257 if values.max() > 255 else values).astype(np.uint8))
        elif picture.has_transparency_data:
            layered = picture.convert("RGBA")
            ground = Image.new("RGBA", layered.size, "white")
            ground.alpha_composite(layered)
            picture = ground
        if has_colour and picture.mode in ("P", "RGB", "RGBA"):  # many grey pictures are stored so
            small = picture.convert("RGB").resize((32, 32), Image.Resampling.NEAREST)
            has_colour = bool(np.ptp(np.asarray(small, np.int16), axis=2).max() > 16)
        grey = picture.convert("L")
        grey.thumbnail((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.LANCZOS)
        return np.array(grey), has_colour


def _reason(error: Exception) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0]
    return "no picture" if "identify" in text else text[:80]
