"""Rows of a published table, and ways to train for one: as its authors did, and in a fraction of the steps.

Burda, Grosse & Salakhutdinov 2016, table 1: MNIST binarized anew in every epoch, one stochastic layer of 50 units,
784-200-200-50 and back, tanh; the negated log-likelihood by 5,000 importance samples an image.
"""

import math
from dataclasses import dataclass

from vaeexplorer.config import (
    Bound,
    ConfigError,
    DataConfig,
    ModelConfig,
    ObjectiveConfig,
    Precision,
    RunConfig,
    TrainConfig,
)

SOURCE = "Burda, Grosse & Salakhutdinov 2016, table 1: {}, one stochastic layer, k = {}, MNIST"
STAGES = 8


@dataclass(frozen=True)
class Row:
    """What a row says: how it was trained, and the figures.

    Attributes:
        nll: nats per image, by 5,000 samples.
        active_units: of 50; None where the number is not known here.
    """

    bound: Bound
    samples: int
    nll: float
    active_units: int | None = None

    @property
    def source(self) -> str:
        """Where the row stands."""
        return SOURCE.format("VAE" if self.bound == "elbo" else "IWAE", self.samples)


ROWS = {
    "burda-vae1": Row("elbo", 1, 86.76, 19),
    "burda-vae5": Row("elbo", 5, 86.47),
    "burda-vae50": Row("elbo", 50, 86.35),
    "burda-iwae5": Row("iwae", 5, 85.54),
    "burda-iwae50": Row("iwae", 50, 84.78),
}
DIFFERENCES = (
    "All 60,000 training images are used; the authors kept 400 of them for validation.",
    "ln sigma^2 of the posterior is bounded smoothly to (-14, 4); theirs is not bounded.",
    "Active units are counted on the 10,000 test images, binarized; their code counts them on 500 training images.",
    "The test images are binarized once, with a fixed seed.",
)
OWN_EPOCHS = {"short": 600, "longer": 900}
"""schedules of our own"""


@dataclass(frozen=True)
class Schedule:
    """How many epochs, in which batches, at which step size.

    Attributes:
        name: published, that of the authors; short and longer, ours.
        epsilon: Adam's, beside the gradient of a batch's sum (published) or mean (ours).
    """

    name: str
    epochs: int
    batch_size: int
    epsilon: float
    precision: Precision

    def rate(self, epoch: int, share: float) -> float:
        """Adam's step size in an epoch, from 1, of which a share is done."""
        if self.name == "published":
            return learning_rate(stage_of(epoch))
        position = (epoch - 1 + share) / self.epochs
        warm_up = 0.02
        rise = min(1.0, position / warm_up)
        return 2e-3 * rise * (0.5 + 0.5 * math.cos(math.pi * max(0.0, position - warm_up) / (1 - warm_up)))

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as the authors had it, a sentence each."""
        if self.name == "published":
            return ()
        share = {"short": "thirty-fifth", "longer": "twenty-third"}[self.name]
        return (
            f"{self.epochs} epochs in batches of {self.batch_size}, where the authors took 3,280 in batches of 20: "
            f"a {share} of the steps.",
            "Adam's step size rises to 0.002 over the first 2% of the steps, then falls to 0 by a cosine; "
            "epsilon is 1e-8.",
        )


def schedule(name: str, stages: int = STAGES) -> Schedule:
    """The authors' schedule up to the end of a stage, or one of ours.

    Raises:
        ConfigError: no such schedule, or no such number of stages.
    """
    if not 1 <= stages <= STAGES:
        raise ConfigError(f"stages must be 1 to {STAGES}, not {stages}.")
    if name in OWN_EPOCHS:
        return Schedule(name, OWN_EPOCHS[name], 128, 1e-8, "auto")
    if name != "published":
        raise ConfigError(f"The schedule is published, short or longer, not {name}.")
    return Schedule("published", epochs_until(stages), 20, 1e-4, "float32")


def configuration(row: str, schedule: Schedule, seed: int = 0) -> RunConfig:
    """What a row trains.

    Raises:
        ConfigError: no such row.
    """
    if row not in ROWS:
        raise ConfigError(f"There is no row {row}: take one of {', '.join(ROWS)}.")
    return RunConfig(
        DataConfig("mnist"),
        ModelConfig("vae", latent_dim=50, hidden=(200, 200), activation="tanh"),
        ObjectiveConfig("bernoulli", bound=ROWS[row].bound, samples=ROWS[row].samples),
        TrainConfig(
            epochs=epochs_until(STAGES) if schedule.name == "published" else schedule.epochs,
            batch_size=schedule.batch_size,
            learning_rate=1e-3 if schedule.name == "published" else 2e-3,
            schedule="constant" if schedule.name == "published" else "cosine",
            precision=schedule.precision,
            seed=seed,
        ),
    )


def epochs_until(stages: int) -> int:
    """How many epochs the authors' first stages take: 1 + 3 + 9 + ... = (3^stages - 1) / 2."""
    return int(3**stages - 1) // 2


def stage_of(epoch: int) -> int:
    """The authors' stage, from 0, of an epoch, from 1."""
    return next(stage for stage in range(STAGES) if epoch <= epochs_until(stage + 1))


def learning_rate(stage: int) -> float:
    """0.001 * 10^(-i/7) in the authors' stage i."""
    rate: float = 1e-3 * 10 ** (-stage / 7)
    return rate
