"""From a training to a run folder."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network.training import Training, train
from vaeexplorer.runs import finish, folder, names
from vaeexplorer.runs.attachments import load_projection, load_report, save_projection, save_report
from vaeexplorer.runs.finish import save_run
from vaeexplorer.runs.folder import RunError, load_run


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".") and path.name != ".locks"]


def test_what_was_saved_is_what_is_loaded(trained: Training, saved: folder.Run, small_test: ImageDataset) -> None:
    run = load_run("small")
    assert run.config == trained.config
    assert [record.epoch for record in run.history] == [1, 2, 3]
    assert run.history[-1].test.total == pytest.approx(trained.history[-1].test.total, rel=1e-5)
    assert run.snapshots.shape == (3, 300, 2)
    snapshots = np.stack(trained.snapshots).astype(np.float32)
    assert (np.abs(run.snapshots - snapshots) <= np.ptp(snapshots, axis=1, keepdims=True) / 509).all()
    np.testing.assert_array_equal(run.labels, small_test.labels)
    codes = run.model.encode(small_test.images)
    assert run.codes.logvar is not None
    np.testing.assert_allclose(run.codes.mean, codes.mean, atol=1e-3, rtol=1e-3)
    squared = ((small_test.images / 255 - run.model.decode(codes.mean)) ** 2).sum((1, 2))
    np.testing.assert_allclose(run.error, squared, rtol=1e-4)
    assert run.provenance["seed"] == 0
    assert run.provenance["weights"] == "float16"
    assert leftovers(folder.runs_folder()) == []


def test_the_figures_are_those_of_the_weights_as_kept(saved: folder.Run, small_test: ImageDataset) -> None:
    from vaeexplorer.network.evaluation import evaluate

    metrics = evaluate(saved.model.network, saved.config, small_test.images)
    assert {f"test_{key}": value for key, value in metrics.items()} == pytest.approx(
        {key: value for key, value in saved.metrics.items() if key.startswith("test_")}
    )


def test_weights_that_half_precision_would_hurt_stay_whole(trained: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "FLOAT16_TOLERANCE", 0.0)
    run = save_run(trained, "whole")
    assert run.provenance["weights"] == "float32"
    kept = run.model.network.state_dict()
    assert all(torch.equal(kept[key], tensor) for key, tensor in trained.network.state_dict().items())


def test_the_key_is_the_contents(trained: Training, saved: folder.Run) -> None:
    """Neither the name nor the time of a run, and another as soon as the weights are others."""
    shutil.copytree(saved.path, saved.path.with_name("copy"))
    assert load_run("copy").key == saved.key
    other = train(trained.config, train_set=trained.train_set, test_set=trained.test_set)
    next(iter(other))
    again = save_run(other, "small", overwrite=True)
    os.utime(again.path / "run.json", ns=(1, 1))
    assert again.key != saved.key


def test_two_trainings_of_one_name_do_not_meet(trained: Training, runs_folder: Path) -> None:
    with names.reserved("mine"), ThreadPoolExecutor(1) as pool:
        with pytest.raises(RunError, match="Another training of the name mine"):
            pool.submit(save_run, trained, "mine").result(timeout=60)
        save_run(trained, "mine")
    with pytest.raises(RunError, match="already"):
        save_run(trained, "mine")


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a b", "ü", "a" * 101, "a\n", "-x", "a\0b"])
def test_a_name_that_is_no_name_is_refused(trained: Training, name: str, runs_folder: Path) -> None:
    with pytest.raises(RunError):
        save_run(trained, name if name else "\0")
    with pytest.raises(RunError):
        load_run(name)
    assert not runs_folder.exists() or not any(runs_folder.iterdir())


@pytest.mark.parametrize("name", ["../small", "a/b", "/tmp/x"])
def test_a_run_cannot_be_saved_outside_the_folder(trained: Training, name: str) -> None:
    with pytest.raises(RunError, match="name is made of"):
        save_run(trained, name)


def test_a_taken_name_is_refused_unless_told_to(trained: Training, saved: folder.Run) -> None:
    with pytest.raises(RunError, match="already"):
        save_run(trained, "small")
    save_run(trained, "small", overwrite=True)
    assert leftovers(folder.runs_folder()) == []


def test_a_shipped_name_is_refused(trained: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "SHIPPED", tmp_path / "shipped")
    save_run(trained, "famous", root=tmp_path / "shipped")
    with pytest.raises(RunError, match="shipped"):
        save_run(trained, "famous", overwrite=True)


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "change the permissions")]
)
def test_a_failure_while_writing_leaves_the_old_run(
    trained: Training, saved: folder.Run, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        for name in ("small", "other"):
            with pytest.raises(RunError, match=f"The run {name} cannot be written: .*{words}"):
                save_run(trained, name, overwrite=True)
    assert load_run("small").key == saved.key
    assert leftovers(saved.path.parent) == []
    assert leftovers(saved.path) == []
    assert not (saved.path.parent / "other").exists()


def test_a_folder_of_somebody_elses_is_no_name_for_a_run(trained: Training, runs_folder: Path) -> None:
    (runs_folder / "thesis").mkdir(parents=True)
    (runs_folder / "thesis" / "chapter.txt").write_text("1")
    with pytest.raises(RunError, match="something of the name thesis already, which is no run"):
        save_run(trained, "thesis", overwrite=True)
    (runs_folder / "left" / ".vaeexplorer-next").mkdir(parents=True)  # by a training that was killed
    assert save_run(trained, "left").name == "left"


def test_an_untrained_network_is_not_a_run(trained: Training) -> None:
    training = train(trained.config, train_set=trained.train_set, test_set=trained.test_set)
    with pytest.raises(RunError, match="before the first epoch"):
        save_run(training, "untrained")


def test_what_was_measured_on_a_run_goes_with_it(trained: Training, saved: folder.Run) -> None:
    save_projection(saved, "umap", np.zeros((300, 2)))
    save_report(saved, {"schema": 1})
    other = train(trained.config, train_set=trained.train_set, test_set=trained.test_set)
    next(iter(other))
    again = save_run(other, "small", overwrite=True)
    assert load_projection(again, "umap") is None
    assert load_report(again) is None
    with pytest.raises(RunError, match="trained anew"):
        save_projection(saved, "umap", np.zeros((300, 2)))
    with pytest.raises(RunError, match="trained anew"):
        save_report(saved, {"schema": 1})
    with pytest.raises(RunError, match=r"snapshots\.npz is not the file"):
        _ = saved.snapshots
