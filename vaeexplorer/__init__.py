"""vaeexplorer: what is in the latent space of an autoencoder? Heavy libraries are imported on first use."""

import importlib
from typing import TYPE_CHECKING, Any

from vaeexplorer.version import __version__ as __version__

if TYPE_CHECKING:
    from vaeexplorer.analysis.regularization import report as report
    from vaeexplorer.config import RunConfig as RunConfig
    from vaeexplorer.data import load_dataset as load_dataset
    from vaeexplorer.network.training import train as train
    from vaeexplorer.own import explore as explore
    from vaeexplorer.runs import list_runs as list_runs
    from vaeexplorer.runs import load_run as load_run
    from vaeexplorer.runs import save_run as save_run

_HOMES = {
    "RunConfig": "config",
    "explore": "own",
    "load_dataset": "data",
    "list_runs": "runs",
    "load_run": "runs",
    "report": "analysis.regularization",
    "save_run": "runs",
    "train": "network.training",
}

__all__ = ["RunConfig", "explore", "list_runs", "load_dataset", "load_run", "report", "save_run", "train"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
