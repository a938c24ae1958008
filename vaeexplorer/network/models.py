"""Encoders and decoders (mlp, conv, linear), and the AE and the VAE made of them.

Images travel flat: x is [N, 784] in [0, 1]. A decoder returns the *parameter* of p(x|z): the mean for the gaussian
likelihoods, logits for the Bernoulli ones. `pixel_mean` turns either into the picture to show.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vaeexplorer.config import Likelihood, ModelConfig
from vaeexplorer.network.architecture import LOGVAR_RANGE, Layer, layers

LOGVAR_LOW, LOGVAR_HIGH = LOGVAR_RANGE


class Posterior(NamedTuple):
    """q(z|x) = N(mean, diag exp(logvar)), both [N, D]; logvar is None for an AE, which has a point instead."""

    mean: Tensor
    logvar: Tensor | None


class Autoencoder(nn.Module):
    """x -> z = e(x) -> d(z)."""

    def __init__(self, config: ModelConfig, likelihood: Likelihood) -> None:
        super().__init__()
        self.likelihood = likelihood
        parts = layers(config, likelihood)
        self.trunk = _sequential(parts["encoder"])
        self.mean = nn.Linear(parts["mean"][0].inputs, config.latent_dim)
        self.decoder = _sequential(parts["decoder"])
        self.squash = parts["decoder"][-1].activation == "sigmoid"
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


@torch.no_grad()
def begin_at_mean_image(network: Autoencoder, images: Tensor, least: float = 0.002) -> None:
    """Set the decoder's last bias so that an untrained network answers with about the mean image, whatever z is.

    Learning begins at what all images share, 6 to 9 nats ahead after ten epochs of 10,000 images (the initialization of
    Burda et al. 2016). A convolution has one bias for all pixels, and gets their mean.

    Args:
        images: uint8 [N, 784].
        least: a pixel's mean is moved to at least this, and to at most 1 less this.
    """
    sums = [part.float().sum(0) for part in images.split(1000)]  # of whole numbers: exact in float32
    mean = torch.stack(sums).double().sum(0) / len(images) / 255
    bias = [parameter for name, parameter in network.decoder.named_parameters() if name.endswith("bias")][-1]
    if bias.shape != mean.shape:
        mean = mean.mean().expand(bias.shape)
    is_mean = network.likelihood.startswith("gaussian") and not network.squash
    bias.copy_(mean if is_mean else torch.logit(mean, eps=least))


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


def _sequential(layers: Sequence[Layer]) -> nn.Sequential:
    """Flat in, flat out: [N, inputs] -> [N, outputs]."""
    modules: list[nn.Module] = []
    is_flat = True
    for layer in layers:
        if layer.kind == "dense":
            modules.append(nn.Linear(layer.inputs, layer.outputs))
        else:
            if is_flat:
                modules.append(nn.Unflatten(1, (layer.inputs, layer.side, layer.side)))
            is_flat = False
            convolution = nn.Conv2d if layer.kind == "conv" else nn.ConvTranspose2d
            modules.append(convolution(layer.inputs, layer.outputs, layer.kernel, layer.stride, layer.padding))
        if layer.activation in _ACTIVATIONS:
            modules.append(_ACTIVATIONS[layer.activation]())
    return nn.Sequential(*modules, *([] if is_flat else [nn.Flatten()]))


_ACTIVATIONS: dict[str, type[nn.Module]] = {"silu": nn.SiLU, "relu": nn.ReLU, "tanh": nn.Tanh}
