"""The page "Is it regularized?"."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import conftest
from tests.app.conftest import figures, places
from vaeexplorer.analysis.report.diagnostics import Estimate
from vaeexplorer.analysis.report.report import Report
from vaeexplorer.analysis.report.seeds import Spread
from vaeexplorer.app.views.report import measured, reports
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED
from vaeexplorer.results import instruments
from vaeexplorer.results import report as report_card
from vaeexplorer.results.seeds import Recipe
from vaeexplorer.results.stored import stored
from vaeexplorer.runs.folder import Run, load_run
from vaeexplorer.spaces.space import Space

PAGE = "views/report/page.py"


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    reports.forget()
    measured.forget()


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
    assert len(figures(page)) == 8 + 4  # evidence, and instruments
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
    assert len(answers(page)) == 8


def test_what_two_runs_have_in_common_lies_on_one_row(app: AppTest) -> None:
    page = opened(app, run="mnist-vae-2d", beside="mnist-ae-2d")
    assert not page.exception
    shown = [figure is not None for figure in places(page)]
    rows = list(zip(shown[::2], shown[1::2], strict=True))
    assert rows[:4] == 4 * [(True, True)]  # of instruments
    assert rows[4:] == [*2 * [(True, True)], (False, True), *4 * [(True, True)], *2 * [(True, False)]]


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


def instruments_shown(page: AppTest) -> list[str]:
    """The lines below the figures of the instruments."""
    grids = [json.loads(each.proto.json)[0].get("figures") for each in page.get("bidi_component")]
    given = next(grid for grid in grids if grid and grid[0] and grid[0]["alt"].startswith("Effect of"))
    return [each["reading"] for each in given if each]


def test_the_instruments_of_a_run_stand_beside_their_references(app: AppTest) -> None:
    page = opened(app, run="mnist-vae-2d")
    assert not page.exception
    assert "More instruments" in [each.label for each in page.expander]
    effects, normality, pixels, distances = instruments_shown(page)
    assert effects.startswith("2 of 2 dimensions are active units (Var μ above .01).")
    assert "further from N(0, I) than perfect models (p = 0.05)" in normality
    assert "R² of means 0.987, of variances 0.510; of reconstructions of other images 0.999 and 0.579" in pixels
    assert "Euclidean 0.26, geodesic 0.19" in distances
    assert distances.endswith("Geodesics are the more stable.")
    numbers = next(each.value for each in page.dataframe if "beside it" in each.value)
    rows = dict(zip(numbers["number"], zip(numbers["here"], numbers["beside it"], strict=True), strict=True))
    assert rows["active units"] == ("2", "of 2")
    assert rows["ratio of the two"][0] == "1.33 (1.07 to 1.61)"
    assert rows["R² of pixel means"] == ("0.987", "0.999 reconstructions of other images; 0.999 other test images")
    assert rows["Epps-Pulley T/n over directions, largest"][1].endswith("39 perfect models")


def test_a_dead_side_is_named_and_an_autoencoder_has_no_active_units() -> None:
    found = stored(load_run("mnist-ae-2d"), instruments.InstrumentsDocument)
    assert found is not None
    assert measured.of_effects(found).startswith("Active units mean nothing for an autoencoder")
    row = found.dimensions[0]
    dead = replace(found, dimensions=[replace(row, effect_below=0.04 * row.effect_above), *found.dimensions[1:]])
    assert measured.dead_sides(found) == []
    assert measured.dead_sides(dead) == [f"z{row.dimension} below"]


def test_instruments_are_measured_on_request_and_kept_but_not_in_public(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = stored(load_run("mnist-vae-16d"), instruments.InstrumentsDocument)
    without = shutil.ignore_patterns("instruments.json")
    shutil.copytree(SHIPPED / "mnist-vae-16d", runs_folder / "mine", ignore=without)
    made: list[str] = []

    def measure(space: Space, progress: Callable[[int, str], None]) -> object:
        made.append(space.name)
        progress(1, "a step")
        return shipped

    monkeypatch.setattr(instruments, "measure", measure)
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    assert "Of mine nothing was stored" in " ".join(each.value for each in opened(app, run="mine").caption)
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    page = opened(app, run="mine")
    (button,) = [each for each in page.button if each.label.startswith("Measure (")]
    page = button.click().run(timeout=60)
    assert not page.exception
    assert made == ["mine"]
    assert len(instruments_shown(page)) == 3
    assert stored(load_run("mine"), instruments.InstrumentsDocument) == shipped
