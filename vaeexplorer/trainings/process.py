"""The process that trains: `Control` is what it calls before every step, and what it leaves at the end.

It looks at its requests twenty times a second, and leaves a moment up to five times a second, for which it takes a
fourteenth of its time at the most. Nothing of that changes what is learned.
"""

import os
import time
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict, replace
from math import ceil, isfinite
from pathlib import Path
from threading import Event as Flag
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import vector_to_parameters

from vaeexplorer.codes import Codes
from vaeexplorer.config import RunConfig
from vaeexplorer.documents import to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import read_file
from vaeexplorer.network.dials import Dials, Event, check, read_events
from vaeexplorer.network.evaluation import network_terms, noise_shape
from vaeexplorer.network.film import MOST, drawn
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.step import adam
from vaeexplorer.network.training import SNAPSHOT_IMAGES, Training, train
from vaeexplorer.runs.film import save_film
from vaeexplorer.runs.finish import finish, write
from vaeexplorer.runs.folder import Run, load_run, runs_folder
from vaeexplorer.runs.names import reserved
from vaeexplorer.runs.versions import DOCUMENT
from vaeexplorer.trainings import folder
from vaeexplorer.trainings.folder import Status
from vaeexplorer.trainings.moments import FILM, Frames, file_name, film_frame, pack_moment

LISTEN = 0.05  # seconds between two looks at the requests
INTERVAL, SHARE = 0.2, 1 / 14  # seconds between two moments at least; the share of the time that they may take
TESTED = 1.5  # seconds between two tests
TEST_IMAGES = 500
NEWEST = 8  # moments that stay, for browsers that are slower
POINTS = 2000  # of the curves, at the most


def serve(config: RunConfig, name: str, path: Path) -> None:
    """Train, through a folder that `lock.held` has; what is reached is kept as a run, also where it is stopped before.

    Raises:
        UserError, TrainingError, OSError: it cannot begin, go on, or be kept.
    """
    control = Control(path)
    is_again = control.has_run and (runs_folder() / name / DOCUMENT).exists()
    with reserved(name, overwrite=is_again) as run_path:
        events = read_events(path / folder.EVENTS)
        training = train(config, control.stop, checkpoint=path / folder.CHECKPOINT, events=events, on_step=control)
        control.look(training)  # the untrained network is there at once
        try:
            for _ in training:
                pass
        except TrainingError:  # the loss became infinite
            control.go_back(training)
            raise
        write(run_path, finish(training))
        control.ended(training, load_run(run_path))


def warm_up() -> None:
    """Import what a first step needs beside this module: for an optimizer torch imports its compiler, in a second."""
    adam(nn.Linear(1, 1), torch.device("cpu"), 1e-3)


class Control:
    """Watches and steers a training through its folder: `train(config, control.stop, on_step=control)`.

    Attributes:
        stop: set when the training is asked to end with its epoch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stop = Flag()
        self._status = folder.read_status(path) or Status("running", os.getpid())
        self._frames = Frames([], 1)
        self._newest: list[str] = []
        self._images, self._noise = torch.empty(0), torch.empty(0)
        self._due = self._heard = self._tested = 0.0
        self._counted: tuple[int, float] = (0, 0.0)  # step and time of the last moment
        self._noted = 0  # losses of this epoch that a point has
        self._spent = 0.0
        self._point = 0  # step of the last point

    @property
    def has_run(self) -> bool:
        """Whether it was kept as a run before."""
        return self._status.has_run

    def __call__(self, training: Training) -> None:
        """Before a step."""
        now = time.monotonic()
        if now < self._heard + LISTEN:
            return
        self._heard = now
        self._listen(training)
        if now >= self._due:
            self.look(training)

    def ended(self, training: Training, run: Run) -> None:
        """It has become a run, which gets its film."""
        self.look(training, is_last=True)
        network, kept, frames = deepcopy(training.network), self._frames.kept, []
        for step, name in kept[:: ceil(len(kept) / MOST) or 1]:
            means, weights = film_frame(read_file(self.path / name, FILM))
            decoder = torch.tensor(weights, dtype=torch.float32, device=training.device)
            vector_to_parameters(decoder, network.decoder.parameters())
            frames.append(drawn(network, means.astype(np.float32), step))
        if frames:
            save_film(run, frames)
        state: folder.State = "done" if training.finished else "stopped"
        self._say(training, state=state, images_per_second=0.0, sentence="", has_run=True)

    def _begin(self, training: Training) -> None:
        """What there is of an earlier process is taken up to the step where this one begins."""
        count = SNAPSHOT_IMAGES
        images = training.test_set.images[:count]
        self._images = torch.tensor(images.reshape(len(images), -1)).to(training.device).float() / 255
        noise = torch.randn(noise_shape(training.config, TEST_IMAGES), generator=torch.Generator().manual_seed(0))
        self._noise = noise[: len(images)].to(training.device)
        steps = training.config.train.epochs * training.steps_an_epoch
        kept = [(step, name) for step, name in self._status.kept if step < training.step]
        self._frames = Frames(kept, max(1, steps // 400))
        self._counted = (training.step, time.monotonic())
        self._cut_curve(training.step)
        for file in self.path.glob("moment-*.bin"):
            if file.name not in {self._status.moment, *(name for _, name in kept)}:
                file.unlink(missing_ok=True)

    def go_back(self, training: Training) -> None:
        """Forget what followed the last epoch's end, its dials too: resumed, it would only go the same way again."""
        last = len(training.history) * training.steps_an_epoch
        asked = folder.read_spec(self.path).events
        training.dials = Dials(training.config, [e for e in training.dials.events if e.step < last or e in asked])
        self._keep_events(training)
        self._cut_curve(last)
        kept = tuple((step, name) for step, name in self._status.kept if step <= last)
        self._status = replace(self._status, kept=kept, moment=kept[-1][1])
        training.step = last
        self._say(training)

    def _cut_curve(self, last: int) -> None:
        lines = [to_json(point) for point in folder.points(self.path, -1) if point["step"] <= last]
        folder.write_soon(self.path / folder.CURVE, "".join(lines).encode())

    def _listen(self, training: Training) -> None:
        """Do what is asked for; while it is paused, nothing else happens."""
        while True:
            for what in folder.requests(self.path):
                self._do(training, what)
            if self._status.state != "paused" or self.stop.is_set():
                return
            time.sleep(LISTEN)
            self._counted = (training.step, time.monotonic())

    def _do(self, training: Training, what: dict[str, Any]) -> None:
        match what:
            case {"do": "pause"} if self._status.state == "running":
                self.look(training)
                self._say(training, state="paused", images_per_second=0.0)
            case {"do": "resume"}:
                self._say(training, state="running")
            case {"do": "stop"}:
                self.stop.set()
                self._say(training, state="running", sentence="It stops at the end of this epoch.")
            case {"do": "steer", "name": ("beta" | "rate") as name, "value": int() | float() as value}:
                with suppress(UserError):  # the page asks for nothing that the model has not
                    if isfinite(value) and value >= 0:
                        check(Event(training.step, name, value), training.config)
                        training.turn(name, float(value))
                        self._keep_events(training)
                        self._say(training)

    def _keep_events(self, training: Training) -> None:
        text = to_json([asdict(event) for event in training.dials.events])
        folder.write_soon(self.path / folder.EVENTS, text.encode())

    @torch.no_grad()
    def look(self, training: Training, *, is_last: bool = False) -> None:
        """Leave a moment, and a point of the curves."""
        start = time.monotonic()
        is_first = not len(self._images)
        if is_first:
            self._begin(training)
        network = training.network.eval()
        bfloat16 = training.precision == "bfloat16"  # as where it trains: finer than a plane shows
        with torch.autocast(training.device.type, torch.bfloat16, enabled=bfloat16):
            mean, logvar = network.encode(self._images)
        codes = Codes(mean.float().cpu().numpy(), None if logvar is None else logvar.float().cpu().numpy())
        test = None
        if is_last or (start >= self._tested + TESTED and self._is_apart(training)):
            self._tested = start
            x = self._images[: len(self._noise)]
            beta = training.dials.beta(training.step)
            terms, _ = network_terms(network, x, self._noise, training.config, beta)
            test = _terms(terms.reconstruction.mean(), terms.kl.mean(), terms.total.mean())
        state = network.state_dict()
        decoder = {name: state[name].half().cpu().numpy() for name in state if name.startswith(("decoder", "log_"))}
        network.train()
        content = pack_moment(training.step, training.config, decoder, codes)
        if content is not None:
            self._leave(training.step, content, is_last)
        self._note(training, test)
        now = time.monotonic()
        step, then = self._counted
        if training.step > step:
            speed = (training.step - step) * training.config.train.batch_size / (now - then)
            before = self._status.images_per_second
            self._status = replace(self._status, images_per_second=0.7 * before + 0.3 * speed if before else speed)
        self._counted = (training.step, now)
        self._say(training)
        if is_first:  # the next one is due at once: it is the first that moves
            return
        took = time.monotonic() - start
        self._spent = took if not self._spent else 0.8 * self._spent + 0.2 * took
        self._due = start + max(INTERVAL, self._spent / SHARE)

    def _leave(self, step: int, content: bytes, is_last: bool) -> None:
        name = file_name(content)
        folder.write_soon(self.path / name, content)
        if not self._frames.kept or self._frames.kept[-1][0] < step:
            before = {file for _, file in self._frames.kept}
            if is_last or self._frames.wants(step):
                self._frames.add(step, name, len(content))
            gone = before - {file for _, file in self._frames.kept}
        else:
            gone = set()
        self._newest = [*(each for each in self._newest if each != name), name]
        kept = {file for _, file in self._frames.kept}
        for file in {*gone, *self._newest[:-NEWEST]} - kept - set(self._newest[-NEWEST:]):
            (self.path / file).unlink(missing_ok=True)
        self._newest = self._newest[-NEWEST:]
        self._status = replace(self._status, moment=name, kept=tuple(self._frames.kept))

    def _is_apart(self, training: Training) -> bool:
        """Whether another point of the curves is due: there are POINTS at the most, however long it trains."""
        return training.step >= self._point + training.config.train.epochs * training.steps_an_epoch / POINTS

    def _note(self, training: Training, test: dict[str, float] | None) -> None:
        """A point of the curves: the mean over the steps since the last one, and the test where there was one."""
        if not test and not self._is_apart(training):
            return
        self._point = training.step
        if self._noted > len(training.losses):  # another epoch
            self._noted = 0
        fresh = training.losses[self._noted :]
        self._noted = len(training.losses)
        size = training.config.train.batch_size
        train = None
        if fresh:
            total, reconstruction, kl = (torch.stack(fresh).sum(0).double().cpu() / (len(fresh) * size)).tolist()
            train = {"reconstruction": reconstruction, "kl": kl, "total": total}
        if not all(isfinite(value) for part in (train, test) if part for value in part.values()):
            return
        if train or test:
            with (self.path / folder.CURVE).open("a", encoding="utf-8") as file:
                file.write(to_json({"step": training.step, "train": train, "test": test}))

    def _say(self, training: Training, **changes: Any) -> None:
        config = training.config.train
        self._status = replace(
            self._status,
            step=training.step,
            epochs=config.epochs,
            per_epoch=training.steps_an_epoch,
            images=len(training.train_set),
            beta=training.dials.beta(training.step),
            rate=training.dials.rate(training.step),
            **changes,
        )
        folder.write_status(self.path, self._status)


def _terms(*means: torch.Tensor) -> dict[str, float]:
    return dict(zip(("reconstruction", "kl", "total"), (float(mean) for mean in means), strict=True))
