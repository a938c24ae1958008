"""The reports of runs: kept, found again, shipped."""

import base64
import dataclasses
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import escape
from PIL import Image

from tests.conftest import first
from tests.references import WITHIN, outside
from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.report import measurements
from vaeexplorer.analysis.report.classifier import held_out, learning, networks
from vaeexplorer.analysis.report.classifier.networks import Recipe
from vaeexplorer.analysis.report.verdicts import holes_decide, summary, verdicts
from vaeexplorer.codes import Codes
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.export import report as report_page
from vaeexplorer.export.cards import cards as report_cards
from vaeexplorer.export.html import ExportError, write
from vaeexplorer.files import SHIPPED
from vaeexplorer.recipes.pretrain import CONFIGS
from vaeexplorer.results import report as report_card
from vaeexplorer.runs.attachments import load_report
from vaeexplorer.runs.folder import RunError, load_run


@pytest.mark.parametrize("name", CONFIGS)
def test_a_shipped_report_is_of_the_shipped_codes(name: str) -> None:
    run = load_run(name)
    found = report_card.kept_report(run)
    assert found is not None
    assert (found.count, found.dimensions) == run.codes.mean.shape
    if run.codes.logvar is None:
        assert found.kl is None
        assert found.verdicts[0].answer == "n/a"
        assert found.find("kl").value is None
    else:
        kl = kl_per_dimension(run.codes.mean, run.codes.logvar).mean(axis=0)
        assert found.kl == pytest.approx(kl.sum(), rel=1e-4)
        assert found.per_dimension["kl"] == pytest.approx(kl, rel=1e-4, abs=1e-6)
        parts = [found.find(key).value or 0 for key in ("mutual_information", "marginal_kl")]
        assert sum(parts) == pytest.approx(found.kl, abs=1e-3)
    assert found.about["training_images"] == 60_000
    assert found.about["images_compared_by"] == f"features of the shipped {run.config.data.dataset} classifier"
    assert found.seconds < 600
    plain, sixteen = "-ae-" in name, name.endswith("16d")
    assert [v.answer for v in found.verdicts[:3]] == [
        "n/a" if plain else "partly" if sixteen else "yes",
        "no" if plain or sixteen else "partly",
        found.verdicts[2].answer,
    ]
    # Of the autoencoders, the lecture's of Fashion-MNIST keeps the largest share of what reconstructions cover.
    assert found.verdicts[2].answer in (("no", "partly") if plain else ("yes", "nearly"))


@pytest.mark.parametrize("name", CONFIGS)
def test_the_answers_of_a_shipped_report_follow_from_its_numbers(name: str) -> None:
    """As this version draws them: a changed rule or power table must not leave old sentences behind."""
    found = report_card.kept_report(load_run(name))
    assert found is not None
    again = verdicts(
        found.diagnostics,
        count=found.count,
        dimensions=found.dimensions,
        used=found.about["dimensions_used"],
        trained=found.about["training_images"],
        judge=found.about["images_compared_by"],
    )
    assert again == found.verdicts[:3]  # the fourth is of another instrument (`results.gaps`)
    assert found.summary == summary(again, holes_decide(found.diagnostics))


def test_shipped_reports_are_small() -> None:
    assert sum((SHIPPED / name / "report.json").stat().st_size for name in CONFIGS) < 0.4e6


@pytest.fixture
def mine(runs_folder: Path) -> Path:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine")
    return runs_folder / "mine"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "PAIRWISE", 400)
    monkeypatch.setattr(measurements, "PAIRS", dict.fromkeys(measurements.PAIRS, 20_000_000))
    monkeypatch.setattr(networks, "BATCH", 128)
    monkeypatch.setattr(networks, "WIDTH", 32)
    monkeypatch.setattr(held_out, "SHORT", Recipe(20, 1e-3, 0.3))
    monkeypatch.setattr(held_out, "LONG", Recipe(20, 1e-3, 0.3))
    monkeypatch.setattr(held_out, "FINE", 101)
    monkeypatch.setattr(held_out, "PRIOR_DRAWS", 20_000)
    monkeypatch.setattr(learning, "PRIOR_DRAWS", 10_000)
    monkeypatch.setattr(learning, "WIDTHS", (0.0, 1.0, 3.0))


@pytest.mark.usefixtures("quick")
def test_a_report_is_measured_and_kept(mine: Path) -> None:
    (mine / "report.json").unlink()
    run = load_run(mine)
    assert report_card.kept_report(run) is None
    told: list[float] = []
    found = report_card.report_run(run, lambda share, doing: told.append(share))
    assert told[0] == 0
    assert told == sorted(told)
    report_card.keep(run, found)
    assert report_card.kept_report(run) == found
    document = load_report(run)
    assert document is not None
    assert document["about"]["model"] == "mine"
    assert document["about"]["dataset"] == "mnist"
    assert "10,000 training images" in document["about"]["training_source"]
    shipped = report_card.kept_report(load_run("mnist-vae-2d"))
    assert shipped is not None
    assert found.about["codes"] == shipped.about["codes"]
    assert found.about["images"] == shipped.about["images"]
    # what no classifier enters is the same, measured now and when it was shipped
    for key in ("kl", "active_units", "mutual_information", "mean", "variance"):
        assert found.find(key).value == pytest.approx(shipped.find(key).value, rel=0.02)


@pytest.mark.usefixtures("quick")
def test_the_same_weights_get_the_same_third_answer_as_a_model_of_ones_own(mnist_test: ImageDataset) -> None:
    run = load_run("mnist-vae-2d")
    few = first(mnist_test, 3000)
    data = ImageDataset("mine", "test", few.images, few.labels, few.class_names, "a test")
    assert run.codes.logvar is not None
    codes = Codes(run.codes.mean[:3000], run.codes.logvar[:3000])
    found = report_card.report_codes("mine", codes, run.model, data)
    shipped = report_card.kept_report(run)
    assert shipped is not None
    assert found.verdicts[2].answer in ("yes", "nearly")  # of a fifth of the images
    assert found.about["images_compared_by"] == shipped.about["images_compared_by"]
    assert found.find("kept").value == pytest.approx(shipped.find("kept").value, abs=0.25)


def test_images_that_no_shipped_classifier_understands_are_compared_by_pixels(mnist_test: ImageDataset) -> None:
    labels = np.roll(mnist_test.labels, 1)
    data = ImageDataset("odd", "test", mnist_test.images, labels, mnist_test.class_names, "a test")
    assert report_card.judge_of(data) == ("", None)
    judge, features = report_card.judge_of(load_dataset("fashion-mnist", "test", download=False))
    assert judge == "features of the shipped fashion-mnist classifier"
    assert features is not None
    assert features(mnist_test.images[:3]).shape == (3, 128)


def test_a_report_of_other_codes_is_made_anew(mine: Path) -> None:
    run = load_run(mine)
    assert report_card.kept_report(run) is not None
    other = dataclasses.replace(run, codes=load_run("mnist-vae-2d-lecture").codes)
    assert report_card.kept_report(other) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 7}', '{"schema": 2}'])
def test_a_broken_report_is_made_anew(mine: Path, text: str) -> None:
    (mine / "report.json").write_text(text, encoding="utf-8")
    run = load_run(mine)
    assert report_card.kept_report(run) is None
    if text in ("", "{", "[]"):
        with pytest.raises(RunError, match=r"report\.json of the run mine cannot be read"):
            load_report(run)


def test_the_gap_of_a_vae_is_above_zero_and_kept(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_card, "NLL_IMAGES", 60)
    monkeypatch.setattr(report_card, "NLL_SAMPLES", 30)
    run = load_run(mine)
    gap = report_card.nll_gap(run)
    assert gap.value == pytest.approx(1.403, abs=0.02)  # of these images and draws
    found = report_card.kept_report(run)
    assert found is not None
    report_card.keep(run, found.with_nll_gap(gap))
    again = report_card.kept_report(run)
    assert again is not None
    assert again.find("nll_gap").value == pytest.approx(gap.value, rel=1e-4)
    assert 0.05 < gap.high - gap.low < 2  # of 60 images
    with pytest.raises(ValueError, match="no likelihood"):
        report_card.nll_gap(load_run("mnist-ae-2d"))


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(mine: Path) -> None:
    run = load_run(mine)
    found = report_card.kept_report(run)
    assert found is not None
    gone = dataclasses.replace(run, path=mine / "nowhere")
    with pytest.raises(RunError, match="report of mine cannot be kept"):
        report_card.keep(gone, found)


@pytest.mark.usefixtures("quick_evidence")
@pytest.mark.parametrize("name", ["mnist-vae-2d", "fashion-mnist-ae-16d"])
def test_the_page_holds_everything_and_asks_for_nothing(name: str, tmp_path: Path) -> None:
    run = load_run(name)
    found = report_card.kept_report(run)
    assert found is not None
    write(tmp_path / "page.html", report_page.html(run.name, run.codes, run.model.decode, found))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for verdict in found.verdicts:
        assert verdict.asked in page
    assert page.count("<figure role='group'") >= 5
    assert page.count("<section class='card'") == len(found.verdicts)
    assert "A classifier two-sample test (Lopez-Paz" in page
    assert found.about["codes"] in page
    assert page.count("<img src='data:image/png;base64,") == (3 if run.codes.logvar is not None else 5)
    assert outside(page) == []
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(ExportError, match="cannot be written"):
        write(tmp_path, page)


def test_the_table_has_every_diagnostic_and_says_what_is_not_applicable() -> None:
    found = report_card.kept_report(load_run("mnist-ae-2d"))
    assert found is not None
    lines = report_page.table_csv(found).splitlines()
    assert len(lines) == 1 + len(found.diagnostics)
    assert lines[1].startswith("posteriors,KL of the posteriors,,n/a,nats")
    json.dumps(report_page.table(found), allow_nan=False)


@pytest.mark.browser
@pytest.mark.usefixtures("quick_evidence")
def test_the_page_draws_its_figures_and_asks_for_nothing_in_a_browser(chromium: Any, tmp_path: Path) -> None:
    run = load_run("mnist-vae-2d")
    found = report_card.kept_report(run)
    assert found is not None
    file = tmp_path / "page.html"
    write(file, report_page.html(run.name, run.codes, run.model.decode, found))
    asked: list[str] = []
    chromium.on("request", lambda request: asked.append(request.url))
    chromium.goto(file.as_uri())
    chromium.locator("figure .main-svg").nth(4).wait_for()
    chromium.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")
    assert file.as_uri() in asked
    for figure in chromium.locator("figure:has(.main-svg)").all():
        drawn, column = figure.locator(".main-svg").first.bounding_box(), figure.bounding_box()
        assert drawn["width"] <= column["width"] + 1
    assert [url for url in asked if not url.startswith(WITHIN)] == []


def test_a_strip_holds_its_images_side_by_side(rng: np.random.Generator) -> None:
    images = rng.random((12, 28, 28))
    head, _, data = report_page.strip(images).partition(",")
    assert head == "data:image/png;base64"
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert sheet.shape == (28, 12 * 30 - 2)
    for number, image in enumerate(images):
        np.testing.assert_array_equal(sheet[:, 30 * number : 30 * number + 28], np.rint(255 * image))
    gaps = [sheet[:, 30 * number + 28 : 30 * number + 30] for number in range(11)]
    assert not np.any(gaps)


def test_a_card_has_its_number_its_ideal_and_its_interval() -> None:
    found = report_card.kept_report(load_run("mnist-vae-2d"))
    assert found is not None
    cards = report_cards({"mnist-vae-2d": found})
    for verdict in found.verdicts:
        scale = verdict.scale
        assert scale is not None
        assert scale.low < scale.value < scale.high
        assert scale.ideal is not None
        assert f"{scale.value:.1f}" in cards or f"{scale.value:.2f}" in cards
        assert cards.index(verdict.asked) < cards.index(escape(verdict.sentence))
    assert cards.count("class='ideal'") == len(found.verdicts) == 4
    plain = report_card.kept_report(load_run("mnist-ae-2d"))
    assert plain is not None
    assert report_cards({"mnist-ae-2d": plain}).count("class='dot'") == 2
    both = report_cards({"mnist-vae-2d": found, "<b>": plain})
    assert both.count("<section class='card'") == 8
    assert "&lt;b&gt;" in both
    assert "<b>" not in both
