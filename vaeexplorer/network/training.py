"""One training loop for every model: iterate over `train(config)` and get a record an epoch.

The whole training set lies on the device as uint8. Order and noise of an epoch follow from (seed, epoch) alone, so a
resumed run walks the same path as an uninterrupted one, and an AE sees its images in the same order as its VAE.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from threading import Event as Flag
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.config import ConfigError, RunConfig, difference
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset, most_classes
from vaeexplorer.documents import from_json, to_json
from vaeexplorer.files import user_path
from vaeexplorer.network import objectives
from vaeexplorer.network.checkpoint import damaged, load_checkpoint, save_checkpoint
from vaeexplorer.network.dials import Dial, Dials, Event, check_warmup, ended, schedule, warmed_up
from vaeexplorer.network.evaluation import network_terms, noise_shape, to_device
from vaeexplorer.network.history import EpochRecord, Losses, TrainingError
from vaeexplorer.network.models import begin_at_mean_image, build
from vaeexplorer.network.step import Step, adam, resolve_device, resolve_precision, set_rate

SNAPSHOT_IMAGES = 2000
EVALUATION_BATCH = 1000


class Training:
    """A training in progress. Iterating runs it, an epoch a record; afterwards it holds what came of it.

    Attributes:
        network: the model, trained so far.
        history: the records so far.
        snapshots: codes of the first 2,000 test images after each epoch, float32 [2000, D] each.
        step: how many steps were done.
        dials: beta and the learning rate of each step, and the events that turned them.
        losses: sums over each batch of the epoch so far, of (total, reconstruction, kl), on the device.
        extended: how the number of epochs was changed on the way, for people; empty where it was not.
        device, precision: what `auto` came to.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        stop: Flag | None = None,
        checkpoint: Path | None = None,
        restart: bool = False,
        train_set: ImageDataset | None = None,
        test_set: ImageDataset | None = None,
        events: Sequence[Event] | None = None,
        on_step: Callable[["Training"], None] | None = None,
    ) -> None:
        _check(config, train_set, test_set)
        self.dials = Dials(config, events or ())
        self.config = config
        self.stop = stop or Flag()
        self.on_step = on_step
        self.checkpoint = checkpoint = user_path(checkpoint) if checkpoint else None
        self.device = resolve_device(config.train.device)
        self.precision = resolve_precision(config.train.precision, self.device)
        self.train_set = load_dataset(config.data.dataset, "train") if train_set is None else train_set
        self.test_set = load_dataset(config.data.dataset, "test") if test_set is None else test_set
        self.network = build(config.model, config.objective.likelihood, config.train.seed).to(self.device)
        self._images = to_device(self.train_set.images, self.device)
        begin_at_mean_image(self.network, self._images)
        self.history: list[EpochRecord] = []
        self.snapshots: list[np.ndarray] = []
        self.losses: list[Tensor] = []
        self.step = 0
        self.extended = ""
        if checkpoint and checkpoint.exists() and not restart:
            self._load_checkpoint(checkpoint, events)

    @property
    def finished(self) -> bool:
        """Whether every epoch has run."""
        return len(self.history) == self.config.train.epochs

    @cached_property
    def optimizer(self) -> torch.optim.Adam:
        """Made when it is first needed: torch imports its compiler for it, which takes a second."""
        return adam(self.network, self.device, self.config.train.learning_rate)

    @property
    def steps_an_epoch(self) -> int:
        """Batches in the training set."""
        return math.ceil(len(self.train_set) / self.config.train.batch_size)

    @property
    def outcome(self) -> tuple[RunConfig, list[Event]]:
        """What a run says of it (`dials.ended`)."""
        return ended(self.config, self.dials.events, self.step)

    def turn(self, name: Dial, value: float) -> None:
        """Turn a dial from the next step on, in `on_step` or between epochs. Raises ConfigError as `Dials.turn`."""
        self.dials.turn(Event(self.step, name, value))

    def __iter__(self) -> Iterator[EpochRecord]:
        """Run the remaining epochs. Stops early, at an epoch's end, once `stop` is set.

        Raises:
            TrainingError: the loss became infinite or not a number; the checkpoint of the epoch before is kept.
        """
        test_images = to_device(self.test_set.images, self.device)
        loss = torch.compile(self._batch_loss) if self.config.train.compile else self._batch_loss
        step = Step(loss, self.network, self.optimizer)
        while not self.finished and not self.stop.is_set():
            epoch = len(self.history) + 1
            start = time.perf_counter()
            with torch.backends.cudnn.flags(enabled=True, deterministic=True, benchmark=False):
                train = self._train_epoch(step, epoch)
                test, codes = self._test(test_images)
            if not math.isfinite(train.total + test.total):
                raise TrainingError(
                    f"The loss became {train.total:g} (test {test.total:g}) in epoch {epoch}: try a smaller learning "
                    "rate, or precision float32. What was reached the epoch before is kept."
                )
            self.history.append(EpochRecord(epoch, train, test, time.perf_counter() - start))
            self.snapshots.append(codes)
            if self.checkpoint:
                self._save_checkpoint(self.checkpoint)
            yield self.history[-1]

    def go_on(self, before: RunConfig, history: list[EpochRecord], snapshots: np.ndarray, extended: str = "") -> None:
        """Count on from an earlier training, whose weights the network gets, perhaps for more epochs than it planned.

        The step size, which the schedule sets by the share of epochs done, is from here on that of the longer run:
        under one-cycle it rises again where the shorter run had come to its end.

        Args:
            before: the configuration of the earlier training; it may differ in the number of epochs alone.
            history: its records.
            snapshots: codes after each of its epochs, [epochs, 2000, D].
            extended: how its own number of epochs was changed.

        Raises:
            TrainingError: another option differs, or it went beyond the epochs asked for.
        """
        planned, asked, reached = before.train.epochs, self.config.train.epochs, len(history)
        if odd := difference(replace(before, train=replace(before.train, epochs=asked)), self.config):
            raise TrainingError(
                f"What there is of this name has another configuration ({odd}): give the same options, or another name."
            )
        if reached > asked:
            raise TrainingError(f"What there is of this name is at epoch {reached}, beyond the {asked} asked for.")
        change = "" if planned == asked else f"from {planned} epochs to {asked} at epoch {reached}"
        self.extended = ", ".join(filter(None, (extended, change)))
        self.history, self.snapshots = list(history), list(snapshots)
        self.step = reached * self.steps_an_epoch

    def _train_epoch(self, step: Step, epoch: int) -> Losses:
        config = self.config.train
        count = len(self._images)
        order = torch.randperm(count, generator=self._generator(epoch, "order")).to(self.device)
        eps = torch.randn(noise_shape(self.config, count), generator=self._generator(epoch, "noise")).to(self.device)
        self.network.train()
        weight, beta = math.nan, torch.tensor(math.nan)
        self.losses = []  # stays on the device: reading a number a step would make a GPU wait
        for batch in order.split(config.batch_size):
            if self.on_step:
                self.on_step(self)
            now = warmed_up(self.dials.beta(self.step), epoch, self.config.objective.kl_warmup)
            if now != weight:
                weight, beta = now, torch.tensor(now, device=self.device)
            share = schedule(config.schedule, self.step, config.epochs * self.steps_an_epoch)
            set_rate(self.optimizer, self.dials.rate(self.step) * share)
            self.losses.append(step(self._images[batch], eps[batch], beta))
            self.step += 1
        return _losses(self.losses, count)

    @torch.no_grad()
    def _test(self, images: Tensor) -> tuple[Losses, np.ndarray]:
        """The loss on the test set as it stands, and the snapshot."""
        self.network.eval()
        eps = torch.randn(noise_shape(self.config, len(images)), generator=self._generator(0, "noise"))
        eps = eps.to(self.device)
        sums = []
        for batch in torch.arange(len(images), device=self.device).split(EVALUATION_BATCH):
            terms = self._batch_terms(images[batch], eps[batch], self.dials.beta(self.step - 1))
            sums.append(torch.stack([term.sum() for term in terms]))
        codes = self.network.encode(images[:SNAPSHOT_IMAGES].float() / 255).mean
        return _losses(sums, len(images)), codes.cpu().numpy()

    def _batch_loss(self, images: Tensor, eps: Tensor, beta: Tensor) -> tuple[Tensor, Tensor]:
        """What a step minimises, and the sums over the batch of the three terms."""
        terms = self._batch_terms(images, eps, beta)
        return terms.total.mean(), torch.stack([term.detach().sum() for term in terms])

    def _batch_terms(self, images: Tensor, eps: Tensor, beta: Tensor | float) -> objectives.Terms:
        """uint8 images [B, 784] and noise [B, D] -> the loss of each."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            return network_terms(self.network, images.float() / 255, eps, self.config, beta)[0]

    def _generator(self, epoch: int, stream: str) -> torch.Generator:
        """Random numbers that depend on the seed, the epoch and the purpose, and on nothing that ran before."""
        seed = (self.config.train.seed << 18) + 2 * epoch + (stream == "noise")
        return torch.Generator().manual_seed(seed)

    def _save_checkpoint(self, path: Path) -> None:
        history = json.dumps([asdict(record) for record in self.history])
        about = {"config": json.dumps(self.config.to_json()), "images": self._images_hash, "history": history}
        about |= {"extended": self.extended, "events": to_json([e for e in self.dials.events if e.step < self.step])}
        snapshots = torch.from_numpy(np.stack(self.snapshots))
        save_checkpoint(path, self.network, self.optimizer, about, {"snapshots": snapshots})

    def _load_checkpoint(self, path: Path, events: Sequence[Event] | None) -> None:
        found = load_checkpoint(path, self.device)
        try:
            config = RunConfig.from_json(json.loads(found.about["config"]))
            history = from_json(found.about["history"], list[EpochRecord])
            turned = from_json(found.about.get("events", "[]"), list[Event])
            images, snapshots = found.about["images"], found.tensors["snapshots"]
        except (ValueError, KeyError) as error:
            raise damaged(path, error) from None
        if images != self._images_hash:
            raise TrainingError(
                f"The checkpoint {path.name} is of other images than {self.train_set.source}: "
                "give the training the images it began with, or start it anew."
            )
        if len(snapshots) != len(history):
            raise damaged(path, ValueError("history and snapshots differ in length"))
        self.go_on(config, history, snapshots.float().cpu().numpy(), found.about.get("extended", ""))
        if events is None:
            self.dials = Dials(self.config, turned)
        elif [event for event in self.dials.events if event.step < self.step] != turned:
            raise TrainingError(f"What there is of this name was steered otherwise until epoch {len(history)}.")
        found.restore(self.network, self.optimizer)

    @property
    def _images_hash(self) -> str:
        return f"{self.train_set.content_hash} {self.test_set.content_hash}"


def _check(config: RunConfig, train_set: ImageDataset | None, test_set: ImageDataset | None) -> None:
    """Raise ConfigError where something else was given, or what cannot come to a run."""
    if not isinstance(config, RunConfig):
        raise ConfigError(f"config must be a RunConfig, not {type(config).__name__}.")
    for keyword, given in (("train_set", train_set), ("test_set", test_set)):
        if given is not None and not isinstance(given, ImageDataset):
            raise ConfigError(f"{keyword} must be an ImageDataset, not {type(given).__name__}.")
    classes = most_classes(config.data.dataset)
    if test_set is not None and (label := int(test_set.labels.max())) >= classes:
        raise ConfigError(f"test_set has the label {label}, and {config.data.dataset} has {classes} classes from 0.")
    check_warmup(config)


def _losses(sums: list[Tensor], count: int) -> Losses:
    """Sums over batches of (total, reconstruction, kl) -> means over images, added in double precision."""
    total, reconstruction, kl = (torch.stack(sums).cpu().double().sum(0) / count).tolist()
    return Losses(reconstruction, kl, total)


def train(
    config: RunConfig,
    stop: Flag | None = None,
    *,
    checkpoint: Path | None = None,
    restart: bool = False,
    train_set: ImageDataset | None = None,
    test_set: ImageDataset | None = None,
    events: Sequence[Event] | None = None,
    on_step: Callable[[Training], None] | None = None,
) -> Training:
    """Train a model: `for record in train(config): ...`.

    Args:
        config: what to train, and how.
        stop: set it (from a signal or another thread) to stop at the end of the epoch.
        checkpoint: a file to write after every epoch; if it is there already, training goes on from it, for more epochs
            than it was begun with where the configuration says so (`Training.go_on`).
        restart: begin at the first epoch all the same; the file is replaced after it.
        train_set, test_set: instead of the data set that the configuration names.
        events: when beta or the learning rate is turned, and to what; those before a checkpoint must be its own.
        on_step: called before every step with the training, which it may look at and `turn`.

    Returns:
        The training: iterate over it to run it; `.network`, `.history` and `.snapshots` hold what came of it.

    Raises:
        ConfigError: a configuration or image set of another type, or a KL warm-up that is longer than the run.
        TrainingError: the device is not there, the checkpoint is of another run, or the loss is not finite.
        DataError: the images cannot be had.
    """
    how: Any = {"checkpoint": checkpoint, "restart": restart, "events": events, "on_step": on_step}
    return Training(config, stop=stop, train_set=train_set, test_set=test_set, **how)
