"""Regularization reports for the pages: found where they were kept, made on request, one visitor at a time."""

from threading import Lock

import streamlit as st

from vaeexplorer.analysis.report.evidence import Evidence
from vaeexplorer.analysis.report.evidence import evidence as look
from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.export import report as report_page
from vaeexplorer.results import report as report_card
from vaeexplorer.spaces.space import Space

_lock = Lock()
_made: dict[str, Report] = {}  # in this process, by the key of the space: what could not be kept is not lost


def kept(space: Space) -> Report | None:
    """The report of a latent space, or None while there is none."""
    if space.key not in _made and space.run:
        found = report_card.kept_report(space.run)
        if found is None:
            return None
        _made[space.key] = found
    return _made.get(space.key)


def make(space: Space, on_progress: Progress) -> None:
    """Measure a latent space, and keep the report with its run. What `on_progress` raises ends the work.

    Raises:
        RunError: the report is made, but cannot be kept with the run.
        ValueError: codes that no report can be made of.
    """
    with _lock:
        if kept(space) is not None:
            return
        if space.run is None:
            _made[space.key] = report_card.report_codes(
                space.name, space.posterior, space.model, space.data, on_progress=on_progress
            )
            return
        found = report_card.report_run(space.run, on_progress)
        _made[space.key] = found
        report_card.keep(space.run, found)


def measure_nll_gap(space: Space, on_progress: Progress) -> None:
    """Add the NLL gap to the report of a run.

    Raises:
        RunError: it is measured, but cannot be kept with the run.
    """
    with _lock:
        assert space.run is not None
        found = _made[space.key].with_nll_gap(report_card.nll_gap(space.run, on_progress))
        _made[space.key] = found
        report_card.keep(space.run, found)


def can_measure_nll(space: Space, found: Report) -> bool:
    """Whether the gap has a meaning here and is not known yet."""
    return space.run is not None and found.kl is not None and found.find("nll_gap").value is None


def evidence(space: Space) -> Evidence:
    """What the figures of a report draw."""
    return _evidence(space.key, space)


@st.cache_resource(max_entries=12, show_spinner=False)
def _evidence(key: str, _space: Space) -> Evidence:
    return look(_space.posterior.mean, _space.posterior.logvar)


def strips(space: Space) -> dict[str, str]:
    """Decoded points of the evidence: by where they come from, the address of a PNG."""
    return _strips(space.key, space)


@st.cache_resource(max_entries=12, show_spinner=False)
def _strips(key: str, _space: Space) -> dict[str, str]:
    return report_page.strips(_space.decode, evidence(_space))
