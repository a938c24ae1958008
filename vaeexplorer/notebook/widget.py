"""What all widgets share: the code that runs in the page, bytes that come once, and a copy for saved notebooks."""

import base64
import html
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vaeexplorer.browser import bundle
from vaeexplorer.errors import UserError
from vaeexplorer.files import content_hash
from vaeexplorer.notebook.still import Picture

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as missing:
    raise UserError(f"Widgets need {missing.name}: pip install 'vaeexplorer[notebook]'.") from None

COPIED_IMAGES = 2000
"""in a saved notebook: 2 to 3 MB a widget instead of up to 8"""
COPIED_NUMBERS = 4_000_000
"""of their pixels and colours, so that of larger images fewer are copied"""
MOST_COPIED = 8_000_000
"""bytes of a copy as it stands in the notebook; marimo shows no more"""
_FRAME = (
    '<iframe srcdoc="{}" title="{}" sandbox="allow-scripts allow-downloads" '
    'style="width: 100%; height: {}px; border: 0"></iframe>'
)


class Widget(anywidget.AnyWidget):
    """A widget of `browser/notebook/notebook.js`.

    `_esm` is small, since front ends keep a module for every execution of a cell: it takes the code of all widgets from
    `_code` once a page.
    """

    _esm = (Path(__file__).parent / "loader.js").read_text(encoding="utf-8")
    _css = bundle.style("plane/latent_plane.css", "pair/pair.css", "notebook/notebook.css")
    _code = traitlets.Bytes().tag(sync=True)
    _code_hash = traitlets.Unicode().tag(sync=True)
    _given = traitlets.Dict().tag(sync=True)
    _link = traitlets.Dict().tag(sync=True)
    _frame = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    height = 800
    """of a saved copy, pixels"""

    def __init__(self, kind: str, data: Mapping[str, Any], *, keys: Any = (), remote: str = "", **own: Any) -> None:
        code = zlib.compress(bundle.script("notebook/notebook.js").encode())
        given = {"kind": kind, "keys": keys, "data": data, "bytes": own.pop("names", {}), "remote": remote}
        self._from_page = False
        super().__init__(_code=code, _code_hash=content_hash(code), _given=given, **own)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page has chosen, which need not be sent back to it."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False

    def to_html(self, path: str | Path | None = None) -> str:
        """The widget as a page that needs no server, as text; written to a file where a path is given.

        Raises:
            ExportError: only Python can decode; the file cannot be written.
        """
        from vaeexplorer.export.html import write

        text = self._page(None)
        if path is not None:
            write(Path(path), text)
        return text

    def _most_copied(self) -> int:
        """How many images a saved copy has."""
        return COPIED_IMAGES

    def _page(self, most: int | None) -> str:
        """The page, with so many images."""
        raise NotImplementedError

    def _picture(self) -> Picture:
        """What stands in a saved notebook where no page can decode, or is shown."""
        raise NotImplementedError

    def _can_be_copied(self) -> bool:
        return True

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The live widget, a copy for where there is no kernel (a saved notebook, its HTML), and a picture of it."""
        found = super()._repr_mimebundle_(**options)
        if found is None:
            return None
        data, metadata = found
        picture = self._picture()
        copy = {"text/html": self._copy(picture), "image/png": base64.b64encode(picture.png).decode()}
        return data | copy, metadata

    def _copy(self, picture: Picture) -> str:
        if not self._can_be_copied():
            return picture.html()
        frame = _FRAME.format(
            html.escape(self._page(self._most_copied())), html.escape(type(self).__name__), self.height
        )
        return frame if len(frame.encode()) <= MOST_COPIED else picture.html()


def most_copied(shape: tuple[int, ...]) -> int:
    """How many images of a shape a saved copy has."""
    return min(COPIED_IMAGES, COPIED_NUMBERS // math.prod(shape))


def named(kind: str, content: bytes) -> str:
    """What the page knows bytes by: a name that holds their hash, so that it keeps them once and checks them."""
    return f"{kind}-{content_hash(content)}.bin"
