"""What lies in a run's folder beside the run: a film, and, measured later, a UMAP layout, a report, instruments."""

import io
from typing import Any

import numpy as np

from vaeexplorer.arrays import halved
from vaeexplorer.documents import DocumentError, from_json, to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import Shape, arrays_size, read_arrays, read_file, whole_file, why
from vaeexplorer.runs.folder import Run, RunCard, RunError, check_name, read_card

REPORT, FILM, GAPS = "report.json", "film.npz", "gaps.json"
INSTRUMENTS, STABILITY, REGIONS = "instruments.json", "stability.json", "regions.npz"
EVIDENCE = "evidence.npz"
NAMES = ("umap.npz", REPORT, EVIDENCE, GAPS, INSTRUMENTS, STABILITY, REGIONS, FILM)
"""the files that a run's folder may hold of these"""
_MOST = 10_000_000  # bytes of a report


def load_projection(run: Run, kind: str) -> np.ndarray | None:
    """A projection of the run's test codes that was saved with it, float32 [N, 2]; None if there is none.

    Raises:
        RunError: the file is there but is not what it should be.
    """
    name = f"{check_name(kind)}.npz"
    shapes: dict[str, Shape] = {"points": (len(run.labels), 2)}
    try:
        points = read_arrays(read_file(run.path / name, arrays_size(shapes)), shapes)["points"]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{name} of the run {run.name} cannot be read: {why(error)}.") from None
    except ValueError as error:
        raise RunError(f"{name} of the run {run.name} cannot be read: {error}.") from None
    if points.dtype.kind != "f" or not np.isfinite(points).all():
        raise RunError(f"{name} of the run {run.name} does not hold a point of the plane for each image.")
    return points.astype(np.float32)


def save_projection(run: RunCard, kind: str, points: np.ndarray) -> None:
    """Keep a projection [N, 2] of the test codes with the run.

    Raises:
        RunError: the folder cannot be written, holds another run by now, or a point is not finite.
    """
    packed = io.BytesIO()
    try:
        np.savez_compressed(packed, points=halved(points))
    except UserError as error:
        raise RunError(f"The {kind} projection of {run.name} cannot be kept. {error}") from None
    save(run, f"{kind} projection", f"{check_name(kind)}.npz", packed.getvalue())


def load_report(run: RunCard) -> dict[str, Any] | None:
    """The regularization report that was kept with the run, a JSON document; None if there is none.

    Raises:
        RunError: the file is there but holds no JSON document.
    """
    try:
        return from_json(read_file(run.path / REPORT, _MOST), dict[str, Any])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{REPORT} of the run {run.name} cannot be read: {why(error)}.") from None
    except DocumentError as error:
        raise RunError(f"{REPORT} of the run {run.name} cannot be read: {error}.") from None


def save_report(run: RunCard, document: dict[str, Any]) -> None:
    """Keep a regularization report with the run.

    Raises:
        RunError: the folder cannot be written, or holds another run by now.
    """
    save(run, "report", REPORT, to_json(document).encode())


def save(run: RunCard, what: str, name: str, content: bytes) -> None:
    """Write a file of this name beside a run.

    Raises:
        RunError: the folder cannot be written, or holds another run by now; the message names the file as `what`.
    """
    try:
        if read_card(run.path).key != run.key:
            raise RunError("The run was trained anew.")
        with whole_file(run.path / name) as file:
            file.write(content)
    except OSError as error:
        raise RunError(f"The {what} of {run.name} cannot be kept: {why(error)}.") from None
    except RunError as error:
        raise RunError(f"The {what} of {run.name} cannot be kept. {error}") from None
