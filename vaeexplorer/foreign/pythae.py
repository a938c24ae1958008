"""Models of the library pythae, from the folders in which its trainers leave them."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from vaeexplorer.files import user_path
from vaeexplorer.foreign.pytorch import Functions, from_torch
from vaeexplorer.spaces.own import ModelError


class _Encoder(nn.Module):
    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> Any:
        made = self.encoder(x)
        return (made.embedding, made.log_covariance) if "log_covariance" in made else made.embedding


class _Decoder(nn.Module):
    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, z: Tensor) -> Tensor:
        images: Tensor = self.decoder(z)["reconstruction"]
        return images


def from_pythae(path: str | Path, *, trust: bool = False) -> Functions:
    """A model of pythae, as its `AutoModel` reads it, as `encode` and `decode` (see `from_torch`).

    Args:
        path: the folder with model_config.json and model.pt.
        trust: whether the folder may run code here: pythae's files are pickles, and whoever wrote them decides what is
            done when they are read.

    Raises:
        ModelError: it is not trusted; there is no such model; pythae is not installed or cannot read it.
    """
    folder = user_path(path)
    if not (folder / "model_config.json").is_file():
        raise ModelError(f"There is no model of pythae in {folder.name}: it would hold model_config.json and model.pt.")
    if not trust:
        raise ModelError(
            f"Reading {folder.name} unpickles it, which can run any code that its author chose: where you trust that, "
            "give trust=True."
        )
    try:
        from pythae.models import AutoModel
    except ModuleNotFoundError:
        raise ModelError("Models of pythae need it: pip install pythae.") from None
    try:
        model = AutoModel.load_from_folder(str(folder))
    except Exception as error:  # whatever pythae, and the pickles, may raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(f"pythae cannot read {folder.name}: {reason}.") from None
    colors, *size = model.model_config.input_dim
    shape = (*size, 3) if colors == 3 else tuple(size)
    return from_torch(_Encoder(model.encoder), _Decoder(model.decoder), shape=shape)
