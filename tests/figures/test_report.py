import functools

import numpy as np
import pytest

from vaeexplorer.analysis.report.evidence import Evidence, evidence
from vaeexplorer.figures.report import against_null, exhibits, kl_bars, quantile_plot, ratio_map
from vaeexplorer.results import report as report_card
from vaeexplorer.runs.folder import load_run


@functools.cache
def of_a_vae() -> Evidence:
    """The evidence of a shipped run, all of it."""
    return evidence(load_run("mnist-vae-2d").codes)


@pytest.mark.usefixtures("quick_evidence")
@pytest.mark.parametrize(("name", "count"), [("mnist-vae-16d", 8), ("mnist-ae-2d", 7)])
def test_every_figure_says_what_to_see_and_how_to_read_it(name: str, count: int) -> None:
    run = load_run(name)
    found = report_card.kept_report(run)
    assert found is not None
    shown = list(exhibits(found, evidence(run.codes)))
    assert len(shown) == count
    for exhibit in shown:
        assert exhibit.figure.layout.title.text
        assert exhibit.reading.endswith(".")
        assert exhibit.alt
    dots = against_null(found.diagnostics).data[1]
    wrong = [each for each in found.diagnostics if each.effect is not None and each.outside]
    assert list(dots.marker.symbol).count("diamond") == len(wrong)
    if run.codes.logvar is not None:
        (bars,) = [e.figure for e in shown if e.figure.layout.title.text == "How much each dimension says"]
        assert [len(trace.x) for trace in bars.data] == [7, 9]
        assert {trace.name for trace in bars.data} == {"active", "collapsed"}


def test_a_legend_names_two_kinds_or_is_left_out() -> None:
    shown = {}
    for name in ("mnist-vae-2d", "mnist-vae-16d"):
        found = report_card.kept_report(load_run(name))
        assert found is not None
        shown[name] = kl_bars(found).layout.showlegend
    assert shown == {"mnist-vae-2d": False, "mnist-vae-16d": True}


def test_the_diagonal_of_the_quantiles_has_no_dots() -> None:
    run = load_run("mnist-vae-2d")
    found = report_card.kept_report(run)
    assert found is not None
    assert {trace.mode for trace in quantile_plot(of_a_vae(), found).data} == {"lines"}


def test_maps_end_where_the_prior_does() -> None:
    for field in of_a_vae().fields:
        density = np.asarray(ratio_map(field).data[0].z)
        far = np.hypot(field.axis[:, None], field.axis[None, :]) > 3
        assert np.isnan(density[far]).all()
        assert np.isfinite(density[~far]).all()


def test_a_hole_is_outlined_inside_three_deviations_only() -> None:
    (field, null) = of_a_vae().fields
    outline = ratio_map(field).data[1]
    corner = np.asarray(outline.z)[0, 0]
    assert corner == 0
    assert np.asarray(outline.z).min() == -2
    near = np.hypot(field.axis[:, None], field.axis[None, :]) < 2
    empty = [(np.asarray(ratio_map(each).data[1].z)[near] < -1).mean() for each in (field, null)]
    assert empty[0] > 0.05
    assert empty[1] < 0.01
