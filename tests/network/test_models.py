import itertools

import pytest
import torch
from torch import nn

from vaeexplorer.config import Architecture, Family, Likelihood, ModelConfig
from vaeexplorer.network.models import LOGVAR_HIGH, LOGVAR_LOW, bounded, build, pixel_mean

ARCHITECTURES: tuple[Architecture, ...] = ("mlp", "conv", "linear")
FAMILIES: tuple[Family, ...] = ("ae", "vae")
LIKELIHOODS: tuple[Likelihood, ...] = ("gaussian", "gaussian-learned", "bernoulli", "continuous-bernoulli")


@pytest.mark.parametrize(("model", "arch", "likelihood"), [*itertools.product(FAMILIES, ARCHITECTURES, LIKELIHOODS)])
def test_shapes_and_range(model: Family, arch: Architecture, likelihood: Likelihood) -> None:
    network = build(ModelConfig(model, arch, latent_dim=3), likelihood)
    mean, logvar = network.encode(torch.rand(5, 784))
    assert mean.shape == (5, 3)
    assert (logvar is None) == (model == "ae")
    image = pixel_mean(network.decode(mean), likelihood)
    assert image.shape == (5, 784)
    if not (arch == "linear" and likelihood.startswith("gaussian")):
        assert image.min() >= 0
        assert image.max() <= 1


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6, 1e20])
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_extreme_inputs_keep_the_posterior_finite(arch: Architecture, scale: float) -> None:
    """A plain head for ln sigma^2 overflowed on one Fashion-MNIST test image."""
    network = build(ModelConfig("vae", arch), "bernoulli")
    assert isinstance(network.logvar, nn.Linear)
    with torch.no_grad():
        network.logvar.weight *= 1e3
    for x in (torch.ones(1, 784), torch.zeros(1, 784), torch.eye(784), torch.randn(4, 784)):
        mean, logvar = network.encode(x * scale)
        assert logvar is not None
        assert logvar.min() >= LOGVAR_LOW
        assert logvar.max() <= LOGVAR_HIGH
        assert logvar.exp().isfinite().all()
        assert mean.isfinite().all()


def test_the_bound_is_smooth_and_nearly_the_identity_in_the_middle() -> None:
    raw = torch.linspace(-100, 100, 4001, dtype=torch.float64, requires_grad=True)
    bounded(raw).sum().backward()
    assert raw.grad is not None
    assert raw.grad.min() >= 0
    centre = (LOGVAR_LOW + LOGVAR_HIGH) / 2
    torch.testing.assert_close(bounded(torch.tensor(centre)), torch.tensor(centre))
    assert raw.grad[(raw - centre).abs().argmin()] == pytest.approx(1)


def test_the_ae_starts_from_its_vaes_weights() -> None:
    ae = build(ModelConfig("ae"), "bernoulli", seed=3).state_dict()
    vae = build(ModelConfig("vae"), "bernoulli", seed=3).state_dict()
    assert set(vae) - set(ae) == {"logvar.weight", "logvar.bias"}
    assert all(torch.equal(ae[key], vae[key]) for key in ae)


def test_building_leaves_the_global_seed_alone_and_obeys_its_own() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first = build(ModelConfig(), "bernoulli", seed=1).state_dict()
    assert torch.equal(torch.rand(3), expected)
    assert not torch.equal(first["mean.weight"], build(ModelConfig(), "bernoulli", seed=2).state_dict()["mean.weight"])


def test_a_linear_model_is_linear() -> None:
    """Superposition: d(e(.)) of the mean of two images is the mean of both results."""
    network = build(ModelConfig("ae", "linear", 5), "gaussian")
    a, b = torch.rand(2, 7, 784)

    def reconstruct(x: torch.Tensor) -> torch.Tensor:
        return network.decode(network.encode(x).mean)

    torch.testing.assert_close(reconstruct((a + b) / 2), (reconstruct(a) + reconstruct(b)) / 2, atol=1e-5, rtol=1e-5)
    assert not any(isinstance(module, (nn.SiLU, nn.ReLU, nn.Tanh)) for module in network.modules())


def test_continuous_bernoulli_mean_by_quadrature() -> None:
    """p(x) is proportional to exp(l x) on [0, 1]."""
    logits = torch.tensor([-30.0, -3, -0.2, -0.1001, -0.0999, -1e-4, 0, 1e-5, 0.05, 0.0999, 0.1001, 1, 8, 40]).double()
    x = torch.linspace(0, 1, 200_001).double()
    density = torch.exp(logits[:, None] * x - logits.clamp(min=0)[:, None])
    expected = torch.trapezoid(density * x, x) / torch.trapezoid(density, x)
    torch.testing.assert_close(pixel_mean(logits, "continuous-bernoulli"), expected, atol=1e-7, rtol=0)
    in_float32 = pixel_mean(logits.float(), "continuous-bernoulli").double()
    torch.testing.assert_close(in_float32, expected, atol=2e-6, rtol=0)
