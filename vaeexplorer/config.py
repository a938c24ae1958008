"""The choices that define a run, as frozen dataclasses that travel to JSON and back."""

import dataclasses
import numbers
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_type_hints

from msgspec import Meta

from vaeexplorer.documents import DocumentError, NotNegative, Positive, convert
from vaeexplorer.errors import UserError

Dataset = Literal["mnist", "fashion-mnist"]
"""the sets that are shipped, at least in part, with runs, sweeps and covariances of them"""
DATASETS = ("mnist", "fashion-mnist", "kmnist", "emnist-balanced", "emnist-digits", "emnist-letters")
"""every set that has a name; one's own images have the hash of their content instead"""
OWN_SET = r"own-[0-9a-f]{16}"
Family = Literal["ae", "vae"]
Architecture = Literal["mlp", "conv", "linear"]
Activation = Literal["silu", "relu", "tanh"]
Likelihood = Literal["gaussian", "gaussian-learned", "bernoulli", "continuous-bernoulli"]
Bound = Literal["elbo", "iwae", "dreg"]
Schedule = Literal["one-cycle", "cosine", "constant"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]

IMAGE_SIZE = 28
PIXELS = IMAGE_SIZE * IMAGE_SIZE


class ConfigError(UserError):
    """A configuration that names something impossible; the message is one sentence."""


@dataclass(frozen=True)
class DataConfig:
    """Which images."""

    dataset: str = "mnist"
    """the images to learn: mnist, fashion-mnist, kmnist, emnist-balanced, -digits or -letters; or one's own, a file or
    folder (see `images`)"""

    def __post_init__(self) -> None:
        _check(self)
        is_known = self.dataset in DATASETS or re.fullmatch(OWN_SET, self.dataset)
        _need(
            is_known,
            f"dataset must be one of {', '.join(DATASETS)}, or images of one's own, not {self.dataset[:100]!r}",
        )


@dataclass(frozen=True)
class ModelConfig:
    """Which network."""

    model: Family = "vae"
    """ae: one point per image; vae: a Gaussian per image"""
    arch: Architecture = "mlp"
    """mlp, conv (stride-2 convolutions), or linear (no nonlinearity at all)"""
    latent_dim: Annotated[int, Meta(ge=1, le=PIXELS)] = 2
    """dimensions of the latent space"""
    hidden: Annotated[tuple[Annotated[int, Meta(ge=1, le=8192)], ...], Meta(max_length=16)] = ()
    """encoder widths (mlp) or channels (conv), mirrored in the decoder; empty: the usual ones"""
    activation: Activation = "silu"
    """between the layers of mlp and conv"""

    @property
    def widths(self) -> tuple[int, ...]:
        """`hidden`, or what is usual for the architecture."""
        usual: dict[str, tuple[int, ...]] = {"mlp": (512, 512, 256), "conv": (32, 64), "linear": ()}
        return self.hidden or usual[self.arch]

    def __post_init__(self) -> None:
        _check(self)
        _need(self.arch != "linear" or not self.hidden, "a linear model has no hidden layers")
        _need(self.arch != "conv" or len(self.widths) == 2, "a conv model has two channel counts (28 -> 14 -> 7)")


@dataclass(frozen=True)
class ObjectiveConfig:
    """What is minimised: reconstruction + beta * KL, in nats per image."""

    likelihood: Likelihood = "bernoulli"
    """p(x|z): gaussian at its default variance is the lecture's squared error"""
    pixel_variance: Positive = 0.5
    """sigma_x^2 of the gaussian likelihood; 1/2 gives |x - x'|^2, 1 gives half of it"""
    beta: NotNegative = 1.0
    """weight of the KL term (beta-VAE); 1 is the ELBO"""
    kl_warmup: Annotated[int, Meta(ge=0)] = 0
    """epochs over which beta rises from 0 to its value"""
    bound: Bound = "elbo"
    """elbo; iwae, its importance-weighted tightening; dreg, the same bound by a gradient of less noise"""
    samples: Annotated[int, Meta(ge=1, le=1000)] = 1
    """noise samples an image and step: of the elbo averaged, of the others weighted"""

    def __post_init__(self) -> None:
        _check(self)
        plain = self.beta == 1 and self.kl_warmup == 0
        _need(self.bound == "elbo" or plain, f"the bound {self.bound} has no KL term to weigh: beta 1, without warm-up")


@dataclass(frozen=True)
class TrainConfig:
    """How it is trained."""

    epochs: Annotated[int, Meta(ge=1, le=100_000)] = 30
    """passes over the training set"""
    batch_size: Annotated[int, Meta(ge=1, le=60_000)] = 128
    """images per step"""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 2e-3
    """Adam's largest step size"""
    schedule: Schedule = "one-cycle"
    """how the step size moves over the run"""
    seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    """decides initial weights, data order and noise"""
    device: Device = "auto"
    """auto takes cuda, then mps, then cpu"""
    precision: Precision = "auto"
    """of the matrix products; auto takes bfloat16 where the device is faster with it"""
    compile: bool = False
    """torch.compile the step: pays on a GPU or over many epochs, never for a short run"""

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run. Equal configs on one device give equal weights."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        single = self.objective.bound == "elbo" and self.objective.samples == 1
        _need(self.model.model == "vae" or single, "an autoencoder draws no samples: bound elbo, samples 1")

    @property
    def default_name(self) -> str:
        """A name that says what the run is: `mnist-vae-2d-bernoulli`."""
        parts = [self.data.dataset, self.model.model, f"{self.model.latent_dim}d", self.objective.likelihood]
        if self.model.arch != "mlp":
            parts.insert(1, self.model.arch)
        if self.objective.beta != 1:
            parts.append(f"beta{self.objective.beta:g}")
        if self.objective.bound != "elbo" or self.objective.samples > 1:
            parts.append(f"{self.objective.bound}{self.objective.samples}")
        if self.train.seed:
            parts.append(f"seed{self.train.seed}")
        return "-".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Nested dicts and lists of plain values, ready for `json.dump`."""
        return dataclasses.asdict(self)

    def chosen(self) -> dict[str, dict[str, Any]]:
        """What differs from the defaults: a hash of this is the same after an option is added."""
        parts, defaults = dataclasses.asdict(self), dataclasses.asdict(RunConfig())
        return {
            part: {name: value for name, value in values.items() if value != defaults[part][name]}
            for part, values in parts.items()
        }

    @classmethod
    def from_json(cls, document: object) -> "RunConfig":
        """The config that `to_json` wrote, now or before an option existed: a missing key takes its default.

        Raises:
            ConfigError: an unknown key, a value of the wrong type or out of range.
        """
        try:
            return convert(document, cls)
        except DocumentError as error:
            raise ConfigError(f"config: {error}") from None


def difference(one: RunConfig, other: RunConfig) -> str:
    """The first option in which two configurations differ, with both values; empty where they are equal."""
    parts = zip(one.to_json().values(), other.to_json().values(), strict=True)
    odd = (f"{name} {value}, not {b[name]}" for a, b in parts for name, value in a.items() if value != b[name])
    return next(odd, "")


def _need(condition: object, otherwise: str) -> None:
    if not condition:
        raise ConfigError(otherwise)


def _check(config: Any) -> None:
    """Check every field against its annotation: these objects come from files, command lines and web pages."""
    for name, expected in get_type_hints(type(config), include_extras=True).items():
        value = getattr(config, name)
        try:
            object.__setattr__(config, name, convert(_plain(value), expected))
        except DocumentError as error:
            raise ConfigError(f"{name} cannot be {value!r}: {error}") from None


def _plain(value: Any) -> Any:
    """Numbers of NumPy and others as Python's own."""
    if isinstance(value, tuple | list):
        return tuple(map(_plain, value))
    if type(value) not in (bool, int, float):
        if isinstance(value, numbers.Integral):
            return int(value)
        if isinstance(value, numbers.Real):
            return float(value)
    return value
