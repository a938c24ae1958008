"""The page "Is it regularized?"."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import conftest
from tests.app.conftest import figures, places
from vaeexplorer.analysis.report.diagnostics import Estimate
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.seeds import Spread
from vaeexplorer.app.views.report import reports
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED
from vaeexplorer.results import report as report_card
from vaeexplorer.results.seeds import Recipe
from vaeexplorer.runs.folder import Run, load_run

PAGE = "views/report/page.py"


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    reports.forget()


def opened(app: AppTest, **query: str) -> AppTest:
    """The page, as an address with that query opens it."""
    return conftest.opened(app, PAGE, **query)


def answers(page: AppTest) -> list[str]:
    cards = [str(getattr(each, "value", "")) for each in page.get("html")]
    return [answer for each in cards for answer in re.findall(r"class='answer ([a-z]+)'", each)]


def test_a_shipped_report_opens_at_once(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_card, "report_run", lambda *_: pytest.fail("it is shipped"))
    page = opened(app)
    assert not page.exception
    assert not page.error
    assert answers(page) == ["yes", "partly", "yes", "no"]
    assert len(figures(page)) == 8
    assert len(page.get("download_button")) == 3


def test_two_runs_side_by_side_from_a_link(app: AppTest) -> None:
    page = opened(app, run="mnist-vae-16d", beside="fashion-mnist-ae-2d")
    assert not page.exception
    shown = "".join(str(getattr(each, "value", "")) for each in page.get("html"))
    assert re.findall(r"<div class='model'><i class='m\d'></i>([^<]*)</div>", shown) == [
        "mnist-vae-16d",
        "fashion-mnist-ae-2d",
    ]
    assert "mnist-vae-16d: no. fashion-mnist-ae-2d: no." in shown
    assert len(answers(page)) == 6


def test_what_two_runs_have_in_common_lies_on_one_row(app: AppTest) -> None:
    page = opened(app, run="mnist-vae-2d", beside="mnist-ae-2d")
    assert not page.exception
    shown = [figure is not None for figure in places(page)]
    rows = list(zip(shown[::2], shown[1::2], strict=True))
    assert rows == [(True, True), (True, True), (False, True), *4 * [(True, True)], (True, False), (True, False)]


def test_other_seeds_of_a_recipe_are_a_folded_line(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    number = Spread("mnist-vae-2d", "classifier", "", [0.641, 0.65], 0.6455, 0.0064, 0.002)
    found = Recipe("mnist-vae-2d", load_run("mnist-vae-2d").config, [0, 1]), [number]
    monkeypatch.setattr(reports, "shipped", lambda config: found if config.model.model == "vae" else None)
    page = opened(app)
    assert not page.exception
    assert "2 seeds of this recipe: accuracy .641 to .650" in [each.label for each in page.expander]


def test_nonsense_beside_is_ignored(app: AppTest) -> None:
    page = opened(app, beside="nobody")
    assert not page.exception
    assert len(answers(page)) == 4


def test_a_report_is_made_on_request_and_kept(app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine")
    (runs_folder / "mine" / "report.json").unlink()
    shipped = report_card.kept_report(load_run("mnist-vae-2d"))
    assert shipped is not None

    def quick(run: Run, told: Callable[[float, str], None]) -> Report:
        told(0.5, "half of it")
        return shipped

    monkeypatch.setattr(report_card, "report_run", quick)
    page = opened(app, run="mine")
    assert answers(page) == []
    page.button(key="report-mine").click().run()
    assert not page.exception
    assert len(answers(page)) == 4
    assert (runs_folder / "mine" / "report.json").exists()

    monkeypatch.setattr(report_card, "nll_gap", lambda run, told: Estimate(2.5, 2.4, 2.6))
    page.button(key="report-nll-mine").click().run()
    assert not page.exception
    assert not [button for button in page.button if button.key == "report-nll-mine"]
    kept = report_card.kept_report(load_run("mine"))
    assert kept is not None
    assert kept.find("nll_gap").low == 2.4


def test_what_no_report_can_be_made_of_is_a_sentence(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED / "mnist-ae-2d", runs_folder / "dead")
    (runs_folder / "dead" / "report.json").unlink()

    def refuse(run: Run, told: object) -> Report:
        raise UserError("Codes never vary in dimension 1: leave such dimensions out.")

    monkeypatch.setattr(report_card, "report_run", refuse)
    page = opened(app, run="dead")
    page.button(key="report-dead").click().run()
    assert not page.exception
    assert [each.value for each in page.error] == ["Codes never vary in dimension 1: leave such dimensions out."]
    assert answers(page) == []
