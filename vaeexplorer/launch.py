"""Open the app: by itself, or on a model of one's own from a script or a notebook."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vaeexplorer.errors import installed
from vaeexplorer.files import user_path
from vaeexplorer.runs.folder import check_name
from vaeexplorer.spaces.own import open_model

if TYPE_CHECKING:
    from vaeexplorer.app.server.in_process import Explorer
    from vaeexplorer.lecture.scenes import Lecture


@installed()
def explore(
    encode: Callable[[np.ndarray], Any],
    decode: Callable[[np.ndarray], Any],
    data: Any,
    *,
    name: str = "my-model",
    port: int | None = None,
    open_browser: bool = True,
    block: bool | None = None,
) -> "Explorer":
    """Open the app on a model of one's own, of any framework.

    Every image is encoded and decoded once, then the app runs in this process, for this machine alone. Dragging z asks
    `decode` for images, as there are no weights to send to the browser. A second call adds a model to the open app; of
    the same name, it takes the place of the first.

    Args:
        encode: images uint8, as `data` has them -> codes [N, D], or (mean, ln sigma^2), each [N, D], or anything with
            `.mean` and `.logvar`; or (mean, covariance [N, D, D]) where dimensions are correlated. Drawn images reach
            it rounded to uint8 too.
        decode: latent points, float32 [N, D] -> images of the same shape in [0, 1].
        data: an ImageDataset, or anything with `.images` uint8 [N, H, W] or [N, H, W, 3], of at most 128 x
            128 pixels, `.labels` [N] and `.class_names`.
        name: what the model is called; letters, digits, '.', '-' and '_'.
        port: where to listen; by default the first free one from 8501.
        open_browser: open the page, where there is a screen.
        block: return only when the app ends, at Ctrl-C. By default so in a script, and not in a notebook or a console.

    Returns:
        A handle with `url`, `stop()` and `wait()`.

    Raises:
        ModelError: the functions do not return what they should, or fail; D differs; pixels leave [0, 1]; a number is
            not finite; there are no images, or more than 70,000 (of 28 x 28; of larger ones, fewer); the port is taken.
        RunError: the name is no name.
    """
    model = open_model(encode, decode, data, check_name(name))
    from vaeexplorer.app.server import in_process

    explorer = in_process.show(model, port, open_browser=open_browser)
    print(f"{name} is open at {explorer.url}", flush=True)  # at once, where it goes to a pipe too
    if not hasattr(sys, "ps1") if block is None else block:
        explorer.wait()
    return explorer


def read_lecture(file: Path | None = None) -> "Lecture":
    """The scenes of a file, checked, addresses too; by default the shipped lecture.

    Raises:
        LectureError: the file cannot be read, or a line of it is not what it should be.
    """
    from vaeexplorer.app.lecture import strip

    return strip.read(file)


def open_lecture(
    file: Path | None = None, *, port: int | None = None, address: str | None = None, hosts: Sequence[str] = ()
) -> None:
    """Open the app on a lecture, and return when it has ended. Arguments as of `serve`."""
    from vaeexplorer.app.lecture import strip

    if file:
        os.environ[strip.FILE] = str(user_path(file).resolve())
    print("The lecture is at /?lecture=1 of the address below.", flush=True)
    serve(port=port, address=address, hosts=hosts)


def serve(
    *, port: int | None = None, address: str | None = None, hosts: Sequence[str] = (), headless: bool | None = None
) -> None:
    """Open the app, from any folder, as `streamlit run app.py` does in the repository; return when it has ended.

    Args:
        port: where to listen; by default 8501, or the next free one.
        address: of the network interface to listen at; by default this machine alone.
        hosts: the names that visitors may know this machine by; by default localhost.
        headless: open no page in a browser; by default so where there is no screen.
    """
    from vaeexplorer.app.server.serve import serve

    given = {"port": port, "address": address, "allowedHosts": list(hosts) or None, "headless": headless}
    serve({f"server.{name}": value for name, value in given.items() if value is not None})
