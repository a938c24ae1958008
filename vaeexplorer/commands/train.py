"""train: a run, or several, from the first to the last epoch."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from vaeexplorer.commands.console import Interruption, complain, interrupted, progress
from vaeexplorer.commands.runs import show
from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.files import user_path
from vaeexplorer.network.dials import Event, read_events

if TYPE_CHECKING:
    from vaeexplorer.runs.folder import Run


def train(
    config: Annotated[RunConfig, tyro.conf.arg(name="")],
    *,
    name: str | None = None,
    resume: bool = False,
    restart: bool = False,
    overwrite: bool = False,
    seeds: int = 1,
    events: Path | None = None,
    control: Path | None = None,
    json: bool = False,
) -> None:
    """Train a model and keep it as a run.

    Ctrl-C stops at the end of the epoch; the same command with --resume goes on from there. With more --epochs
    an interrupted run goes on for longer, and so does a finished one with --overwrite: from its weights as kept and a
    fresh optimizer. The step size is then that of the longer run, at the epoch reached.

    Args:
        config: what to train.
        name: of the run; by default what the options suggest
        resume: go on from where an interrupted or, with --overwrite, a finished run of this name stopped
        restart: give up what an interrupted run of this name had reached, and begin anew
        overwrite: replace a run of this name
        seeds: train so many runs, of this seed and the next ones, NAME-seed0, NAME-seed1, ...; with --resume, those
            that are finished are left as they are
        events: a file of what was turned at which step, [{"step": 400, "name": "beta", "value": 8}, ...], or a run.json
        control: the folder through which a server watches and steers this training (`trainings.folder`)
        json: print one JSON document, with the run's figures, and nothing else
    """
    from vaeexplorer.runs import remarks
    from vaeexplorer.runs.folder import load_run, runs_folder
    from vaeexplorer.runs.versions import DOCUMENT

    if resume and restart:
        raise ConfigError("--resume goes on and --restart begins anew: choose one.")
    if seeds < 1:
        raise ConfigError(f"seeds must be 1 or more, not {seeds}.")
    name = config.default_name if name is None else name
    if control is not None:
        return _serve(config, name, user_path(control))
    turned = read_events(events) if events else None
    done = []
    for seed in range(config.train.seed, config.train.seed + seeds):
        own = f"{name}-seed{seed}" if seeds > 1 else name
        seeded = dataclasses.replace(config, train=dataclasses.replace(config.train, seed=seed))
        path = runs_folder() / own
        if seeds > 1 and resume and not overwrite and (path / DOCUMENT).exists():
            done.append(load_run(path))
            if done[-1].config != seeded:
                raise ConfigError(f"The run {own} is of another recipe: choose another name.")
        else:
            done.append(_train(seeded, own, resume=resume, restart=restart, overwrite=overwrite, events=turned))
    show(list(done), json=json)
    for remark in () if json else remarks.on_history(done):
        if remark != remarks.NEGATIVE:  # which `show` says where it is so
            print(remark)


def _train(
    config: RunConfig, name: str, *, resume: bool, restart: bool, overwrite: bool, events: "list[Event] | None"
) -> "Run":
    from vaeexplorer.network import training
    from vaeexplorer.network.checkpoint import epochs_in
    from vaeexplorer.network.film import Recorder
    from vaeexplorer.runs.film import save_film
    from vaeexplorer.runs.finish import extend, finish, write
    from vaeexplorer.runs.folder import load_run, runs_folder
    from vaeexplorer.runs.names import reserved
    from vaeexplorer.runs.versions import DOCUMENT

    with reserved(name, overwrite=overwrite) as path:
        checkpoint = runs_folder() / ".checkpoints" / f"{name}.safetensors"
        if checkpoint.exists() and not (resume or restart):
            reached = epochs_in(checkpoint)
            raise ConfigError(
                f"There is a checkpoint of {name} at epoch {reached}: --resume goes on, --restart begins anew."
            )
        is_new = not checkpoint.exists()
        film = Recorder()
        started = training.train(
            config, interrupted(), checkpoint=checkpoint, restart=restart, events=events, on_step=film
        )
        if resume and is_new and (path / DOCUMENT).exists():
            extend(started, load_run(path))
        elif resume and is_new:
            complain(f"There is no checkpoint of {name}: training begins at the first epoch.")
        with progress(config.train.epochs, name) as bar:
            bar(len(started.history))
            for record in started:
                test = record.test
                bar(1, f"test {test.total:.2f} = {test.reconstruction:.2f} + {test.kl:.2f}")
        if not started.finished:
            epochs = f"{len(started.history)} of {config.train.epochs} epochs"
            raise Interruption(f"Stopped after {epochs}: the same command with --resume goes on.")
        film(started)
        write(path, finish(started))
        checkpoint.unlink()
        run = load_run(path)
        save_film(run, film.frames)
        return run


def _serve(config: RunConfig, name: str, path: Path) -> None:
    """A training that a server watches, at a lower priority than the server's."""
    from vaeexplorer.trainings.ahead import lower_priority
    from vaeexplorer.trainings.lock import held

    lower_priority()
    with held(path):  # before torch is imported
        from vaeexplorer.trainings.process import serve

        serve(config, name, path)
