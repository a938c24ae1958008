"""The choices that define a run, as frozen dataclasses that travel to JSON and back."""

import dataclasses
import math
import typing
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

Dataset = Literal["mnist", "fashion-mnist"]
Family = Literal["ae", "vae"]
Architecture = Literal["mlp", "conv", "linear"]
Activation = Literal["silu", "relu", "tanh"]
Likelihood = Literal["gaussian", "gaussian-learned", "bernoulli", "continuous-bernoulli"]
Schedule = Literal["one-cycle", "cosine", "constant"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]

IMAGE_SIZE = 28
PIXELS = IMAGE_SIZE * IMAGE_SIZE


class ConfigError(ValueError):
    """A configuration that names something impossible; the message is one sentence."""


@dataclass(frozen=True)
class DataConfig:
    """Which images."""

    dataset: Dataset = "mnist"
    """the images to learn"""

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class ModelConfig:
    """Which network."""

    model: Family = "vae"
    """ae: one point per image; vae: a Gaussian per image"""
    arch: Architecture = "mlp"
    """mlp, conv (stride-2 convolutions), or linear (no nonlinearity at all)"""
    latent_dim: int = 2
    """dimensions of the latent space"""
    hidden: tuple[int, ...] = ()
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
        _need(1 <= self.latent_dim <= PIXELS, f"latent_dim must be 1 to {PIXELS}, not {self.latent_dim}")
        _need(
            all(1 <= width <= 8192 for width in self.hidden) and len(self.hidden) <= 16,
            "hidden must be at most 16 widths of 1 to 8192",
        )
        _need(self.arch != "linear" or not self.hidden, "a linear model has no hidden layers")
        _need(self.arch != "conv" or len(self.widths) == 2, "a conv model has two channel counts (28 -> 14 -> 7)")


@dataclass(frozen=True)
class ObjectiveConfig:
    """What is minimised: reconstruction + beta * KL, in nats per image."""

    likelihood: Likelihood = "bernoulli"
    """p(x|z): gaussian at its default variance is the lecture's squared error"""
    pixel_variance: float = 0.5
    """sigma_x^2 of the gaussian likelihood; 1/2 gives |x - x'|^2, 1 gives half of it"""
    beta: float = 1.0
    """weight of the KL term (beta-VAE); 1 is the ELBO"""
    kl_warmup: int = 0
    """epochs over which beta rises from 0 to its value"""

    def __post_init__(self) -> None:
        _check(self)
        _need(self.beta >= 0, f"beta must be 0 or more, not {self.beta}")
        _need(self.pixel_variance > 0, f"pixel_variance must be positive, not {self.pixel_variance}")
        _need(self.kl_warmup >= 0, f"kl_warmup must be 0 or more, not {self.kl_warmup}")


@dataclass(frozen=True)
class TrainConfig:
    """How it is trained."""

    epochs: int = 30
    """passes over the training set"""
    batch_size: int = 128
    """images per step"""
    learning_rate: float = 2e-3
    """Adam's largest step size"""
    schedule: Schedule = "one-cycle"
    """how the step size moves over the run"""
    seed: int = 0
    """decides initial weights, data order and noise"""
    device: Device = "auto"
    """auto takes cuda, then mps, then cpu"""
    precision: Precision = "auto"
    """of the matrix products; auto takes bfloat16 where the device is faster with it"""
    compile: bool = False
    """torch.compile the step: pays on a GPU or over many epochs, never for a short run"""

    def __post_init__(self) -> None:
        _check(self)
        _need(1 <= self.epochs <= 100_000, f"epochs must be 1 to 100000, not {self.epochs}")
        _need(1 <= self.batch_size <= 60_000, f"batch_size must be 1 to 60000, not {self.batch_size}")
        _need(0 < self.learning_rate <= 1, f"learning_rate must be in (0, 1], not {self.learning_rate}")
        _need(0 <= self.seed < 2**31, f"seed must be 0 to 2^31 - 1, not {self.seed}")


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run. Equal configs on one device give equal weights."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    @property
    def default_name(self) -> str:
        """A name that says what the run is: `mnist-vae-2d-bernoulli`."""
        parts = [self.data.dataset, self.model.model, f"{self.model.latent_dim}d", self.objective.likelihood]
        if self.model.arch != "mlp":
            parts.insert(1, self.model.arch)
        if self.objective.beta != 1:
            parts.append(f"beta{self.objective.beta:g}")
        if self.train.seed:
            parts.append(f"seed{self.train.seed}")
        return "-".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Nested dicts and lists of plain values, ready for `json.dump`."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, document: object) -> "RunConfig":
        """The config that `to_json` wrote.

        Raises:
            ConfigError: an unknown or missing key, a value of the wrong type or out of range.
        """
        return typing.cast("RunConfig", _from_json(cls, document, "config"))


def _need(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ConfigError(otherwise)


def _check(config: Any) -> None:
    """Hold every field to its annotation: these objects come from files, command lines and web pages."""
    for name, expected in get_type_hints(type(config)).items():
        value = getattr(config, name)
        if get_origin(expected) is Literal:
            choices = get_args(expected)
            _need(value in choices, f"{name} must be one of {', '.join(choices)}, not {value!r}")
        elif get_origin(expected) is tuple:
            good = isinstance(value, tuple) and all(type(item) is int for item in value)
            _need(good, f"{name} must be a tuple of whole numbers, not {value!r}")
        elif expected is float:
            good = type(value) in (int, float) and math.isfinite(value)
            _need(good, f"{name} must be a finite number, not {value!r}")
        else:
            _need(type(value) is expected, f"{name} must be {expected.__name__}, not {value!r}")


def _from_json(cls: type, document: object, where: str) -> object:
    _need(isinstance(document, dict), f"{where} must be an object")
    assert isinstance(document, dict)
    hints = get_type_hints(cls)
    different = sorted(set(document) ^ set(hints))
    _need(not different, f"{where} has missing or unknown keys: {', '.join(map(str, different))}")
    values: dict[str, object] = {}
    for name, expected in hints.items():
        value = document[name]
        if dataclasses.is_dataclass(expected):
            value = _from_json(typing.cast(type, expected), value, name)
        elif get_origin(expected) is tuple and isinstance(value, list):
            value = tuple(value)
        elif expected is float and type(value) is int:
            value = float(value)
        values[name] = value
    return cls(**values)
