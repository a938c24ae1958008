"""What users of VAEs ask most, said where they see it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

import vaeexplorer as vx
from vaeexplorer.__main__ import main
from vaeexplorer.analysis.report.classifier.held_out import HeldOut
from vaeexplorer.analysis.report.diagnostics import Estimate
from vaeexplorer.analysis.report.measurements import posteriors
from vaeexplorer.analysis.report.posteriors import draw
from vaeexplorer.config import ObjectiveConfig, RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.runs.folder import Run
from vaeexplorer.runs.remarks import GREY, KL_RISES, NEGATIVE, SQUARED, on_figures, on_history

SMALL = ["--hidden", "16", "--batch-size", "500", "--device", "cpu", "--precision", "float32"]


@pytest.fixture
def dense(small_config: RunConfig, small_train: ImageDataset, mnist_test: ImageDataset) -> Run:
    """A run whose loss is below 0."""
    short = replace(small_config.train, epochs=1)
    config = replace(small_config, objective=ObjectiveConfig("continuous-bernoulli"), train=short)
    training = vx.train(config, train_set=small_train, test_set=mnist_test)
    list(training)
    return vx.save_run(training, "dense")


# orybkin/sigma-vae-pytorch#4, SeldonIO/alibi-detect#316, keras-team/keras#4967: "negative loss, is that normal?"
def test_a_negative_loss_is_explained_where_it_is_seen(dense: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert dense.metrics["test_total"] < 0 < dense.metrics["test_elbo"]
    for command in (["list"], ["evaluate", "dense", "--images", "50"]):
        assert main(command) == 0
        assert capsys.readouterr().out.count(NEGATIVE) == 1
        assert main([*command, "--json"]) == 0
        assert NEGATIVE not in capsys.readouterr().out
    assert list(on_history([dense])).count(NEGATIVE) == 1
    shipped = vx.load_run("mnist-vae-2d")
    assert list(on_figures([shipped])) == [NEGATIVE, GREY, SQUARED]  # its ELBO is negative
    assert NEGATIVE not in list(on_history([shipped]))
    assert list(on_figures([vx.load_run("mnist-ae-2d")])) == []


# pytorch/examples#631, RasmussenLab/vamb#400: "the KL term increases"
def test_a_rising_kl_is_explained_where_it_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--name", "mine", "--epochs", "2", *SMALL]) == 0
    history = vx.load_run("mine").history
    assert history[-1].test.kl > history[0].test.kl
    assert capsys.readouterr().out.count(KL_RISES) == 1
    assert KL_RISES in list(on_history([vx.load_run("mnist-vae-2d")]))
    assert list(on_history([vx.load_run("mnist-ae-2d")])) == []


# jxhe/vae-lagging-encoder#8, YannDubs/disentangling-vae#54: "the mutual information is negative"
def test_a_negative_mutual_information_is_explained_where_it_is_seen() -> None:
    found = SimpleNamespace(divergence=Estimate(0.1, 0.05, 0.2))  # more than the KL, by noise
    flags: dict[str, set[tuple[bool, bool]]] = {"mutual_information": set(), "information_limit": set()}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        world = draw(rng.normal(0, 1e-3, (300, 2)).astype(np.float32), np.zeros((300, 2), np.float32), rng)
        for each in posteriors(world, cast(HeldOut, found), known_prior=True):
            if each.key in flags:
                assert each.value is not None
                flags[each.key].add((each.value < 0, "below 0 by the noise of the draws" in each.flag))
    assert flags["information_limit"] == {(True, True)}
    assert flags["mutual_information"] == {(True, True), (False, False)}
