"""A row of a published table, trained again (`published` has the rows and the schedules).

The authors' schedule takes 9.8 million steps, days of a CPU; so a run may end after any of its stages, and the result
says after which, and how far it is from the table. The short schedule takes 0.28 million, the longer one 0.42 million.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.analysis.posterior import active_units
from vaeexplorer.config import RunConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.documents import from_json
from vaeexplorer.files import content_hash
from vaeexplorer.network.checkpoint import damaged, load_checkpoint, save_checkpoint
from vaeexplorer.network.evaluation import evaluate, negative_log_likelihoods, network_terms, noise_shape, to_device
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.network.models import Autoencoder, begin_at_mean_image, build
from vaeexplorer.network.step import Step, adam, resolve_device, resolve_precision, set_rate
from vaeexplorer.recipes.published import (
    DIFFERENCES,
    ROWS,
    STAGES,
    configuration,
    epochs_until,
    learning_rate,
    schedule,
)
from vaeexplorer.version import __version__

SCHEMA = 2
BATCHES_AT_ONCE = 100  # of binarized images and noise, drawn together


@dataclass(frozen=True)
class Epoch:
    """One pass: its number from 1, the mean training loss in nats per image, and its seconds."""

    number: int
    loss: float
    seconds: float


def binarize(images: Tensor, generator: torch.Generator) -> Tensor:
    """White with the probability that a pixel's grey says, anew at every call.

    Args:
        images: uint8, any shape.
        generator: of the images' device.

    Returns:
        bool, the same shape: exactly P(white) = grey / 255, since a whole number below 255 is drawn evenly.
    """
    drawn = torch.empty_like(images).random_(0, 255, generator=generator)
    return drawn < images


def binarized_test_images(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """uint8 [N, 28, 28] -> the same in black (0) and white (255), by a fixed seed."""
    white = binarize(torch.tensor(images), torch.Generator().manual_seed(seed))
    black_and_white: np.ndarray = white.numpy() * np.uint8(255)
    return black_and_white


def initialize(network: Autoencoder, images: Tensor, seed: int) -> None:
    """Glorot's uniform weights and zero biases, but for the last: the logit of the mean image, as the authors do.

    Args:
        images: uint8 [N, 784].
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for module in network.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
    begin_at_mean_image(network, images, least=0.001)


class Reproduction:
    """The row in the making. Iterating trains it, an epoch a record; `result` measures it.

    Args:
        row: its name in `published.ROWS`.
        plan: "published", "short" or "longer", which schedule.
        stages: how many of the authors' eight, from the first; of the other schedules nothing.
        config: instead of the row's.
        images: training images, uint8 [N, 28, 28]; by default MNIST's.
        checkpoint: a file to write after every epoch; if it is there already, training goes on from it.
        stop: set it to stop at the end of the epoch.
        compile: torch.compile the loss: a third faster on a CPU.

    Raises:
        ConfigError: no such row, schedule or number of stages.
        TrainingError: the checkpoint cannot be read, or the device is not there.
        DataError: the images cannot be had.
    """

    def __init__(
        self,
        row: str = "burda-vae1",
        plan: str = "published",
        *,
        stages: int = STAGES,
        seed: int = 0,
        config: RunConfig | None = None,
        images: np.ndarray | None = None,
        checkpoint: Path | None = None,
        stop: Event | None = None,
        compile: bool = False,
    ) -> None:
        self.row, self.schedule = row, schedule(plan, stages)
        self.config = config or configuration(row, self.schedule, seed)
        self.checkpoint, self.compile = checkpoint, compile
        self.stop = stop or Event()
        self.device = resolve_device(self.config.train.device)
        self.precision = resolve_precision(self.config.train.precision, self.device)
        data = load_dataset("mnist", "train") if images is None else None
        self.source = data.source if data else "given"
        pixels = data.images if data else np.asarray(images)
        self._images_hash = content_hash(pixels.tobytes())
        self.images = to_device(pixels, self.device)  # uint8 [N, 784]
        self.network = build(self.config.model, self.config.objective.likelihood).to(self.device)
        initialize(self.network, self.images, self.config.train.seed)
        self.optimizer = adam(self.network, self.device, self.config.train.learning_rate, self.schedule.epsilon)
        self.losses: list[float] = []
        self.seconds = 0.0
        if checkpoint and checkpoint.exists():
            self._load(checkpoint)

    @property
    def done(self) -> int:
        """How many epochs have run."""
        return len(self.losses)

    @property
    def finished(self) -> bool:
        """Whether every epoch asked for has run."""
        return self.done >= self.schedule.epochs

    def __iter__(self) -> Iterator[Epoch]:
        """Run the remaining epochs. Stops early, at an epoch's end, once `stop` is set.

        Raises:
            TrainingError: the loss is not finite.
        """
        step = Step(torch.compile(self._loss) if self.compile else self._loss, self.network, self.optimizer)
        while not self.finished and not self.stop.is_set():
            start = time.perf_counter()
            mean = self._epoch(self.done + 1, step)
            if not math.isfinite(mean):
                raise TrainingError(f"The loss became {mean:g} in epoch {self.done + 1}.")
            self.losses.append(mean)
            self.seconds += time.perf_counter() - start
            if self.checkpoint:
                self._save(self.checkpoint)
            yield Epoch(self.done, mean, time.perf_counter() - start)

    def _epoch(self, number: int, step: Step) -> float:
        generator = torch.Generator(self.device).manual_seed((self.config.train.seed << 18) + number)
        count, batch = len(self.images), self.config.train.batch_size
        order = torch.randperm(count, generator=generator, device=self.device)
        self.network.train()
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        done, rate = 0, math.nan
        for some in order.split(BATCHES_AT_ONCE * batch):
            white = binarize(self.images[some], generator)  # bool [n, 784]
            eps = torch.randn(noise_shape(self.config, len(some)), generator=generator, device=self.device)
            for x, noise in zip(white.split(batch), eps.split(batch), strict=True):
                wanted = self.schedule.rate(number, done / count)
                if wanted != rate:
                    rate = wanted
                    set_rate(self.optimizer, rate)
                total += step(x, noise)
                done += len(x)
        return total.item() / count

    def _loss(self, x: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
        """What a step minimises, and the batch's sum.

        The authors minimise the sum: Adam's epsilon of 1e-4 is meant beside gradients of that size.
        """
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            total = network_terms(self.network, x.float(), eps, self.config, 1.0)[0].total
        return total.sum() if self.schedule.name == "published" else total.mean(), total.sum()

    def result(
        self,
        test_images: np.ndarray,
        *,
        samples: int = 5000,
        nll_images: int = 10_000,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, Any]:
        """What the network came to beside the published row, as a JSON document.

        Args:
            test_images: grey, uint8 [N, 28, 28]; binarized here with a fixed seed.
            samples: noise samples an image for the negative log-likelihood.
            nll_images: how many images that is measured on, from the first; the rest is measured on all.
            progress: called with how many more images are done.
        """
        images = binarized_test_images(test_images)
        single = replace(self.config, objective=replace(self.config.objective, bound="elbo", samples=1))
        metrics = evaluate(self.network, single, images)
        nlls = negative_log_likelihoods(self.network, single, images[:nll_images], samples, progress)
        nll = float(nlls.mean())
        active = int(active_units(LatentModel(self.network).encode(images).mean).sum())
        published = ROWS[self.row]
        units = published.active_units
        return {
            "schema": SCHEMA,
            "row": self.row,
            "published": {
                "nll": published.nll,
                "active_units": units,
                "source": published.source,
                "note": "the number of active units is quoted from memory",
            },
            "schedule": self._progress(),
            "figures": {
                "nll": nll,
                "nll_standard_error": float(nlls.std() / math.sqrt(len(nlls))),
                "nll_samples": samples,
                "nll_images": len(nlls),
                "negative_elbo": metrics["total"],
                "reconstruction": metrics["reconstruction"],
                "kl": metrics["kl"],
                "negative_elbo_of_nll_images": evaluate(self.network, single, images[:nll_images])["total"],
                "images": len(images),
                "active_units": active,
            },
            "distance": {"nll": nll - published.nll, "active_units": None if units is None else active - units},
            "curve": [round(loss, 3) for loss in self.losses],
            "differences": [*DIFFERENCES, *self.schedule.differences],
            "config": self.config.to_json(),
            "provenance": {
                "vaeexplorer": __version__,
                "torch": torch.__version__,
                "device": self.device.type,
                "precision": self.precision,
                "compiled": self.compile,
                "seconds": round(self.seconds, 1),
                "train_images": self.source,
            },
        }

    def _progress(self) -> dict[str, Any]:
        if self.schedule.name != "published":
            return {"name": self.schedule.name, "epochs": self.done, "of_epochs": self.schedule.epochs}
        complete = max(stage for stage in range(STAGES + 1) if epochs_until(stage) <= self.done)
        return {
            "name": "published",
            "stages": complete,
            "of": STAGES,
            "epochs": self.done,
            "of_epochs": epochs_until(STAGES),
            "learning_rates": [learning_rate(stage) for stage in range(complete)],
        }

    def _save(self, path: Path) -> None:
        about = {"config": json.dumps(self.config.to_json()), "losses": json.dumps(self.losses)}
        about |= {"seconds": str(self.seconds), "images": self._images_hash}
        save_checkpoint(path, self.network, self.optimizer, about)

    def _load(self, path: Path) -> None:
        found = load_checkpoint(path, self.device)
        try:
            config = RunConfig.from_json(json.loads(found.about["config"]))
            losses, seconds = from_json(found.about["losses"], list[float]), float(found.about["seconds"])
            images = found.about["images"]
        except (ValueError, KeyError) as error:
            raise damaged(path, error) from None
        if config != self.config:
            raise TrainingError(f"The checkpoint {path.name} has another configuration: rename or delete it.")
        if images != self._images_hash:
            raise TrainingError(
                f"The checkpoint {path.name} is of other images than {self.source}: "
                "give it those it began with, or rename it."
            )
        found.restore(self.network, self.optimizer)
        self.losses, self.seconds = losses, seconds
