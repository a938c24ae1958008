"""Encoders and decoders (mlp, conv, linear), and the AE and the VAE made of them.

Images travel flat: x is [N, 784] in [0, 1]. A decoder returns the *parameter* of p(x|z): the mean for the gaussian
likelihoods, logits for the Bernoulli ones. `pixel_mean` turns either into the picture to show.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vaeexplorer.config import IMAGE_SIZE, PIXELS, Activation, Likelihood, ModelConfig

# ln sigma^2 stays within these, smoothly. An unbounded head sends one odd test image to KL = inf.
LOGVAR_LOW, LOGVAR_HIGH = -14.0, 4.0


class Posterior(NamedTuple):
    """q(z|x) = N(mean, diag exp(logvar)), both [N, D]; logvar is None for an AE, which has a point instead."""

    mean: Tensor
    logvar: Tensor | None


class Autoencoder(nn.Module):
    """x -> z = e(x) -> d(z)."""

    def __init__(self, config: ModelConfig, likelihood: Likelihood) -> None:
        super().__init__()
        self.likelihood = likelihood
        self.trunk, features = _trunk(config)
        self.mean = nn.Linear(features, config.latent_dim)
        self.decoder = _decoder(config)
        # A linear model has no nonlinearity at all, so its gaussian mean is the plain output.
        self.squash = likelihood.startswith("gaussian") and config.arch != "linear"
        self.log_variance = nn.Parameter(torch.tensor(-3.0)) if likelihood == "gaussian-learned" else None

    def encode(self, x: Tensor) -> Posterior:
        """[N, 784] -> the codes [N, D], without a spread."""
        return Posterior(self.mean(self.trunk(x)).float(), None)

    def decode(self, z: Tensor) -> Tensor:
        """[N, D] -> the parameter of p(x|z), [N, 784]."""
        parameter: Tensor = self.decoder(z).float()
        return torch.sigmoid(parameter) if self.squash else parameter


class VariationalAutoencoder(Autoencoder):
    """x -> q(z|x) = N(mean, sigma^2) -> z = mean + sigma * eps -> d(z) (Kingma & Welling 2014).

    The head for ln sigma^2 is built last, so an AE of the same seed starts from the same weights.
    """

    def __init__(self, config: ModelConfig, likelihood: Likelihood) -> None:
        super().__init__(config, likelihood)
        self.logvar = nn.Linear(self.mean.in_features, config.latent_dim)

    def encode(self, x: Tensor) -> Posterior:
        """[N, 784] -> mean and ln sigma^2, each [N, D]."""
        features = self.trunk(x)
        return Posterior(self.mean(features).float(), bounded(self.logvar(features).float()))


def build(config: ModelConfig, likelihood: Likelihood, seed: int = 0) -> Autoencoder:
    """The network of a configuration, with the initial weights of a seed. Leaves torch's global seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return (VariationalAutoencoder if config.model == "vae" else Autoencoder)(config, likelihood)


def bounded(raw: Tensor) -> Tensor:
    """A head's output -> ln sigma^2 in (LOGVAR_LOW, LOGVAR_HIGH): a scaled tanh, of slope 1 in the middle."""
    centre, half = (LOGVAR_HIGH + LOGVAR_LOW) / 2, (LOGVAR_HIGH - LOGVAR_LOW) / 2
    return centre + half * torch.tanh((raw - centre) / half)


def pixel_mean(parameter: Tensor, likelihood: Likelihood) -> Tensor:
    """The mean image of p(x|z), same shape as the decoder's parameter.

    A continuous Bernoulli of logit l has the mean 1 / (1 - e^-l) - 1 / l (Loaiza-Ganem & Cunningham 2019).
    """
    if likelihood == "bernoulli":
        return torch.sigmoid(parameter)
    if likelihood == "continuous-bernoulli":
        small = parameter.abs() < 0.1  # where the difference of two large numbers would lose digits
        safe = torch.where(small, 1.0, parameter)
        series = 0.5 + parameter / 12 - parameter**3 / 720
        return torch.where(small, series, -1 / torch.expm1(-safe) - 1 / safe)
    return parameter


def _trunk(config: ModelConfig) -> tuple[nn.Sequential, int]:
    """[N, 784] -> features [N, F], and F."""
    if config.arch == "linear":
        return nn.Sequential(), PIXELS
    if config.arch == "conv":
        first, second = config.widths
        side = IMAGE_SIZE // 4
        layers = [
            nn.Unflatten(1, (1, IMAGE_SIZE, IMAGE_SIZE)),
            nn.Conv2d(1, first, 4, stride=2, padding=1),  # [N, C1, 14, 14]
            _activation(config.activation),
            nn.Conv2d(first, second, 4, stride=2, padding=1),  # [N, C2, 7, 7]
            _activation(config.activation),
            nn.Flatten(),
        ]
        return nn.Sequential(*layers), second * side * side
    widths = (PIXELS, *config.widths)
    return nn.Sequential(*_dense(widths, config.activation)), widths[-1]


def _decoder(config: ModelConfig) -> nn.Sequential:
    """[N, D] -> [N, 784], the trunk's mirror image."""
    if config.arch == "linear":
        return nn.Sequential(nn.Linear(config.latent_dim, PIXELS))
    if config.arch == "conv":
        first, second = config.widths
        side = IMAGE_SIZE // 4
        return nn.Sequential(
            nn.Linear(config.latent_dim, second * side * side),
            _activation(config.activation),
            nn.Unflatten(1, (second, side, side)),
            nn.ConvTranspose2d(second, first, 4, stride=2, padding=1),  # [N, C1, 14, 14]
            _activation(config.activation),
            nn.ConvTranspose2d(first, 1, 4, stride=2, padding=1),  # [N, 1, 28, 28]
            nn.Flatten(),
        )
    widths = (config.latent_dim, *reversed(config.widths))
    return nn.Sequential(*_dense(widths, config.activation), nn.Linear(widths[-1], PIXELS))


def _dense(widths: tuple[int, ...], activation: Activation) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), _activation(activation)]
    return layers


def _activation(name: Activation) -> nn.Module:
    return {"silu": nn.SiLU, "relu": nn.ReLU, "tanh": nn.Tanh}[name]()
