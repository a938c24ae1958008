"""The film of one or two runs as a file: a GIF, or an MP4 where imageio-ffmpeg is installed.

Frames are drawn in one palette, from ground to ink and the classes' colours, so that a GIF loses nothing.
"""

import io
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.errors import UserError
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.files import OWN, whole_file, why
from vaeexplorer.runs.film import film_of
from vaeexplorer.runs.folder import Run

KINDS = (".gif", ".mp4")
SIZE = 360  # pixels of a plane
_TILES, _COLUMNS = 12, 18  # of the lattice, across and up; and of draws in a row
_TITLE, _CURVE, _GAP, _FOOT = 26, 96, 12, 24  # pixels
_GROUND, _INK = (251, 250, 247), (29, 31, 36)  # the app's light theme
_SHADES, _STRENGTH = 64, 0.24  # of the palette; and of the decoded images' ink, so that dots stay in front
_MARK = _SHADES + len(CLASS_COLORS)  # the colour of the test curve
_HALF = 4.0  # of the plane of a VAE, around the prior
_RATE, _LAST = 10, 20  # frames a second; and how often the last one is there
_FONT = ImageFont.load_default(14)

Picture = NDArray[np.uint8]  # numbers of the palette


def write_film(runs: Sequence[Run], path: Path, on_frame: Callable[[int], None] = lambda _: None) -> None:
    """Write the film of one run, or of two side by side.

    Args:
        runs: one or two.
        path: ending in .gif or .mp4; a file of that name is replaced.
        on_frame: called with 1 for each frame that was drawn.

    Raises:
        UserError: the file's name ends otherwise, it cannot be written, or an MP4 is asked for without imageio-ffmpeg.
        RunError: a film cannot be read.
    """
    content = film_bytes(runs, path.suffix.lower(), on_frame)
    try:
        with whole_file(path) as file:
            file.write(content)
    except OSError as error:
        raise UserError(f"{path.name} cannot be written: {why(error)}.") from None


def film_bytes(runs: Sequence[Run], kind: str, on_frame: Callable[[int], None] = lambda _: None) -> bytes:
    """The same as bytes; `kind` is .gif or .mp4."""
    if kind not in KINDS:
        raise UserError(f"A film is a .gif or an .mp4, not {kind[:20] or 'a file without an ending'!r}.")
    if kind == ".mp4" and not has_mp4():
        raise UserError("An MP4 needs the package imageio-ffmpeg: `pip install imageio-ffmpeg`, or name a .gif.")
    shots = [Shot(run) for run in runs]
    frames = []
    for epoch in sorted({float(epoch) for shot in shots for epoch in shot.film.epochs}):
        frames.append(_beside([shot.draw(epoch) for shot in shots], f"epoch {epoch:.3g}"))
        on_frame(1)
    return _gif(frames) if kind == ".gif" else _mp4(frames)


def has_mp4() -> bool:
    """Whether an MP4 can be written here."""
    try:
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return False
    return True


def moments(runs: Sequence[Run]) -> int:
    """How many frames the film of these runs has."""
    return len({float(epoch) for run in runs for epoch in film_of(run).epochs})


class Shot:
    """What is drawn of one run."""

    def __init__(self, run: Run) -> None:
        self.run, self.film = run, film_of(run)
        self._positions = self.film.positions
        self._labels = run.labels[: self.film.codes.shape[1]]
        last = self._positions[-1]
        self._axes = sorted(np.argsort(-last.std(axis=0), kind="stable")[:2].tolist())
        low, high = -np.full(2, _HALF), np.full(2, _HALF)
        if run.config.model.model == "ae":
            ends = np.percentile(last[:, self._axes], (0.5, 99.5), axis=0)
            room = 0.06 * (ends[1] - ends[0]) + 1e-6
            low[: len(self._axes)], high[: len(self._axes)] = ends[0] - room, ends[1] + room
        self._middle = (low + high) / 2
        self._scale = SIZE / float((high - low).max())

    def draw(self, epoch: float) -> Picture:
        """The plane, with what the decoder drew, and the loss, as they were at an epoch."""
        number = max(0, int((self.film.epochs <= epoch + 1e-6).sum()) - 1)
        plane = np.zeros((SIZE, SIZE), np.uint8)
        parts = [_text(self.run.name, SIZE, _TITLE), plane]
        if self.film.packed is not None and self.film.boxes is not None:
            images = self.film.grid(number)
            if self.film.boxes[number].any():
                self._paint(plane, images, self.film.boxes[number])
            else:
                parts.append(_draws(images))
        self._dot(plane, self._positions[number][:, self._axes])
        return np.concatenate([*parts, _curve(self.run, epoch)])

    def _pixels(self, points: np.ndarray) -> np.ndarray:
        """Where latent points [N, 2] lie on the plane, [N, 2] as column and row."""
        moved = (points - self._middle) * self._scale * [1, -1] + SIZE / 2
        return np.asarray(np.rint(moved).astype(int))

    def _paint(self, plane: Picture, images: np.ndarray, box: np.ndarray) -> None:
        sheet = images.reshape(_TILES, _TILES, IMAGE_SIZE, IMAGE_SIZE).transpose(0, 2, 1, 3)
        side = _TILES * IMAGE_SIZE
        (left, top), (right, bottom) = self._pixels(np.array([[box[0], box[3]], [box[1], box[2]]]))
        size = (max(1, right - left), max(1, bottom - top))
        if max(size) > 20 * SIZE:  # a lattice far beyond the plane would be a picture of any size
            return
        grey = np.asarray(Image.fromarray(sheet.reshape(side, side)).resize(size, Image.Resampling.BILINEAR))
        shades = np.rint(grey * (_STRENGTH * (_SHADES - 1) / 255)).astype(np.uint8)
        rows = slice(max(0, top), min(SIZE, bottom))
        columns = slice(max(0, left), min(SIZE, right))
        plane[rows, columns] = shades[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]

    def _dot(self, plane: Picture, codes: np.ndarray) -> None:
        if codes.shape[1] == 1:  # a row a class
            codes = np.stack([codes[:, 0], (self._labels - 4.5) / 1.5], axis=1)
        at = self._pixels(codes)
        is_inside = ((at > 0) & (at < SIZE - 1)).all(axis=1)
        colors = (_SHADES + self._labels % len(CLASS_COLORS)).astype(np.uint8)
        for across in (0, 1):
            for down in (0, 1):
                plane[at[is_inside, 1] + down, at[is_inside, 0] + across] = colors[is_inside]


def _draws(images: np.ndarray) -> Picture:
    """Images in rows, in full ink."""
    rows = len(images) // _COLUMNS
    sheet = images.reshape(rows, _COLUMNS, IMAGE_SIZE, IMAGE_SIZE).transpose(0, 2, 1, 3)
    grey = Image.fromarray(sheet.reshape(rows * IMAGE_SIZE, _COLUMNS * IMAGE_SIZE))
    small = grey.resize((SIZE, SIZE * rows // _COLUMNS), Image.Resampling.BILINEAR)
    return np.rint(np.asarray(small) * ((_SHADES - 1) / 255)).astype(np.uint8)


def _curve(run: Run, epoch: float) -> Picture:
    """The loss by epoch: on test images in colour, on training images in grey, and where the film is."""
    canvas = Image.new("P", (SIZE, _CURVE))
    pen = ImageDraw.Draw(canvas)
    last = max(len(run.history), 1)
    every = np.array([[record.train.total, record.test.total] for record in run.history])
    low, high = float(every.min()), float(every.max())

    def at(number: int, value: float) -> tuple[float, float]:
        return (SIZE - 9) * number / last + 4, _CURVE - 6 - (_CURVE - 30) * (value - low) / ((high - low) or 1)

    for column, color, width in ((0, _SHADES // 2, 1), (1, _MARK, 2)):
        points = [at(number + 1, value) for number, value in enumerate(every[:, column])]
        for start, end in pairwise(points):
            pen.line([start, end], fill=color, width=width)
    x = at(0, low)[0] + (SIZE - 9) * min(epoch, last) / last
    pen.line([(x, 24), (x, _CURVE)], fill=_SHADES - 1)
    picture: Picture = np.array(canvas)
    shown = run.history[max(0, min(last, int(epoch)) - 1)].test.total
    picture[:20] = _text(f"loss on test images {shown:.1f} nats" if epoch >= 1 else "loss on test images", SIZE, 20)
    return picture


def _text(text: str, width: int, height: int) -> Picture:
    """A line of text in the palette's shades."""
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).text((4, height // 2), text[:60], fill=255, font=_FONT, anchor="lm")
    return np.rint(np.asarray(mask) * ((_SHADES - 1) / 255)).astype(np.uint8)


def _beside(pictures: list[Picture], foot: str) -> Picture:
    """Pictures side by side on one ground, with a line below; sides are even, as an MP4 needs them."""
    height = max(len(picture) for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + _GAP * (len(pictures) - 1)
    canvas = np.zeros((height + height % 2 + _FOOT, width + width % 2), np.uint8)
    left = 0
    for picture in pictures:
        canvas[: len(picture), left : left + picture.shape[1]] = picture
        left += picture.shape[1] + _GAP
    canvas[-_FOOT:] = _text(foot, canvas.shape[1], _FOOT)
    return canvas


def _palette() -> NDArray[np.uint8]:
    """RGB, [256, 3]: shades from ground to ink, the classes' colours, the colour of the test curve."""
    share = np.linspace(0, 1, _SHADES)[:, None]
    colors = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (*CLASS_COLORS, "#0b63a8")]
    every = np.concatenate([(1 - share) * _GROUND + share * _INK, colors])
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(every)] = np.rint(every)
    return palette


def _gif(frames: list[Picture]) -> bytes:
    palette = _palette().tobytes()
    images = [Image.fromarray(frame, mode="P") for frame in frames]
    for image in images:
        image.putpalette(palette)
    packed = io.BytesIO()
    durations = [1000 // _RATE] * (len(images) - 1) + [1000 * _LAST // _RATE]
    images[0].save(packed, "GIF", save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=False)
    return packed.getvalue()


def _mp4(frames: list[Picture]) -> bytes:
    import imageio_ffmpeg

    palette = _palette()
    height, width = frames[0].shape
    with tempfile.TemporaryDirectory(prefix=OWN) as place:
        path = Path(place) / "film.mp4"
        writer = imageio_ffmpeg.write_frames(str(path), (width, height), fps=_RATE, macro_block_size=2, quality=8)
        writer.send(None)
        for frame in (*frames, *[frames[-1]] * _LAST):
            writer.send(np.ascontiguousarray(palette[frame]))
        writer.close()
        return path.read_bytes()
