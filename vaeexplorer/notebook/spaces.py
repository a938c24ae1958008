"""What the functions of this room take: a run, or a model of one's own, as a latent space."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vaeexplorer.errors import UserError
from vaeexplorer.runs.folder import Run, check_name, load_run
from vaeexplorer.runs.images import images_of
from vaeexplorer.spaces.own import open_model
from vaeexplorer.spaces.space import Space, open_run


class NotebookError(UserError):
    """What makes no sense together; the message is one sentence."""


def space_of(
    model: "str | Path | Run | Callable[[np.ndarray], Any]",
    decode: Callable[[np.ndarray], Any] | None = None,
    data: Any = None,
    name: str = "my-model",
) -> Space:
    """A run by its name, its path or as it is, or two functions and their images.

    Raises:
        RunError, DataError: there is no such run, or its test images are not here.
        ModelError: see `explore`.
        NotebookError: a run with a decoder, or functions without one or without images.
    """
    if isinstance(model, (str, Path, Run)):
        if decode is not None or data is not None:
            raise NotebookError("A run has a decoder and images of its own: give nothing beside it.")
        run = model if isinstance(model, Run) else load_run(model)
        return open_run(run, images_of(run))
    if decode is None or data is None:
        raise NotebookError("Give the name of a run, or three things: encode, decode and data.")
    return open_model(model, decode, data, check_name(name))
