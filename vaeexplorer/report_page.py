"""The regularization report of a run as one HTML page."""

from pathlib import Path

from vaeexplorer.report_card import Report
from vaeexplorer.runs import Run


def write_html(run: Run, found: Report, path: Path) -> None:
    """Write the page."""
    raise NotImplementedError
