"""Load or compute the report of a latent space, with caching; one visitor at a time."""

from threading import Lock

import streamlit as st

from vaeexplorer.analysis.report.diagnostics import DEFINITIONS
from vaeexplorer.analysis.report.evidence import Evidence
from vaeexplorer.analysis.report.evidence import evidence as look
from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.app.server.figures import Drawn, drawn
from vaeexplorer.export import report as report_page
from vaeexplorer.figures.report import Kind
from vaeexplorer.figures.report import exhibits as draw
from vaeexplorer.results import report as report_card
from vaeexplorer.results.seeds import shipped
from vaeexplorer.spaces.space import Space

_lock = Lock()


def kept(space: Space) -> Report | None:
    """The report of a latent space, or None while there is none."""
    made = _report(space.key, space)
    return made[0] if made else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _report(key: str, _space: Space) -> list[Report]:
    """The report of a space, or an empty list while there is none; `make` fills it."""
    found = report_card.kept_report(_space.run) if _space.run else None
    return [] if found is None else [found]


def forget() -> None:
    """Read every report again when it is asked for next."""
    _report.clear()
    _seeds.clear()


def make(space: Space, on_progress: Progress) -> None:
    """Measure a latent space, and store the report with its run. What `on_progress` raises ends the work.

    Raises:
        RunError: the report is made, but cannot be stored with the run.
        UserError: codes that no report can be made of.
    """
    with _lock:
        if kept(space) is not None:
            return
        if space.run is None:
            found = report_card.report_codes(
                space.name, space.posterior, space.model, space.data, on_progress=on_progress
            )
        else:
            found = report_card.report_run(space.run, on_progress)
        _store(space, found)


def measure_nll_gap(space: Space, on_progress: Progress) -> None:
    """Add the NLL gap to the report of a run.

    Raises:
        RunError: it is measured, but cannot be stored with the run.
    """
    with _lock:
        found = kept(space)
        assert space.run is not None
        assert found is not None
        _store(space, found.with_nll_gap(report_card.nll_gap(space.run, on_progress)))


def _store(space: Space, found: Report) -> None:
    """Here at once, and with the run where there is one: what cannot be written there is not lost."""
    _report(space.key, space)[:] = [found]
    if space.run is not None:
        report_card.keep(space.run, found)
        report_card.keep_evidence(space.run, evidence(space))


def can_measure_nll(space: Space, found: Report) -> bool:
    """Whether the gap has a meaning here and is not known yet."""
    return space.run is not None and found.kl is not None and found.find("nll_gap").value is None


def evidence(space: Space) -> Evidence:
    """What the figures of a report draw."""
    return _evidence(space.key, space)


@st.cache_resource(max_entries=12, show_spinner=False)
def _evidence(key: str, _space: Space) -> Evidence:
    return report_card.evidence_of(_space.run) if _space.run else look(_space.posterior)


def exhibits(space: Space, found: Report) -> dict[Kind, Drawn]:
    """The figures of a report, made once for all visitors."""
    gap = next((each.value for each in found.diagnostics if each.key == "nll_gap"), None)  # the only later addition
    return _exhibits(space.key, gap, space, found)


@st.cache_resource(max_entries=12, show_spinner=False)
def _exhibits(key: str, nll_gap: float | None, _space: Space, _found: Report) -> dict[Kind, Drawn]:
    return {each.kind: drawn(each.figure, each.alt, each.reading) for each in draw(_found, evidence(_space))}


def seeds(space: Space) -> tuple[str, list[dict[str, object]]] | None:
    """What is shipped of a run's recipe under other seeds: a line, and a row a number; None where nothing is."""
    return _seeds(space.key, space)


@st.cache_resource(max_entries=12, show_spinner=False)
def _seeds(key: str, _space: Space) -> tuple[str, list[dict[str, object]]] | None:
    found = shipped(_space.run.config) if _space.run else None
    if found is None:
        return None
    recipe, numbers = found
    rows: list[dict[str, object]] = [
        {
            "diagnostic": DEFINITIONS[each.key].name,
            "of": each.of,
            "mean": each.mean,
            "least": min(each.values),
            "most": max(each.values),
            "sd of seeds": each.between,
            "se of one report": each.within,
        }
        for each in numbers
    ]
    accuracy = next(each for each in numbers if (each.key, each.of) == ("classifier", ""))
    ends = " to ".join(f"{value:.3f}".removeprefix("0") for value in (min(accuracy.values), max(accuracy.values)))
    return f"{len(recipe.seeds)} seeds of this recipe: accuracy {ends}", rows


def strips(space: Space) -> dict[str, str]:
    """Decoded points of the evidence: by where they come from, the address of a PNG."""
    return _strips(space.key, space)


@st.cache_resource(max_entries=12, show_spinner=False)
def _strips(key: str, _space: Space) -> dict[str, str]:
    return report_page.strips(_space.decode, evidence(_space))
