"""Latent planes side by side as one widget: one pair of images in all of them."""

from collections.abc import Sequence
from typing import Any

import traitlets

from vaeexplorer.browser import links
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.export.planes import PAIR_KEYS, pair_page
from vaeexplorer.figures.theme import classes
from vaeexplorer.notebook.explorer import Explorer
from vaeexplorer.notebook.spaces import NotebookError
from vaeexplorer.notebook.still import Picture, planes
from vaeexplorer.notebook.widget import Widget, most_copied, named

MOST = 3
"""planes side by side"""


class Linked(Widget):
    """Latent planes of the same images: drag A or B in one, and all follow.

    Attributes:
        pair: the numbers of the test images A and B.
    """

    pair: Any = traitlets.List(read_only=True).tag(sync=True)
    _network_0, _network_1, _network_2 = (traitlets.Bytes().tag(sync=True) for _ in range(MOST))
    _codes_0, _codes_1, _codes_2 = (traitlets.Bytes().tag(sync=True) for _ in range(MOST))
    _sprite = traitlets.Bytes().tag(sync=True)
    height = 760

    def __init__(self, explorers: Sequence[Explorer]) -> None:
        self._spaces = spaces = [each.space for each in explorers]
        images = spaces[0].data
        held: dict[str, Any] = {"_sprite": sprite(images.images)}
        sheet = named("sprite", held["_sprite"])
        names, described = {sheet: "_sprite"}, []
        for number, (space, each) in enumerate(zip(spaces, explorers, strict=True)):
            urls = {"sprite": sheet}
            for kind, content in (("network", each._network), ("codes", each._codes)):
                held[f"_{kind}_{number}"] = content
                urls[kind] = named(kind, content)
                names[urls[kind]] = f"_{kind}_{number}"
            described.append({"name": space.name, "kind": space.kind, "image": space.data.shape, "urls": urls})
        data = {**classes(images.class_names), "count": len(images), "spaces": described, "fields": None}
        super().__init__("pair", data, keys=links.table(PAIR_KEYS), names=names, **held)

    def __repr__(self) -> str:
        return f"link({', '.join(space.name for space in self._spaces)})"

    def _most_copied(self) -> int:
        return most_copied(self._spaces[0].data.shape)

    def _page(self, most: int | None) -> str:
        return pair_page(self._spaces, most=most, link=self._link)

    def _picture(self) -> Picture:
        return planes(self._spaces)


def link(explorers: Sequence[Explorer]) -> Linked:
    """Two or three explorers as one widget, with one pair of images on all planes.

    Args:
        explorers: of the same images, each with a decoder that the browser can run.

    Raises:
        NotebookError: fewer than two or more than three, other images, or a decoder that only Python can run.

    Examples:
        >>> link([Explorer("mnist-ae-2d"), Explorer("mnist-vae-2d")]).pair
        []
    """
    explorers = list(explorers)
    if not all(isinstance(each, Explorer) for each in explorers) or not 2 <= len(explorers) <= MOST:
        raise NotebookError(f"Link two to {MOST} explorers: vx.link([vx.Explorer(...), vx.Explorer(...)]).")
    if len({each.space.data.content_hash for each in explorers}) != 1:
        raise NotebookError("Planes can be linked where they hold the same images.")
    for each in explorers:
        if not each._network:
            raise NotebookError(
                f"The decoder of {each.space.name} is a function of Python: only its own plane can ask."
            )
    return Linked(explorers)
