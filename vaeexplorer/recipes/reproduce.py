"""A row of a published table, trained again: the VAE of Burda, Grosse & Salakhutdinov 2016 with one stochastic layer.

MNIST, dynamically binarized; 784-200-200-50 and back, tanh; Adam with epsilon 1e-4, batches of 20; stage i = 0..7 runs
3^i epochs at a step size of 0.001 * 10^(-i/7), 3,280 in all. A CPU takes days for the whole, so a run may end after any
stage; the result says after which, and how far it is from the table.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.analysis.posterior import active_units
from vaeexplorer.config import ConfigError, DataConfig, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.files import content_hash
from vaeexplorer.network.checkpoint import damaged, load_checkpoint, save_checkpoint
from vaeexplorer.network.device import resolve_device
from vaeexplorer.network.evaluation import evaluate, negative_log_likelihood, network_terms, to_device
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.network.models import Autoencoder, build
from vaeexplorer.version import __version__

SCHEMA = 1
STAGES = 8
BATCH = 20
CONFIG = RunConfig(
    DataConfig("mnist"),
    ModelConfig("vae", latent_dim=50, hidden=(200, 200), activation="tanh"),
    ObjectiveConfig("bernoulli"),
    TrainConfig(epochs=3280, batch_size=BATCH, learning_rate=1e-3, schedule="constant", precision="float32"),
)
PUBLISHED = {
    "nll": 86.76,
    "active_units": 19,
    "source": "Burda, Grosse & Salakhutdinov 2016, table 1: VAE, one stochastic layer, k = 1, MNIST",
    "note": "the number of active units is quoted from memory",
}
DIFFERENCES = (
    "All 60,000 training images are used; the authors kept 400 of them for validation.",
    "ln sigma^2 of the posterior is bounded smoothly to (-14, 4); theirs is not bounded.",
    "Active units are counted on the 10,000 test images, binarized; their code counts them on 500 training images.",
    "The test images are binarized once, with a fixed seed.",
)


@dataclass(frozen=True)
class Epoch:
    """One pass: its number from 1, its stage from 0, the mean training loss in nats per image, and its seconds."""

    number: int
    stage: int
    loss: float
    seconds: float


def epochs_until(stages: int) -> int:
    """How many epochs the first stages take: 1 + 3 + 9 + ... = (3^stages - 1) / 2."""
    return int(3**stages - 1) // 2


def stage_of(epoch: int) -> int:
    """The stage, from 0, of an epoch, from 1."""
    return next(stage for stage in range(STAGES) if epoch <= epochs_until(stage + 1))


def learning_rate(stage: int) -> float:
    """0.001 * 10^(-i/7) in stage i."""
    rate: float = 1e-3 * 10 ** (-stage / 7)
    return rate


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
        last = network.decoder[-1]
        assert isinstance(last, nn.Linear)
        last.bias.copy_(torch.logit(images.double().mean(0) / 255, eps=0.001))


class Reproduction:
    """The row in the making. Iterating trains it, an epoch a record; `result` measures it.

    Args:
        stages: how many of the eight, from the first.
        images: training images, uint8 [N, 28, 28]; by default MNIST's.
        checkpoint: a file to write after every epoch; if it is there already, training goes on from it.
        stop: set it to stop at the end of the epoch.
        compile: torch.compile the loss: a third faster on a CPU.

    Raises:
        ConfigError: no such number of stages.
        TrainingError: the checkpoint cannot be read, or the device is not there.
        DataError: the images cannot be had.
    """

    def __init__(
        self,
        stages: int = STAGES,
        *,
        config: RunConfig = CONFIG,
        images: np.ndarray | None = None,
        checkpoint: Path | None = None,
        stop: Event | None = None,
        compile: bool = False,
    ) -> None:
        if not 1 <= stages <= STAGES:
            raise ConfigError(f"stages must be 1 to {STAGES}, not {stages}.")
        self.stages, self.config, self.checkpoint, self.compile = stages, config, checkpoint, compile
        self.stop = stop or Event()
        self.device = resolve_device(config.train.device)
        data = load_dataset("mnist", "train") if images is None else None
        self.source = data.source if data else "given"
        pixels = data.images if data else np.asarray(images)
        self._images_hash = content_hash(pixels.tobytes())
        self.images = to_device(pixels, self.device)  # uint8 [N, 784]
        self.network = build(config.model, config.objective.likelihood).to(self.device)
        initialize(self.network, self.images, config.train.seed)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3, eps=1e-4, fused=True)
        self.done = 0
        self.seconds = 0.0
        if checkpoint and checkpoint.exists():
            self._load(checkpoint)

    @property
    def finished(self) -> bool:
        """Whether every epoch of the stages asked for has run."""
        return self.done >= epochs_until(self.stages)

    def __iter__(self) -> Iterator[Epoch]:
        """Run the remaining epochs. Stops early, at an epoch's end, once `stop` is set.

        Raises:
            TrainingError: the loss is not finite.
        """
        loss = torch.compile(self._loss) if self.compile else self._loss
        while not self.finished and not self.stop.is_set():
            start = time.perf_counter()
            number = self.done + 1
            mean = self._epoch(number, loss)
            if not math.isfinite(mean):
                raise TrainingError(f"The loss became {mean:g} in epoch {number}.")
            self.done = number
            self.seconds += time.perf_counter() - start
            if self.checkpoint:
                self._save(self.checkpoint)
            yield Epoch(number, stage_of(number), mean, time.perf_counter() - start)

    def _epoch(self, number: int, loss: Callable[..., Tensor]) -> float:
        generator = torch.Generator(self.device).manual_seed((self.config.train.seed << 18) + number)
        count = len(self.images)
        order = torch.randperm(count, generator=generator, device=self.device)
        white = binarize(self.images[order], generator)  # bool [N, 784]
        eps = torch.randn((count, self.config.model.latent_dim), generator=generator, device=self.device)
        self.optimizer.param_groups[0]["lr"] = learning_rate(stage_of(number))
        self.network.train()
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        for x, noise in zip(white.split(BATCH), eps.split(BATCH), strict=True):
            batch_loss = loss(x, noise)
            self.optimizer.zero_grad()
            batch_loss.backward()
            self.optimizer.step()
            total += batch_loss.detach()
        return total.item() / count

    def _loss(self, x: Tensor, eps: Tensor) -> Tensor:
        """The batch's sum, not its mean: Adam's epsilon of 1e-4 is meant beside gradients of that size."""
        return network_terms(self.network, x.float(), eps, self.config, 1.0)[0].total.sum()

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
            progress: told how many more images are done.
        """
        images = binarized_test_images(test_images)
        metrics = evaluate(self.network, self.config, images)
        nll = negative_log_likelihood(self.network, self.config, images[:nll_images], samples, progress)
        active = int(active_units(LatentModel(self.network).encode(images).mean).sum())
        complete = max(stage for stage in range(STAGES + 1) if epochs_until(stage) <= self.done)
        return {
            "schema": SCHEMA,
            "row": "burda-vae1",
            "published": PUBLISHED,
            "schedule": {
                "stages": complete,
                "of": STAGES,
                "epochs": self.done,
                "of_epochs": epochs_until(STAGES),
                "learning_rates": [learning_rate(stage) for stage in range(complete)],
            },
            "figures": {
                "nll": nll,
                "nll_samples": samples,
                "nll_images": len(images[:nll_images]),
                "negative_elbo": metrics["total"],
                "reconstruction": metrics["reconstruction"],
                "kl": metrics["kl"],
                "negative_elbo_of_nll_images": evaluate(self.network, self.config, images[:nll_images])["total"],
                "images": len(images),
                "active_units": active,
            },
            "distance": {"nll": nll - 86.76, "active_units": active - 19},
            "differences": list(DIFFERENCES),
            "config": self.config.to_json(),
            "provenance": {
                "vaeexplorer": __version__,
                "torch": torch.__version__,
                "device": self.device.type,
                "compiled": self.compile,
                "seconds": round(self.seconds, 1),
                "train_images": self.source,
            },
        }

    def _save(self, path: Path) -> None:
        about = {"config": json.dumps(self.config.to_json()), "done": str(self.done), "seconds": str(self.seconds)}
        save_checkpoint(path, self.network, self.optimizer, about | {"images": self._images_hash})

    def _load(self, path: Path) -> None:
        found = load_checkpoint(path, self.device)
        try:
            config = RunConfig.from_json(json.loads(found.about["config"]))
            done, seconds, images = int(found.about["done"]), float(found.about["seconds"]), found.about["images"]
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
        self.done, self.seconds = done, seconds
