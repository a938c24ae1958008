"""What Burda et al. 2016 begin with: binarized images and initial weights."""

import numpy as np
import torch
from torch import Tensor, nn

from vaeexplorer.network.models import Autoencoder, begin_at_mean_image


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
