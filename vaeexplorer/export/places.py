"""Where a page has its styles, its script and its data: in itself, or in files beside it that all pages share."""

import codecs
import zlib
from pathlib import Path

import numpy as np
from markupsafe import Markup

from vaeexplorer.files import content_hash, whole_file

ASSETS = "assets"
_LETTERS = np.array([code for code in range(32, 127) if chr(code) not in '"&<\\'], np.uint8)
"""91 characters that stand for themselves in an HTML element, in a JavaScript string and in JSON"""
_WIDE, _WIDE_LAST = 0x3000, 0x2F00  # first of the characters for 15 bits, and of those for 7


class Inside:
    """All is in the page, which is one file."""

    policy = (
        "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:; worker-src blob:"
    )
    """what the page allows itself to load, as its Content-Security-Policy"""
    most: int | None = 10_000_000
    """bytes of a page that also holds the autoencoder beside a VAE; where both are too large, the VAE stays alone"""

    def style(self, css: str) -> Markup:
        """The element of a style sheet."""
        return Markup(f"<style>\n{css}</style>")

    def script(self, code: str) -> Markup:
        """The element of a script."""
        return Markup(f"<script>\n{_classic(code)}</script>")

    def data(self, element: str, content: bytes, *, planes: bool = True, name: str = "") -> Markup:
        """The element that holds data, as `standalone/standalone.js` reads them: a zlib stream as text.

        Args:
            element: its id.
            content: any bytes.
            planes: put bytes at even places before those at odd ones: of half-precision numbers, the second half packs
                well.
            name: what the data are called.
        """
        packed = zlib.compress(content[::2] + content[1::2] if planes else content, 9)
        return self._holder(element, packed, Markup(' data-name="{}"').format(name) if name else Markup())

    def none(self, element: str) -> Markup:
        """The element that would hold data which there are not."""
        return Markup('<script type="text/plain" id="{}"></script>').format(element)

    def _holder(self, element: str, packed: bytes, attributes: Markup) -> Markup:
        return Markup(f'<script type="text/plain" id="{element}"{attributes}>{as_text(packed)}</script>')


class Beside(Inside):
    """All is in files of `assets/` beside the page. Their names hold a hash of their content, so a file is written
    once, however many pages use it, and may be kept by browsers for ever.

    A script is the one kind of file that a page may load from a disk as well as from a server, so data are scripts
    too: they put their text into their own element. They are UTF-16, as their first two bytes say, which counts for
    more than whatever a server says of them.
    """

    policy = (
        "default-src 'none'; script-src 'self' file: 'wasm-unsafe-eval'; style-src 'self' file: 'unsafe-inline'; "
        "img-src 'self' file: data: blob:; worker-src blob:"
    )
    most = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ASSETS).mkdir()

    def style(self, css: str) -> Markup:
        """The element that names a style sheet."""
        return Markup('<link rel="stylesheet" href="{}">').format(self.file("style", css.encode(), "css"))

    def script(self, code: str) -> Markup:
        """The element that names a script."""
        return Markup('<script src="{}"></script>').format(self.file("script", _classic(code).encode(), "js"))

    def _holder(self, element: str, packed: bytes, attributes: Markup) -> Markup:
        code = f'document.currentScript.textContent="{as_wide_text(packed)}";\n'
        source = self.file("data", codecs.BOM_UTF16_LE + code.encode("utf-16-le"), "js")
        return Markup(f'<script type="text/plain" id="{element}"{attributes} data-src="{source}"></script>')

    def file(self, kind: str, content: bytes, extension: str) -> str:
        """Write a file, and its address as pages have it.

        Raises:
            OSError: it cannot be written.
        """
        address = f"{ASSETS}/{kind}-{content_hash(content)}.{extension}"
        if not (self.folder / address).exists():
            with whole_file(self.folder / address) as file:
                file.write(content)
        return address


def as_text(data: bytes) -> str:
    """Bytes as text that a page or a script can hold, 16 characters for 13 bytes, where base64 takes 17.3.

    Each 13 bits become two of 91 characters; what is left at the end becomes one if it has at most 6 bits, and is
    filled up with zeros. `standalone/text.js` is the way back.
    """
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    pairs, left = divmod(len(bits), 13)
    numbers = _numbers(bits[: 13 * pairs].reshape(-1, 13))
    letters = np.stack(np.divmod(numbers, len(_LETTERS)), axis=1).ravel()
    if left:
        width = 6 if left <= 6 else 13
        (last,) = _numbers(np.pad(bits[13 * pairs :], (0, width - left))[None])
        letters = np.append(letters, [last] if width == 6 else divmod(last, len(_LETTERS)))
    return str(_LETTERS[letters].tobytes(), "ascii")


def as_wide_text(data: bytes) -> str:
    """Bytes as text for a script in UTF-16: 15 bits a character of two bytes, 7 in one at the end where that is enough.

    All characters stand for themselves in a string of JavaScript. `standalone/text.js` is the way back.
    """
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    whole = len(bits) // 15 * 15
    codes = _WIDE + _numbers(bits[:whole].reshape(-1, 15))
    if left := len(bits) - whole:
        width, first = (7, _WIDE_LAST) if left <= 7 else (15, _WIDE)
        codes = np.append(codes, first + _numbers(np.pad(bits[whole:], (0, width - left))[None]))
    return str(codes.astype("<u2").tobytes(), "utf-16-le")


def _numbers(bits: np.ndarray) -> np.ndarray:
    """Rows of at most 16 bits [N, B], the highest first, as numbers [N]."""
    wide = np.zeros((len(bits), 16), np.uint8)
    wide[:, 16 - bits.shape[1] :] = bits
    return np.packbits(wide, axis=1).view(">u2").ravel().astype(np.intp)


def _classic(code: str) -> str:
    """As a script that is no module: a page on a disk may load no modules from files."""
    return f'"use strict";\n(() => {{\n{code}}})();\n'
