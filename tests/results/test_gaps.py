"""Gaps of runs: the answer follows from the numbers, and a linear model shows none."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.linear.vae import best_variance, closed_form
from vaeexplorer.analysis.pca import moments, pca
from vaeexplorer.analysis.report.encoder import level
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.gaps import gaps
from vaeexplorer.network.gaps.gaps import Gaps
from vaeexplorer.results.gaps import GapsDocument, document, linear_model
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.folder import list_runs, load_run


def test_the_gaps_of_a_linear_model_are_0_and_its_likelihood_is_known(small_test: ImageDataset) -> None:
    images = small_test.images[:40]
    network, config = linear_model(images, 3)
    found = gaps.measure(network, config, images, samples=400, steps=30)
    axes = pca(moments(images, "a test"))
    exact = closed_form(axes.values, 3, best_variance(axes.values, 3))
    truth = exact.log_likelihood(axes.values)  # of these images
    assert found.log_likelihood.mean() == pytest.approx(truth, abs=0.02)
    assert np.abs(found.approximation).max() < 0.05
    assert found.amortization.max() < 0.02


def planted(lost: list[float]) -> Gaps:
    zero = np.zeros(len(lost))
    return Gaps(zero - 100, zero - 101, -101 - np.array(lost), zero, zero, zero, zero + 9, zero - 100.01, 5000)


def test_the_answer_is_by_the_mean_and_sure_where_both_ends_agree() -> None:
    null = planted([0.0, 0.001])
    sure = document(planted([0.1, 0.12, 0.1, 0.11]), null, {})
    assert (sure.answer, sure.sureness) == ("yes", "Sure: both ends of the interval over 4 images agree.")
    assert sure.means["approximation"].value == pytest.approx(0.99)  # by the grid, where there is one
    assert sure.grid_difference == pytest.approx(0.01)
    unsure = document(planted([0.0, 0.0, 0.0, 8.0]), null, {})
    assert unsure.answer == "partly"
    assert unsure.sureness == "Unsure: “yes” to “no”, over 4 images."
    assert (unsure.median_amortization, unsure.share_above_5) == (0, 0.25)
    assert [level(nats) for nats in (-0.1, 0.5, 1.0, 3.0)] == ["yes", "nearly", "partly", "no"]


def test_the_command_prints_both_gaps_and_the_report_has_the_answer(
    runs_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine", ignore=shutil.ignore_patterns("gaps.json"))
    seen: list[int] = []

    def quick(*_: object, progress: object, **__: object) -> Gaps:
        seen.append(1)
        return planted([0.2, 0.3])

    monkeypatch.setattr("vaeexplorer.network.gaps.gaps.measure", quick)
    assert main(["evaluate", "mine", "--gaps", "--images", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gaps"]["answer"] == "yes"
    assert found["gaps"]["means"]["amortization"]["value"] == pytest.approx(0.25)
    assert found["gaps"]["per_image"]["elbo"] == [-101.2, -101.3]
    assert main(["evaluate", "mine", "--gaps", "--images", "2"]) == 0
    assert "Is the encoder good enough? Yes." in capsys.readouterr().out
    assert len(seen) == 4
    assert main(["report", "mine", "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)["verdicts"][3]
    assert (verdict["question"], verdict["answer"]) == ("encoder", "yes")
    assert verdict["scale"]["value"] == pytest.approx(0.25)
    assert "of a linear model" in verdict["sentence"].lower()
    for format in ("md", "latex", "html"):
        assert main(["report", "mine", "--format", format]) == 0
        text = capsys.readouterr().out
        assert "Is the encoder good enough?" in text
        assert "loses 0.25 nats" in text
    run = load_run("mine")
    found = stored(run, GapsDocument)
    assert found is not None
    store(run, dataclasses.replace(found, about={"key": "another"}))
    assert stored(run, GapsDocument) is None
    (run.path / "gaps.json").write_text('{"answer": 3}', encoding="utf-8")
    assert stored(run, GapsDocument) is None
    assert main(["report", "mine", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["verdicts"]) == 3


def test_a_report_holds_them_on_request(
    runs_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine")
    monkeypatch.setattr("vaeexplorer.network.gaps.gaps.measure", lambda *_, **__: planted([0.2, 0.3]))
    assert main(["report", "mine", "--gaps"]) == 0
    assert "amortization gap (nats)" in capsys.readouterr().out
    assert main(["report", "mine", "--json"]) == 0  # and it is kept
    found = {each["key"]: each for each in json.loads(capsys.readouterr().out)["diagnostics"]}
    assert found["amortization_gap"]["value"] == pytest.approx(0.25)
    assert found["approximation_gap"]["value"] == pytest.approx(0.99)
    assert found["nll_gap"]["value"] is None


VAES = [card.name for card in list_runs()[0] if card.config.model.model == "vae"]


@pytest.mark.parametrize("name", VAES)
def test_on_every_image_of_every_shipped_vae_the_bounds_are_in_order(name: str) -> None:
    """ln p(x) >= L[q*] >= L[q], and the grid is where importance sampling is, up to the errors that are stated."""
    found = stored(load_run(name), GapsDocument)
    assert found is not None
    column = {key: np.array(values, float) for key, values in found.per_image.items()}
    assert all(len(values) == found.images == 60 for values in column.values())
    assert (column["best"] >= column["elbo"]).all()
    sampled, error = column["log_likelihood"], column["log_likelihood_error"]
    assert (sampled - column["best"] > -3 * np.hypot(error, column["best_error"])).all()
    assert ("quadrature" in column) == (load_run(name).config.model.latent_dim == 2)
    if "quadrature" in column:
        difference = sampled - column["quadrature"]
        assert np.abs(difference).max() < 0.05
        assert abs(difference.mean()) < 0.005
        assert (np.abs(difference) < 3.5 * error + 0.01).all()  # .01: a mode of a hundredth of the mass may be missed
        assert (column["quadrature"] - column["best"] > -3 * column["best_error"] - 0.003).all()
