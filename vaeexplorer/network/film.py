"""A film of a training: at growing intervals, where the test images' codes lie and what the decoder draws.

What is recorded is pictures, not decoders: a frame of 144 images in 8 shades takes 11 kB, where the decoder of the
default network takes 1.6 MB.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.network.models import Autoencoder, VariationalAutoencoder, pixel_mean

if TYPE_CHECKING:
    from vaeexplorer.network.training import Training

TILES = 12
"""images of the lattice, across and up"""
MOST = 96
"""frames"""
SHOWN = 2000
"""test images, from the first"""
_FIRST, _GROWTH = 16, 1.5  # steps to the first frame after the start, and how the step grows from frame to frame
_REACH = 3.0  # deviations of the prior, to either side
_ENDS = (1, 99)  # percentiles of an autoencoder's codes between which the lattice lies


@dataclass(frozen=True)
class Frame:
    """One moment of a training.

    Attributes:
        step: how many steps were done.
        grid: decoded images, uint8 [144, 28, 28]: of one or two latent dimensions row by row from the top of a lattice
            over `box`, of more at draws from the prior; of an autoencoder, which has none, from N(mean, variance) of
            its codes.
        box: left, right, bottom and top of the lattice in latent units; zeros where there is none.
        codes: means of the test images, float32 [M, D].
    """

    step: int
    grid: np.ndarray
    box: tuple[float, float, float, float]
    codes: np.ndarray


class Recorder:
    """Records frames of a training: at each epoch's end, and before it whenever the step has grown by half.

    `recorder = Recorder()`, `training = train(config, on_step=recorder)`, and `recorder(training)` once it has ended.
    It only looks: the weights are the same to the bit with and without it. A frame takes 40 ms of a CPU core. Of a
    training that is resumed the film begins there.

    Attributes:
        frames: so far, at most 96: beyond, every second one goes, and epochs are recorded half as often.
    """

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._due, self._epochs = 0, 1

    def __call__(self, training: "Training") -> None:
        """Look at a training before a step, or after the last one."""
        step = training.step
        if step < self._due:
            return
        self.frames.append(frame(training.network, training.test_set.images[:SHOWN], step))
        if len(self.frames) > MOST:
            del self.frames[1::2]
            self._epochs *= 2
        grown, period = max(step + _FIRST, round(_GROWTH * step)), self._epochs * training.steps_an_epoch
        self._due = min(grown, (step // period + 1) * period)


@torch.no_grad()
def frame(network: Autoencoder, images: np.ndarray, step: int) -> Frame:
    """What is seen of a network now.

    Args:
        network: of any family; whether it is in training mode stays as it is.
        images: whose codes are shown, uint8 [M, 28, 28].
        step: how many steps were done.
    """
    was_training = network.training
    network.eval()
    pixels = torch.tensor(images, device=network.mean.weight.device).flatten(1).float() / 255
    shown = drawn(network, network.encode(pixels).mean.float().cpu().numpy(), step)
    network.train(was_training)
    return shown


@torch.no_grad()
def drawn(network: Autoencoder, codes: np.ndarray, step: int) -> Frame:
    """What the decoder of a network draws where the codes [M, D] of the test images lie."""
    box, z = _lattice(codes, isinstance(network, VariationalAutoencoder))
    parameter = network.decode(torch.from_numpy(z).to(network.mean.weight.device))
    decoded = pixel_mean(parameter, network.likelihood).clamp(0, 1).cpu().numpy()
    grid = np.rint(255 * decoded).astype(np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
    return Frame(step, grid, box, codes)


def _lattice(codes: np.ndarray, is_variational: bool) -> tuple[tuple[float, float, float, float], np.ndarray]:
    """Where to decode: the box that the points fill, and the points, float32 [144, D]."""
    dim = codes.shape[1]
    if dim > 2:
        noise = np.random.default_rng(0).standard_normal((TILES * TILES, dim)).astype(np.float32)
        return (0.0, 0.0, 0.0, 0.0), noise if is_variational else codes.mean(0) + codes.std(0) * noise
    low, high = np.full(2, -_REACH), np.full(2, _REACH)
    if not is_variational:
        low[:dim], high[:dim] = np.percentile(codes, _ENDS, axis=0)
    share = (np.arange(TILES) + 0.5) / TILES
    xs, ys = low[0] + share * (high - low)[0], high[1] - share * (high - low)[1]
    z = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)[:, :dim]
    return (float(low[0]), float(high[0]), float(low[1]), float(high[1])), z.astype(np.float32)
