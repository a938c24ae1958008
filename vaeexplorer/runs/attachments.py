"""What is measured on a run later and lies in its folder: a UMAP layout, a regularization report."""

import json
from typing import Any

import numpy as np

from vaeexplorer.files import read_arrays, whole_file
from vaeexplorer.runs.folder import RunCard, RunError, check_name


def load_projection(run: RunCard, kind: str) -> np.ndarray | None:
    """A projection of the run's test codes that was saved with it, float32 [N, 2]; None if there is none.

    Raises:
        RunError: the file is there but cannot be read.
    """
    path = run.path / f"{check_name(kind)}.npz"
    if not path.exists():
        return None
    try:
        points = read_arrays(path)["points"]
    except (OSError, ValueError, KeyError):
        raise RunError(f"{path.name} of the run {run.name} is missing, cut short or no array file.") from None
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind != "f" or not np.isfinite(points).all():
        raise RunError(f"{path.name} of the run {run.name} does not hold a point of the plane for each image.")
    return points.astype(np.float32)


def save_projection(run: RunCard, kind: str, points: np.ndarray) -> None:
    """Keep a projection [N, 2] of the test codes with the run.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        with whole_file(run.path / f"{check_name(kind)}.npz") as file:
            np.savez_compressed(file, points=points.astype(np.float16))
    except OSError as error:
        raise RunError(f"The {kind} projection of {run.name} cannot be saved: {error.strerror}.") from None


def load_report(run: RunCard) -> dict[str, Any] | None:
    """The regularization report that was kept with the run, a JSON document; None if there is none.

    Raises:
        RunError: the file is there but holds no JSON document.
    """
    try:
        document = json.loads((run.path / "report.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise RunError(f"report.json of the run {run.name} cannot be read.")
    return document


def save_report(run: RunCard, document: dict[str, Any]) -> None:
    """Keep a regularization report with the run.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        with whole_file(run.path / "report.json") as file:
            file.write(f"{json.dumps(document, allow_nan=False)}\n".encode())
    except OSError as error:
        raise RunError(f"The report of {run.name} cannot be kept: {error.strerror}.") from None
