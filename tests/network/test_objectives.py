import math

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, ContinuousBernoulli, Normal, kl_divergence

from vaeexplorer.config import Bound, ObjectiveConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network import objectives


@pytest.fixture
def posterior() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(6, 3, dtype=torch.float64), torch.randn(6, 3, dtype=torch.float64) - 1


def test_kl_is_that_of_torch_distributions(posterior: tuple[torch.Tensor, torch.Tensor]) -> None:
    mean, logvar = posterior
    expected = kl_divergence(Normal(mean, torch.exp(logvar / 2)), Normal(torch.zeros(()).double(), 1))
    torch.testing.assert_close(objectives.gaussian_kl(mean, logvar), expected)


def test_kl_is_what_monte_carlo_finds(posterior: tuple[torch.Tensor, torch.Tensor]) -> None:
    mean, logvar = posterior
    z = objectives.reparameterize(mean, logvar, torch.randn(50_000, *mean.shape, dtype=torch.float64))
    ratio = Normal(mean, torch.exp(logvar / 2)).log_prob(z) - Normal(0.0, 1.0).log_prob(z)
    error = ratio.std(0) / math.sqrt(len(z))
    assert ((ratio.mean(0) - objectives.gaussian_kl(mean, logvar)).abs() < 5 * error).all()


def test_a_posterior_equal_to_the_prior_costs_nothing() -> None:
    assert objectives.gaussian_kl(torch.zeros(2, 3), torch.zeros(2, 3)).abs().max() == 0


def test_samples_have_the_variance_that_logvar_says(posterior: tuple[torch.Tensor, torch.Tensor]) -> None:
    """The factor of eps is sigma, not sigma^2."""
    mean, logvar = posterior
    z = objectives.reparameterize(mean, logvar, torch.randn(100_000, *mean.shape, dtype=torch.float64))
    torch.testing.assert_close(z.var(0), logvar.exp(), rtol=0.02, atol=0)
    torch.testing.assert_close(z.mean(0), mean, rtol=0, atol=0.02)


def test_the_lecture_loss_is_the_squared_error_summed_over_pixels() -> None:
    x, mean = torch.rand(2, 4, 784)
    loss = objectives.reconstruction(x, mean, ObjectiveConfig("gaussian"))
    torch.testing.assert_close(loss, ((x - mean) ** 2).sum(1))
    half = objectives.reconstruction(x, mean, ObjectiveConfig("gaussian", pixel_variance=1))
    torch.testing.assert_close(half, loss / 2)


@pytest.mark.parametrize("variance", [0.5, 1.0, 0.02])
def test_gaussian_and_its_constant_are_the_density(variance: float) -> None:
    x, mean = torch.rand(2, 4, 784, dtype=torch.float64)
    objective = ObjectiveConfig("gaussian", pixel_variance=variance)
    expected = -Normal(mean, math.sqrt(variance)).log_prob(x).sum(1)
    ours = objectives.reconstruction(x, mean, objective) + objectives.constant(objective, 784)
    torch.testing.assert_close(ours, expected)
    learned = ObjectiveConfig("gaussian-learned")
    log_variance = torch.tensor(math.log(variance), dtype=torch.float64)
    torch.testing.assert_close(objectives.reconstruction(x, mean, learned, log_variance), expected)
    assert objectives.constant(learned, 784) == 0


def test_the_learned_variance_is_best_at_the_mean_squared_error() -> None:
    """sigma-VAE: d loss / d ln sigma^2 = 0 at the mean squared error per pixel."""
    x, mean = torch.rand(2, 4, 784, dtype=torch.float64)
    best = (x - mean).square().mean().log().requires_grad_()
    objectives.reconstruction(x, mean, ObjectiveConfig("gaussian-learned"), best).sum().backward()
    assert best.grad is not None
    assert abs(best.grad.item()) < 1e-9


def test_bernoulli_is_that_of_torch_distributions_on_binary_pixels() -> None:
    x, logits = torch.rand(4, 784).round(), 5 * torch.randn(4, 784)
    ours = objectives.reconstruction(x, logits, ObjectiveConfig("bernoulli"))
    torch.testing.assert_close(ours, -Bernoulli(logits=logits).log_prob(x).sum(1))


def test_bernoulli_and_its_gradient_are_torchs_on_grey_pixels_and_extreme_logits() -> None:
    x = torch.rand(6, 784)
    ours, theirs = ((20 * torch.randn(6, 784)).requires_grad_() for _ in range(2))
    with torch.no_grad():
        ours[0, :4] = torch.tensor([0.0, 200, -200, 1e-9])
        theirs.copy_(ours)
    upstream = torch.rand(6)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(theirs, x, reduction="none").sum(1)
    nll = objectives.bernoulli_nll(x, ours)
    torch.testing.assert_close(nll, expected)
    nll.backward(upstream)
    expected.backward(upstream)
    torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize(
    ("name", "floor", "mean_image"), [("mnist", 45.534, 205.97), ("fashion-mnist", 189.858, 385.03)]
)
def test_bernoulli_floor_and_mean_image_on_test(name: str, floor: float, mean_image: float) -> None:
    """A perfect reconstruction of grey pixels still costs their entropy; a constant one costs the mean image's."""
    data: ImageDataset = load_dataset(name, "test", download=False)
    counts = torch.tensor(np.bincount(data.images.ravel(), minlength=256)).double() / len(data)  # of each grey an image
    grey = torch.arange(256).double()[:, None] / 255  # as many images of one pixel
    perfect = torch.logit(grey.clamp(1e-12, 1 - 1e-12))
    assert (counts @ objectives.bernoulli_nll(grey, perfect)).item() == pytest.approx(floor, abs=2e-3)
    # science.md's constant image is the mean of the training set; the test set's own mean is a hair better. Its cost is
    # linear in the pixels, so that all images cost on average what their mean does.
    mean = torch.tensor(data.images.reshape(-1, 784).mean(axis=0, keepdims=True)).double() / 255
    constant = torch.logit(mean.clamp(1e-12, 1 - 1e-12))
    assert objectives.bernoulli_nll(mean, constant).item() == pytest.approx(mean_image, abs=0.5)


def test_continuous_bernoulli_is_that_of_torch_distributions() -> None:
    x = torch.rand(4, 784, dtype=torch.float64)
    logits = 4 * torch.randn(4, 784, dtype=torch.float64)
    ours = objectives.reconstruction(x, logits, ObjectiveConfig("continuous-bernoulli"))
    torch.testing.assert_close(ours, -ContinuousBernoulli(logits=logits).log_prob(x).sum(1), rtol=1e-6, atol=1e-4)


def test_continuous_bernoulli_constant_by_quadrature() -> None:
    """1 / C is the integral of p^x (1 - p)^(1 - x) over [0, 1]."""
    logits = torch.tensor([-20.0, -3, -0.21, -0.19, -1e-3, 0, 1e-6, 0.1, 0.199, 0.201, 1, 9, 20]).double()
    x = torch.linspace(0, 1, 40_001).double()
    inside = torch.exp(logits[:, None] * x - torch.nn.functional.softplus(logits)[:, None])
    expected = -torch.trapezoid(inside, x).log()
    torch.testing.assert_close(objectives.log_normalizer(logits), expected, rtol=0, atol=1e-7)
    torch.testing.assert_close(objectives.log_normalizer(logits.float()).double(), expected, rtol=0, atol=2e-6)


def test_continuous_bernoulli_gradient_is_finite_everywhere() -> None:
    logits = torch.tensor([-500.0, -0.2, 0, 1e-30, 0.2, 500], requires_grad=True)
    objectives.log_normalizer(logits).sum().backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_total_is_reconstruction_plus_beta_kl(posterior: tuple[torch.Tensor, torch.Tensor]) -> None:
    mean, logvar = (tensor.float() for tensor in posterior)
    x, logits = torch.rand(6, 784), torch.randn(6, 784)
    objective = ObjectiveConfig("bernoulli", beta=4)
    terms = objectives.terms(x, logits, mean, logvar, objective)
    torch.testing.assert_close(terms.kl, objectives.gaussian_kl(mean, logvar).sum(1))
    torch.testing.assert_close(terms.total, terms.reconstruction + 4 * terms.kl)
    warming = objectives.terms(x, logits, mean, logvar, objective, beta=1)
    torch.testing.assert_close(warming.total, terms.reconstruction + terms.kl)
    plain = objectives.terms(x, logits, mean, None, objective)
    assert plain.kl.abs().max() == 0
    torch.testing.assert_close(plain.total, terms.reconstruction)


class LinearGaussian:
    """x = W z + b + noise: ln p(x) and the posterior are known in closed form (probabilistic PCA)."""

    def __init__(self, pixels: int = 12, dim: int = 2, variance: float = 0.3) -> None:
        torch.manual_seed(1)
        self.W = torch.randn(pixels, dim, dtype=torch.float64)
        self.b = torch.randn(pixels, dtype=torch.float64)
        self.variance = variance
        covariance = self.W @ self.W.T + variance * torch.eye(pixels, dtype=torch.float64)
        self.marginal = torch.distributions.MultivariateNormal(self.b, covariance)
        self.x = self.marginal.sample((8,))

    def log_likelihood(self, z: torch.Tensor) -> torch.Tensor:
        density: torch.Tensor = Normal(z @ self.W.T + self.b, math.sqrt(self.variance)).log_prob(self.x)
        return density.sum(-1)

    def posterior(self, inflate: float) -> tuple[torch.Tensor, torch.Tensor]:
        """The posterior's mean and the variances of its mean-field fit, times `inflate`."""
        precision = self.W.T @ self.W / self.variance + torch.eye(self.W.shape[1], dtype=torch.float64)
        mean = torch.linalg.solve(precision, self.W.T @ (self.x - self.b).T / self.variance).T
        return mean, (inflate / precision.diagonal()).log().expand_as(mean)


def test_iwae_bound_rises_from_the_elbo_to_the_closed_form_likelihood() -> None:
    world = LinearGaussian()
    truth = world.marginal.log_prob(world.x).mean().item()
    mean, logvar = world.posterior(inflate=1.5)

    def bound(samples: int) -> float:
        generator = torch.Generator().manual_seed(0)
        return (
            objectives.iwae_bound(mean, logvar, world.log_likelihood, samples, generator=generator, chunk=300)
            .mean()
            .item()
        )

    z = objectives.reparameterize(mean, logvar, torch.randn(20_000, *mean.shape, dtype=torch.float64))
    elbo = (world.log_likelihood(z).mean(0) - objectives.gaussian_kl(mean, logvar).sum(1)).mean().item()
    assert elbo < bound(5) < bound(100) < truth + 0.01
    assert bound(20_000) == pytest.approx(truth, abs=0.01)
    assert truth - elbo > 0.05  # there was a gap to close


def test_iwae_bound_is_exact_with_the_exact_posterior() -> None:
    """With one latent dimension the mean-field fit is the posterior, every weight is p(x), and K = 1 is enough."""
    world = LinearGaussian(dim=1)
    mean, logvar = world.posterior(inflate=1)
    bound = objectives.iwae_bound(mean, logvar, world.log_likelihood, 1)
    torch.testing.assert_close(bound, world.marginal.log_prob(world.x))


class Bounds:
    """The linear-Gaussian world as a VAE in training: a decoder W, b and an encoder's means and log-variances."""

    def __init__(self) -> None:
        self.world = LinearGaussian()
        self.W = self.world.W.clone().requires_grad_()
        mean, logvar = self.world.posterior(inflate=1.5)
        self.mean, self.logvar = (mean + 0.2).requires_grad_(), logvar.clone().requires_grad_()

    def terms(self, bound: Bound, samples: int, draws: int = 1) -> objectives.Terms:
        """Of every image, `draws` times over: [draws * 8] each."""
        objective = ObjectiveConfig("gaussian", pixel_variance=self.world.variance, bound=bound, samples=samples)
        x = self.world.x.repeat(draws, 1)
        posterior = self.mean.repeat(draws, 1), self.logvar.repeat(draws, 1)
        eps = torch.randn(len(x), samples, self.mean.shape[1], dtype=torch.float64)

        def decode(z: torch.Tensor) -> torch.Tensor:
            return z @ self.W.T + self.world.b

        return objectives.sampled_terms(x, decode, posterior, eps, objective)

    def gradients(self, bound: Bound, samples: int, draws: int) -> list[torch.Tensor]:
        """Of the mean loss, a row a draw: means [draws, 8, 2], log-variances likewise, decoder [draws, 12, 2]."""
        rows = []
        for _ in range(draws):
            total = self.terms(bound, samples).total.sum()
            rows.append(torch.autograd.grad(total, (self.mean, self.logvar, self.W)))
        return [torch.stack(each) for each in zip(*rows, strict=True)]


def test_several_samples_average_the_elbo_and_weigh_the_other_bounds() -> None:
    torch.manual_seed(3)
    bounds = Bounds()
    constant = 0.5 * 12 * math.log(2 * math.pi * bounds.world.variance)
    truth = -bounds.world.marginal.log_prob(bounds.world.x).mean().item()

    def mean(bound: Bound, samples: int) -> float:
        return bounds.terms(bound, samples, 20_000 // samples).total.mean().item() + constant

    assert mean("elbo", 1) == pytest.approx(mean("elbo", 7), abs=0.04)
    assert mean("iwae", 1) == pytest.approx(mean("elbo", 1), abs=0.04), "with one sample both are the ELBO"
    assert mean("elbo", 1) > mean("iwae", 5) + 0.05 > mean("iwae", 50) + 0.1 > truth
    assert mean("iwae", 50) == pytest.approx(truth, abs=0.05)
    torch.manual_seed(4)
    iwae = bounds.terms("iwae", 5)
    torch.manual_seed(4)
    torch.testing.assert_close(bounds.terms("dreg", 5).total, iwae.total)


def test_the_doubly_reparameterized_gradient_is_that_of_the_bound_with_less_noise() -> None:
    torch.manual_seed(5)
    bounds = Bounds()
    draws = 400
    iwae, dreg = bounds.gradients("iwae", 20, draws), bounds.gradients("dreg", 20, draws)
    for ours, plain in zip(dreg, iwae, strict=True):
        error = ((ours.var(0) + plain.var(0)) / draws).sqrt()
        assert ((ours.mean(0) - plain.mean(0)).abs() < 4.5 * error).all()
    for ours, plain in zip(dreg[:2], iwae[:2], strict=True):  # the encoder's; the decoder's is the same
        assert ours.var(0).sum() < 0.6 * plain.var(0).sum()
