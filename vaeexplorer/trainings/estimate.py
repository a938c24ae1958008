"""How long a training takes, before it begins: its arithmetic, at the speed of trainings that ran here."""

from collections.abc import Sequence
from statistics import median

from vaeexplorer.config import RunConfig
from vaeexplorer.network.architecture import Layer, layers
from vaeexplorer.trainings.listing import TrainingCard

USUAL = 5e10  # operations a second: of two cores, where nothing was trained yet
THRICE = 3  # forwards, and twice as much backwards


def operations(config: RunConfig) -> float:
    """Floating-point operations of an image and a step, forwards and backwards."""
    parts = layers(config.model, config.objective.likelihood)
    samples = config.objective.samples
    encode = sum(_of(layer) for name in ("encoder", "mean", "logvar") for layer in parts.get(name, ()))
    return THRICE * (encode + samples * sum(map(_of, parts["decoder"])))


def _of(layer: Layer) -> float:
    if layer.kind == "dense":
        return 2.0 * layer.inputs * layer.outputs
    positions = layer.side**2 if layer.kind == "conv_transpose" else (layer.side // layer.stride) ** 2
    return 2.0 * layer.inputs * layer.outputs * layer.kernel**2 * positions


def seconds(config: RunConfig, images: int, cards: Sequence[TrainingCard] = ()) -> float:
    """About how long a training takes.

    Args:
        config: of the training.
        images: in its training set.
        cards: trainings of this server, whose speed is taken.
    """
    speeds = [
        card.status.images_per_second * operations(card.config)
        for card in cards
        if card.status and card.status.images_per_second
    ]
    return config.train.epochs * images * operations(config) / (median(speeds) if speeds else USUAL)
