"""vaeexplorer: what is in the latent space of an autoencoder? Heavy libraries are imported on first use."""

import importlib
from typing import TYPE_CHECKING, Any

from vaeexplorer.errors import installed
from vaeexplorer.version import __version__ as __version__

if TYPE_CHECKING:
    from vaeexplorer.codes import Codes as Codes
    from vaeexplorer.config import RunConfig as RunConfig
    from vaeexplorer.data.datasets import load_dataset as load_dataset
    from vaeexplorer.data.images import ImageDataset as ImageDataset
    from vaeexplorer.foreign.pythae import from_pythae as from_pythae
    from vaeexplorer.foreign.pytorch import from_torch as from_torch
    from vaeexplorer.launch import explore as explore
    from vaeexplorer.network.training import train as train
    from vaeexplorer.notebook.comparison import Comparison as Comparison
    from vaeexplorer.notebook.comparison import compare as compare
    from vaeexplorer.notebook.explorer import Explorer as Explorer
    from vaeexplorer.notebook.linked import link as link
    from vaeexplorer.notebook.report import Report as Report
    from vaeexplorer.notebook.report import report as report
    from vaeexplorer.notebook.watch import watch as watch
    from vaeexplorer.runs.finish import save_run as save_run
    from vaeexplorer.runs.folder import list_runs as list_runs
    from vaeexplorer.runs.folder import load_run as load_run

_HOMES = {
    "Codes": "codes",
    "Comparison": "notebook.comparison",
    "Explorer": "notebook.explorer",
    "ImageDataset": "data.images",
    "Report": "notebook.report",
    "RunConfig": "config",
    "compare": "notebook.comparison",
    "explore": "launch",
    "load_dataset": "data.datasets",
    "from_pythae": "foreign.pythae",
    "from_torch": "foreign.pytorch",
    "link": "notebook.linked",
    "list_runs": "runs.folder",
    "load_run": "runs.folder",
    "report": "notebook.report",
    "save_run": "runs.finish",
    "train": "network.training",
    "watch": "notebook.watch",
}

__all__ = [
    "Codes",
    "Comparison",
    "Explorer",
    "ImageDataset",
    "Report",
    "RunConfig",
    "compare",
    "explore",
    "from_pythae",
    "from_torch",
    "link",
    "list_runs",
    "load_dataset",
    "load_run",
    "report",
    "save_run",
    "train",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with installed():
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
