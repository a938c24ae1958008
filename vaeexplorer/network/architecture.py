"""What a network is made of, as data: `models.py` builds it in torch, `runs.py` holds weights to it, and
`browser/packing.py` sends it to those who run it without torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from vaeexplorer.config import IMAGE_SIZE, PIXELS, Likelihood, ModelConfig

Kind = Literal["dense", "conv", "conv_transpose"]
Nonlinearity = Literal["none", "silu", "relu", "tanh", "sigmoid"]
# ln sigma^2 stays within these, smoothly. An unbounded head sends one odd test image to KL = inf.
LOGVAR_RANGE = (-14.0, 4.0)
LOG_VARIANCE = "log_variance"  # of the pixels, where it is learned: one number among the weights


@dataclass(frozen=True)
class Layer:
    """A layer with weights, and the nonlinearity after it.

    Attributes:
        name: its weights are `NAME.weight` and `NAME.bias`, [outputs]. The number in it counts torch's modules, among
            them nonlinearities and changes of shape.
        inputs, outputs: numbers of a dense layer, channels of a convolution.
        side: of a convolution's square input, pixels; channels come first, [inputs, side, side].
        kernel, stride, padding: of a convolution, pixels.
    """

    name: str
    kind: Kind
    inputs: int
    outputs: int
    activation: Nonlinearity = "none"
    side: int = 0
    kernel: int = 0
    stride: int = 0
    padding: int = 0

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """As torch has it: dense [outputs, inputs], conv [outputs, inputs, kernel, kernel], transposed inputs first."""
        if self.kind == "dense":
            return (self.outputs, self.inputs)
        channels = (self.inputs, self.outputs) if self.kind == "conv_transpose" else (self.outputs, self.inputs)
        return (*channels, self.kernel, self.kernel)


def layers(config: ModelConfig, likelihood: Likelihood) -> dict[str, list[Layer]]:
    """The parts of a network, each with its layers in the order they are run.

    Returns:
        `decoder`: z to the parameter of p(x|z), [784] (`models.pixel_mean` makes the picture of it); `encoder`: an
        image to features, no layer at all in a linear model; `mean`: features to the mean of q(z|x); and of a VAE
        `logvar`: features to what `models.bounded` takes into LOGVAR_RANGE as ln sigma^2.
    """
    encoder, decoder, features = _encoder(config), _decoder(config), _features(config)
    # A linear model has no nonlinearity at all, so its gaussian mean is the plain output.
    if likelihood.startswith("gaussian") and config.arch != "linear":
        decoder[-1] = replace(decoder[-1], activation="sigmoid")
    heads = ("mean", "logvar") if config.model == "vae" else ("mean",)
    parts = {"decoder": decoder, "encoder": encoder}
    return parts | {head: [Layer(head, "dense", features, config.latent_dim)] for head in heads}


def weight_shapes(config: ModelConfig, likelihood: Likelihood) -> dict[str, tuple[int, ...]]:
    """Names and shapes of everything that the network has learned, as in `weights.safetensors`."""
    shapes: dict[str, tuple[int, ...]] = {LOG_VARIANCE: ()} if likelihood == "gaussian-learned" else {}
    for layer in (layer for part in layers(config, likelihood).values() for layer in part):
        shapes |= {f"{layer.name}.weight": layer.weight_shape, f"{layer.name}.bias": (layer.outputs,)}
    return shapes


def _features(config: ModelConfig) -> int:
    """Numbers that the encoder hands to its heads."""
    if config.arch == "linear":
        return PIXELS
    return config.widths[-1] * ((IMAGE_SIZE // 4) ** 2 if config.arch == "conv" else 1)


def _encoder(config: ModelConfig) -> list[Layer]:
    """[N, 784] -> features [N, F]."""
    if config.arch == "linear":
        return []
    if config.arch == "mlp":
        return _dense("trunk", (PIXELS, *config.widths), config)
    first, second = config.widths
    return [
        _square("trunk.1", "conv", 1, first, activation=config.activation, side=IMAGE_SIZE),  # to [N, C1, 14, 14]
        _square(
            "trunk.3", "conv", first, second, activation=config.activation, side=IMAGE_SIZE // 2
        ),  # to [N, C2, 7, 7]
    ]


def _decoder(config: ModelConfig) -> list[Layer]:
    """[N, D] -> [N, 784], the encoder's mirror image."""
    if config.arch == "linear":
        return [Layer("decoder.0", "dense", config.latent_dim, PIXELS)]
    if config.arch == "mlp":
        dense = _dense("decoder", (config.latent_dim, *reversed(config.widths), PIXELS), config)
        return [*dense[:-1], replace(dense[-1], activation="none")]
    first, second = config.widths
    side = IMAGE_SIZE // 4
    return [
        Layer("decoder.0", "dense", config.latent_dim, second * side * side, config.activation),
        _square(
            "decoder.3", "conv_transpose", second, first, activation=config.activation, side=side
        ),  # to [N, C1, 14, 14]
        _square("decoder.5", "conv_transpose", first, 1, activation="none", side=2 * side),  # to [N, 1, 28, 28]
    ]


def _square(name: str, kind: Kind, inputs: int, outputs: int, *, activation: Nonlinearity, side: int) -> Layer:
    """A convolution that halves the side of its image, or doubles it."""
    return Layer(name, kind, inputs, outputs, activation, side, kernel=4, stride=2, padding=1)


def _dense(part: str, widths: Sequence[int], config: ModelConfig) -> list[Layer]:
    return [
        Layer(f"{part}.{2 * place}", "dense", inputs, outputs, config.activation)
        for place, (inputs, outputs) in enumerate(pairwise(widths))
    ]
