"""Runs and the images that they are of: a folder's name says nothing of what is in it (pytorch/vision#599)."""

from dataclasses import replace

import numpy as np
import pytest

import vaeexplorer as vx
from vaeexplorer.__main__ import main
from vaeexplorer.arrays import FINE
from vaeexplorer.config import RunConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.published import FULL
from vaeexplorer.documents import Plain
from vaeexplorer.export.explorer import page
from vaeexplorer.network.training import Training
from vaeexplorer.results.report import nll_gap, report_run
from vaeexplorer.runs.folder import Run, RunError
from vaeexplorer.runs.images import check_test_images, training_images_of
from vaeexplorer.spaces.space import open_run


@pytest.fixture(scope="module")
def trained(small_config: RunConfig, small_train: ImageDataset, mnist_test: ImageDataset) -> Training:
    """On other images, as many as MNIST has and with its labels."""
    odd = replace(mnist_test, images=mnist_test.images[:, ::-1], source="upside down")
    config = replace(small_config, train=replace(small_config.train, epochs=1))
    training = vx.train(config, train_set=replace(small_train, source="my own"), test_set=odd)
    list(training)
    return training


@pytest.fixture
def mine(trained: Training) -> Run:
    return vx.save_run(trained, "mine")


def test_a_run_keeps_what_its_images_are(mine: Run) -> None:
    assert mine.provenance["test_images"] == "upside down"
    assert (mine.provenance["train_images_count"], mine.provenance["test_images_count"]) == (600, 10_000)
    assert mine.provenance["test_images_hash"] != load_dataset("mnist").content_hash


def test_nothing_puts_other_images_beside_a_run(
    mine: Run, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    for read in (page, report_run, nll_gap, lambda run: open_run(run, load_dataset("mnist"))):
        with pytest.raises(RunError, match=r"10,000 other images than the 10,000 test images .* made with upside down"):
            read(mine)
    for command in (
        ["evaluate", "mine"],
        ["report", "mine"],
        ["export", "mine", "--html", f"{tmp_path}/page.html"],
        ["compare", "mine", "mnist-vae-2d"],
        ["compare", "mnist-vae-2d", "mine"],
    ):
        assert main(command) == 2, command
        assert "it was made with upside down, so set VAEEXPLORER_DATA" in capsys.readouterr().err


def test_runs_that_kept_no_hash_are_known_by_their_labels() -> None:
    shipped = vx.load_run("mnist-ae-2d")
    assert "test_images_hash" not in shipped.provenance
    check_test_images(shipped, load_dataset("mnist"))
    with pytest.raises(RunError, match="other images"):
        check_test_images(shipped, load_dataset("fashion-mnist"))
    with pytest.raises(RunError, match="other images"):
        check_test_images(replace(shipped, labels=np.roll(shipped.labels, 1)), load_dataset("mnist"))


def test_training_images_are_those_of_the_run_or_none(mine: Run) -> None:
    assert training_images_of(mine) is None
    shipped = vx.load_run("mnist-ae-2d")
    sample = load_dataset("mnist", "train")
    provenances: tuple[dict[str, Plain], ...] = (
        {},
        {"train_images_hash": sample.content_hash},
        {"train_images_hash": FULL["mnist", "train"][0]},
    )
    for known in provenances:
        found = training_images_of(replace(shipped, provenance=known))
        assert found is not None
        assert len(found) == 10_000


def test_a_comparison_says_where_the_training_images_are_others(
    mine: Run, mnist_test: ImageDataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(mine, provenance=dict(mine.provenance) | {"test_images_hash": mnist_test.content_hash})
    shipped = vx.load_run("mnist-ae-2d")
    monkeypatch.setattr("vaeexplorer.runs.folder.load_run", lambda name: here if name == "mine" else shipped)

    def measured(*_: object) -> object:
        raise InterruptedError

    monkeypatch.setattr("vaeexplorer.results.smoothness.compare", measured)
    assert main(["compare", "mine", "mnist-ae-2d"]) == 1
    said = capsys.readouterr().err
    assert said.count("was trained on other images than those here") == 1
    assert "mine was trained" in said


def test_a_report_of_a_run_of_other_training_images_halves_the_test_images(
    mine: Run, mnist_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dict(mine.provenance) | {"test_images_hash": mnist_test.content_hash}
    seen = {}

    def measured(*_: object, training: object, **__: object) -> object:
        seen["training"] = training
        raise InterruptedError

    monkeypatch.setattr("vaeexplorer.results.report.report_codes", measured)
    with pytest.raises(InterruptedError):
        report_run(replace(mine, provenance=here))
    assert seen == {"training": None}


# huggingface/hub-docs#1425 and its like: what half precision can hold, claimed from memory
@pytest.mark.parametrize("name", ["mnist-ae-2d", "fashion-mnist-vae-16d"])
def test_kept_codes_are_as_near_the_exact_ones_as_is_claimed(name: str) -> None:
    run = vx.load_run(name)
    exact = run.model.encode(load_dataset(run.config.data.dataset).images)
    for kept, codes in ((run.codes.mean, exact.mean), (run.codes.logvar, exact.logvar)):
        if kept is not None and codes is not None:
            moved = np.abs(kept - codes).max(axis=0) / codes.std(axis=0)
            assert moved.max() < FINE
