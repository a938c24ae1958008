"""The latent plane as a widget: drag, and the image follows, decoded in the browser."""

import base64
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from vaeexplorer.arrays import to_numpy
from vaeexplorer.browser import links
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.errors import UserError
from vaeexplorer.export.planes import packed_codes, packed_decoder, plane_page
from vaeexplorer.figures.theme import classes
from vaeexplorer.notebook.spaces import space_of
from vaeexplorer.notebook.still import Picture, plane, planes
from vaeexplorer.notebook.widget import Widget, most_copied, named
from vaeexplorer.runs.folder import Run
from vaeexplorer.spaces.answers import decoded, encoded

_numbers = itertools.count()  # of widgets, in the addresses that their kernels answer for


class Explorer(Widget):
    """The latent plane of a run, or of a model of one's own, in the output of a cell.

    Drag anywhere, and the image follows. A run is decoded in the browser; two functions are asked in this process,
    between two cells.

    Args:
        model: a run: its name, its path, or what `load_run` gives. Or `encode` of a model of one's own.
        decode, data, name: of a model of one's own, as `explore` takes them.

    Attributes:
        z: the latent point, a list of D numbers. It follows each gesture's end; set it, and the plane follows.
        selection: the numbers of the test images in the lasso, a list.
        space: codes, images and what encodes and decodes.

    Raises:
        RunError, DataError: there is no such run, or its test images are not here.
        ModelError: see `explore`.
        UserError: z is no point of this latent space.

    Examples:
        >>> explorer = Explorer("mnist-vae-2d")
        >>> explorer.z = [1, 0.5]
        >>> explorer.z, explorer.image.shape
        ([1.0, 0.5], (28, 28))
    """

    z = traitlets.Any().tag(sync=True)
    selection: Any = traitlets.List(read_only=True).tag(sync=True)
    _network = traitlets.Bytes().tag(sync=True)
    _codes = traitlets.Bytes().tag(sync=True)
    _sprite = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        model: "str | Path | Run | Callable[[np.ndarray], Any]",
        decode: Callable[[np.ndarray], Any] | None = None,
        data: Any = None,
        *,
        name: str = "my-model",
    ) -> None:
        self.space = space = space_of(model, decode, data, name)
        network = packed_decoder(space)
        remote = "" if network else f"kernel/{next(_numbers)}/"
        held = {"network": network, "codes": packed_codes(space), "sprite": sprite(space.data.images)}
        kept = {kind: content for kind, content in held.items() if content is not None}
        urls = {kind: named(kind, content) for kind, content in kept.items()}
        names = {address: f"_{kind}" for kind, address in urls.items()}
        where = urls | ({"remote": remote} if remote else {})
        about = {"name": space.name, "kind": space.kind, "image": space.data.shape, "urls": where}
        described = about | classes(space.data.class_names)
        traits = {f"_{kind}": content for kind, content in kept.items()}
        keys, first = links.table(links.PLANE), space.codes[0].astype(float).tolist()
        super().__init__("plane", {"space": described}, keys=keys, remote=remote, names=names, z=first, **traits)
        self.on_msg(self._answer)

    def __repr__(self) -> str:
        return f"Explorer({self.space.name!r})"

    @property
    def image(self) -> np.ndarray:
        """What the decoder draws at z, float32 [H, W] or [H, W, 3] in [0, 1]."""
        image: np.ndarray = self.space.decode(np.array([self.z], np.float32))[0]
        return image

    @traitlets.validate("z")
    def _check_z(self, proposal: dict[str, Any]) -> list[float]:
        z = to_numpy(proposal["value"], "z").astype(float)
        if z.shape != (self.space.dimensions,):
            raise UserError(f"z must be {self.space.dimensions} numbers, not of shape {list(z.shape)}.")
        if not np.isfinite(z).all():
            raise UserError("z must be finite numbers.")
        return z.tolist()  # type: ignore[no-any-return]

    @traitlets.observe("z")
    def _move(self, change: Any) -> None:
        if not self._from_page and change["old"] is not traitlets.Undefined:
            others = {name: text for name, text in self._link.items() if name not in ("z", "test")}
            self._link = {"z": ",".join(f"{value:.7g}" for value in self.z)} | others

    def _answer(self, widget: object, asked: dict[str, Any], buffers: object) -> None:
        """What the page asks of functions that it cannot run."""
        answer = {"decode": decoded, "encode": encoded}[asked["ask"]]
        try:
            content = answer(self.space, base64.b64decode(asked["body"]))
        except UserError as error:
            self.send({"id": asked["id"], "error": str(error)})
        else:
            self.send({"id": asked["id"]}, [content])

    def _can_be_copied(self) -> bool:
        return bool(self._network)

    def _most_copied(self) -> int:
        return most_copied(self.space.data.shape)

    def _page(self, most: int | None) -> str:
        return plane_page(self.space, most=most, link=self._link)

    def _picture(self) -> Picture:
        # A run is not decoded here: that would import torch, for seconds, and its page decodes.
        return planes([self.space]) if self._network else plane(self.space, np.array(self.z))
