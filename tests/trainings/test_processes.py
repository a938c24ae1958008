"""Trainings in processes of their own: steered, killed, found again, stopped, branched; and what they leave."""

import io
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.processes import posix
from tests.trainings.conftest import PATIENCE, is_, until
from tests.trainings.copies import Copy
from vaeexplorer.__main__ import main
from vaeexplorer.config import RunConfig
from vaeexplorer.network.dials import Event
from vaeexplorer.runs.film import load_film
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.trainings import ahead, dispatch, folder, queue
from vaeexplorer.trainings.dispatch import options
from vaeexplorer.trainings.listing import list_trainings


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings begin at once, in copies of a process; the commands that begin others are looked at once, below."""
    monkeypatch.setattr(dispatch, "_begin", Copy)


@posix
def test_it_is_steered_killed_and_goes_on_and_the_command_line_gives_the_same_bits(
    config: RunConfig, runs_folder: Path
) -> None:
    ahead.start()  # as the form does, for which it is begun in a process that is there already
    (waiting,) = ahead.left()
    queue.begin("one", config)
    begun = until("one", lambda card: card.state == "running" and bool(card.status and card.status.moment))
    assert begun.status
    assert begun.status.pid == waiting.pid
    assert ahead.left() == []
    queue.ask("one", {"do": "pause"})
    paused = until("one", is_("paused"))
    queue.ask("one", {"do": "steer", "name": "beta", "value": 8})
    until("one", lambda card: len(card.events) == 1)
    assert list_runs()[1] == []  # nothing of it looks like a run

    # Another server finds it; and a process that is killed goes on at its last epoch, steered as it was.
    dispatch.rest()
    queue.ask("one", {"do": "resume"})
    until("one", lambda card: card.state == "running" and card.epoch >= 1)
    queue.ask("one", {"do": "pause"})
    card = until("one", lambda card: card.state in ("paused", "done"))
    assert card.state == "paused", "it ended before it could be killed"
    assert card.status
    os.kill(card.status.pid, signal.SIGKILL)
    dispatch.wake()
    until("one", lambda card: "was killed, by somebody or by the system" in card.sentence)
    assert read_state("one") == "interrupted"
    queue.resume("one")
    until("one", is_("done"))

    run = load_run("one")
    step = paused.step
    assert run.events == (Event(0, "beta", 1.0), Event(step, "beta", 8.0)) if step else (Event(0, "beta", 8.0),)
    assert run.config == replace(config, objective=replace(config.objective, beta=8.0))
    again = ["train", *options(run.config), "--events", str(runs_folder / "one" / "run.json"), "--name", "again"]
    assert main(again) == 0
    for name in ("weights.safetensors", "codes.npz", "snapshots.npz"):
        assert (runs_folder / "one" / name).read_bytes() == (runs_folder / "again" / name).read_bytes(), name
    assert load_run("again").metrics == run.metrics

    film = load_film(run)
    assert film
    assert film.boxes is not None
    assert film.epochs[0] == 0
    assert film.epochs[-1] == 4
    assert film.codes.shape == (len(film.epochs), 300, 2)
    left, right, _, top = film.boxes[-1]
    drawn = run.model.decode(np.array([[left + (right - left) / 24, top - (right - left) / 24]], np.float32))[0]
    assert np.abs(film.grid(-1)[0] - 255 * drawn).max() < 26  # 8 shades, and weights in half precision
    points = folder.points(folder.path_of("one"), -1)
    assert [point["step"] for point in points] == sorted(point["step"] for point in points)
    assert points[-1]["test"]["total"] > 0


@pytest.mark.usefixtures("copies")
@posix
def test_a_loss_that_becomes_infinite_takes_the_bad_steps_and_their_dials_with_it(config: RunConfig) -> None:
    config = replace(config, train=replace(config.train, epochs=1000))
    queue.begin("one", config)
    path = folder.path_of("one")
    until("one", lambda _: bool(folder.points(path, 0)))
    known = folder.points(path, 0)[0]["step"]
    until("one", lambda card: card.status is not None and card.epoch * card.status.per_epoch >= known)
    queue.ask("one", {"do": "steer", "name": "beta", "value": 3e38})
    failed = until("one", is_("failed"))
    assert failed.sentence.startswith("The loss became")
    assert "try a smaller learning rate" in failed.sentence
    assert failed.status
    assert failed.events == ()
    assert failed.status.beta == 1
    assert failed.step == failed.epoch * failed.status.per_epoch > 0
    assert max(point["step"] for point in folder.points(failed.path, -1)) <= failed.step
    assert failed.status.kept[-1] == (max(step for step, _ in failed.status.kept), failed.status.moment)
    assert failed.status.kept[-1][0] <= failed.step
    queue.resume("one")  # which does not go the same way again
    until("one", lambda card: card.state == "running" and card.epoch > failed.epoch)
    queue.kill("one")


@posix
@pytest.mark.slow
def test_no_room_on_the_disk_and_none_in_memory_are_sentences_and_it_goes_on_afterwards(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = dispatch.command

    def limited(limits: str) -> None:
        monkeypatch.setattr(
            dispatch, "command", lambda card: ["sh", "-c", f'{limits} && exec "$@"', "sh", *command(card)]
        )

    limited("ulimit -f 400")  # 200 or 400 kB a file: for a moment, not for the checkpoint
    queue.begin("one", config)
    failed = until("one", is_("failed"))
    assert "too large" in failed.sentence
    assert not (failed.path / folder.CHECKPOINT).exists()  # and no half of one
    monkeypatch.setattr(dispatch, "command", command)
    queue.resume("one")
    until("one", is_("done"))
    assert len(load_run("one").history) == config.train.epochs

    limited("ulimit -v 4000000")  # 4 GB, where an epoch's noise is 5
    model, objective = replace(config.model, latent_dim=784), replace(config.objective, bound="iwae", samples=1000)
    queue.begin("two", replace(config, model=model, objective=objective))
    assert until("two", is_("failed")).sentence.startswith("There is not enough memory for this network and batch")


def read_state(name: str) -> str:
    return next(card.state for card in list_trainings() if card.name == name)


@pytest.mark.usefixtures("copies")
@posix
def test_one_at_a_time_and_a_branch_goes_on_where_the_other_was(config: RunConfig) -> None:
    long = replace(config, train=replace(config.train, epochs=10_000))
    queue.begin("first", long)
    with pytest.raises(folder.ServedError, match="There is a training first already"):
        queue.begin("first", config)
    until("first", lambda card: card.epoch >= 1)
    with pytest.raises(folder.ServedError, match="runs: stop it before it is renamed"):
        queue.rename("first", "other")
    branch = queue.branch("first", "second", "beta", 4.0, 10_000)
    assert branch.state == "waiting"
    assert branch.source.endswith("beta 4 from there on")
    assert branch.events[-1].value == 4.0
    assert read_state("second") == "waiting"
    queue.ask("first", {"do": "stop"})
    stopped = until("first", is_("stopped"))
    assert len(load_run("first").history) == stopped.epoch
    second = until("second", lambda card: card.step > branch.events[-1].step)  # the queue goes on
    assert second.status
    assert second.status.beta == 4.0
    queue.kill("second")
    assert until("second", is_("interrupted")).sentence.startswith("It was killed from the page")

    queue.rename("first", "other")
    assert load_run("other").config == long
    queue.delete("other")
    assert [card.name for card in list_trainings()] == ["second"]
    assert "other" in {card.name for card in list_runs()[0]}  # runs stay


@pytest.mark.usefixtures("copies")
@posix
@pytest.mark.slow  # what is killed goes on, and the queue after what is stopped: above
def test_what_is_stopped_and_renamed_is_a_run_that_goes_on(config: RunConfig) -> None:
    long = replace(config, train=replace(config.train, epochs=10_000))
    queue.begin("first", long)
    queue.begin("second", config)
    until("first", lambda card: card.epoch >= 1)
    queue.ask("first", {"do": "stop"})
    stopped = until("first", is_("stopped"))
    until("second", is_("done"))
    queue.rename("first", "other")
    queue.resume("other")
    until("other", lambda card: card.state == "running" and card.epoch > stopped.epoch)
    queue.ask("other", {"do": "stop"})
    until("other", is_("stopped"))
    assert len(load_run("other").history) > stopped.epoch


def test_a_process_that_waits_is_given_nothing_by_a_server_of_other_runs(
    runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead.start()
    (process,) = ahead.left()
    ahead.start()  # another visitor opens the form
    assert ahead.left() == [process]
    monkeypatch.setenv("VAEEXPLORER_RUNS", str(runs_folder / "others"))
    assert ahead.take(runs_folder) is None
    ahead.stop()
    assert process.wait(PATIENCE) != 0
    assert ahead.left() == []


def test_a_process_that_waits_and_is_given_nothing_ends(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "lower_priority", lambda: None)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))  # a pipe whose other end is closed
    ahead._work()
    assert not runs_folder.exists()


@pytest.mark.slow
def test_a_process_that_waits_ends_with_its_server(runs_folder: Path) -> None:
    ahead.start()
    (process,) = ahead.left()
    assert process.stdin
    process.stdin.close()  # as when the server is killed
    assert process.wait(PATIENCE) == 0
    ahead.stop()
