import functools
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal

from vaeexplorer.analysis.pca import PCA, pca
from vaeexplorer.config import Dataset, ModelConfig, ObjectiveConfig, RunConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.moments import load_moments
from vaeexplorer.network.evaluation import evaluate, negative_log_likelihood
from vaeexplorer.network.models import LOGVAR_HIGH, LOGVAR_LOW, Autoencoder, build


def test_an_ae_that_answers_black_has_the_error_of_the_images(small_test: ImageDataset) -> None:
    config = RunConfig(model=ModelConfig("ae", "linear"), objective=ObjectiveConfig("gaussian", pixel_variance=1))
    network = build(config.model, "gaussian")
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    metrics = evaluate(network, config, small_test.images)
    squared = ((small_test.images / 255) ** 2).sum((1, 2)).mean()
    assert metrics["squared_error"] == pytest.approx(squared)
    assert metrics["reconstruction"] == pytest.approx(squared / 2)
    assert metrics["total"] == pytest.approx(squared / 2)
    assert metrics["kl"] == 0
    assert metrics["elbo"] == pytest.approx(-squared / 2 - 392 * math.log(2 * math.pi))


def linear_gaussian(variance: float) -> tuple[Autoencoder, RunConfig]:
    """A linear VAE of one latent dimension whose encoder is the exact posterior of its decoder."""
    config = RunConfig(
        model=ModelConfig("vae", "linear", latent_dim=1), objective=ObjectiveConfig("gaussian", pixel_variance=variance)
    )
    network = build(config.model, "gaussian")
    decoder = network.decoder[0]
    assert isinstance(decoder, nn.Linear)
    assert isinstance(network.logvar, nn.Linear)
    with torch.no_grad():
        w, b = decoder.weight[:, 0], decoder.bias
        posterior = 1 / (1 + w.square().sum() / variance)
        network.mean.weight[0] = posterior * w / variance
        network.mean.bias[0] = -posterior * (w @ b) / variance
        centre, half = (LOGVAR_HIGH + LOGVAR_LOW) / 2, (LOGVAR_HIGH - LOGVAR_LOW) / 2
        network.logvar.weight.zero_()
        network.logvar.bias[0] = centre + half * torch.atanh((posterior.log() - centre) / half)
    return network, config


def test_nll_of_an_exact_posterior_is_the_closed_form_with_a_single_sample(small_test: ImageDataset) -> None:
    variance = 0.1
    network, config = linear_gaussian(variance)
    decoder = network.decoder[0]
    assert isinstance(decoder, nn.Linear)
    w, b = decoder.weight.detach().double(), decoder.bias.detach().double()
    covariance = w @ w.T + variance * torch.eye(784, dtype=torch.float64)
    x = torch.tensor(small_test.images.reshape(-1, 784)).double() / 255
    truth = -MultivariateNormal(b, covariance).log_prob(x).mean().item()
    seen: list[int] = []
    assert negative_log_likelihood(network, config, small_test.images, 1, seen.append) == pytest.approx(truth, abs=1e-2)
    assert sum(seen) == 300
    # the ELBO of an exact posterior is the likelihood; one noise sample leaves a Monte Carlo error
    assert -evaluate(network, config, small_test.images)["elbo"] == pytest.approx(truth, abs=0.2)


def test_nll_of_a_posterior_that_is_off_nears_the_closed_form_with_many_samples(small_test: ImageDataset) -> None:
    variance = 0.1
    network, config = linear_gaussian(variance)
    decoder = network.decoder[0]
    assert isinstance(decoder, nn.Linear)
    w, b = decoder.weight.detach().double(), decoder.bias.detach().double()
    covariance = w @ w.T + variance * torch.eye(784, dtype=torch.float64)
    x = torch.tensor(small_test.images.reshape(-1, 784)).double() / 255
    truth = -MultivariateNormal(b, covariance).log_prob(x).mean().item()
    with torch.no_grad():  # a posterior that is one standard deviation off: a KL of 1/2 nat from the exact one
        network.mean.bias.add_((1 / (1 + decoder.weight.square().sum() / variance)).sqrt())
    one, many = (negative_log_likelihood(network, config, small_test.images, samples) for samples in (1, 500))
    assert many == pytest.approx(truth, abs=0.05)
    assert one == pytest.approx(truth + 0.5, abs=0.2)


def test_figures_do_not_change_from_one_call_to_the_next(small_test: ImageDataset) -> None:
    config = RunConfig()
    network = build(config.model, "bernoulli")
    first = evaluate(network, config, small_test.images)
    torch.manual_seed(5)
    assert evaluate(network, config, small_test.images) == first
    assert np.isfinite([*first.values()]).all()


def test_an_ae_has_no_likelihood(small_test: ImageDataset) -> None:
    config = RunConfig(model=ModelConfig("ae"))
    with pytest.raises(ValueError, match="no likelihood"):
        negative_log_likelihood(build(config.model, "bernoulli"), config, small_test.images, 2)


# science.md's table: what PCA with k axes leaves over on train and test images, mean squared error per pixel.
PCA_OPTIMUM: list[tuple[Dataset, int, float, float]] = [
    ("mnist", 2, 0.05595270, 0.05566949),
    ("mnist", 64, 0.00928387, 0.00904680),
    ("fashion-mnist", 2, 0.04629436, 0.04609611),
    ("fashion-mnist", 64, 0.01033159, 0.01036817),
]


@functools.cache
def principal(name: Dataset) -> PCA:
    """Of the full training set, by its moments, which `tests/data/test_moments.py` compares with the images."""
    return pca(load_moments(name))


@pytest.mark.usefixtures("full_data")
@pytest.mark.parametrize(("name", "k", "on_train", "on_test"), PCA_OPTIMUM)
def test_a_linear_ae_that_holds_pcas_axes_has_the_known_error(
    name: Dataset, k: int, on_train: float, on_test: float
) -> None:
    train, test = (load_dataset(name, split, download=False).images for split in ("train", "test"))
    exact = principal(name)
    mean, axes = (
        torch.from_numpy(array.copy()).float() for array in (exact.mean, exact.axes[:, :k])
    )  # [784], [784, k]
    config = RunConfig(model=ModelConfig("ae", "linear", latent_dim=k), objective=ObjectiveConfig("gaussian"))
    network = build(config.model, "gaussian")
    decoder = network.decoder[0]
    assert isinstance(decoder, nn.Linear)
    with torch.no_grad():
        network.mean.weight.copy_(axes.T)
        network.mean.bias.copy_(-axes.T @ mean)
        decoder.weight.copy_(axes)
        decoder.bias.copy_(mean)
    assert evaluate(network, config, train)["total"] / 784 == pytest.approx(on_train, abs=2e-8)
    assert evaluate(network, config, test)["total"] / 784 == pytest.approx(on_test, abs=2e-8)
