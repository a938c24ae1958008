"""What is minimised: the terms of the ELBO, each a sum over pixels or latent dimensions, in nats per image.

Averaging over pixels would silently rescale beta by 784; nothing here does.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from vaeexplorer.config import ObjectiveConfig


class Terms(NamedTuple):
    """Per image, each [N]: total = reconstruction + beta * kl; of the importance-weighted bounds total is less."""

    total: Tensor
    reconstruction: Tensor
    kl: Tensor


def terms(
    x: Tensor,
    parameter: Tensor,
    mean: Tensor,
    logvar: Tensor | None,
    objective: ObjectiveConfig,
    *,
    beta: float | Tensor | None = None,
    log_variance: Tensor | None = None,
) -> Terms:
    """The loss of every image.

    Args:
        x: images, [N, 784] in [0, 1].
        parameter: the decoder's output for one z per image, [N, 784] (models.py says what it means).
        mean, logvar: q(z|x), [N, D] each; logvar is None for an AE, whose KL is 0.
        objective: likelihood and beta.
        beta: instead of the objective's, for warm-up.
        log_variance: ln sigma_x^2 of the gaussian-learned likelihood, a scalar.
    """
    error = reconstruction(x, parameter, objective, log_variance)
    kl = torch.zeros_like(error) if logvar is None else gaussian_kl(mean, logvar).sum(dim=1)
    return Terms(error + (objective.beta if beta is None else beta) * kl, error, kl)


def sampled_terms(
    x: Tensor,
    decode: Callable[[Tensor], Tensor],
    posterior: tuple[Tensor, Tensor],
    eps: Tensor,
    objective: ObjectiveConfig,
    *,
    beta: float | Tensor = 1.0,
    log_variance: Tensor | None = None,
) -> Terms:
    """The loss of every image by K samples: the ELBO averaged over them, or the importance-weighted bound.

    `iwae` is the negated bound of Burda et al. 2016, eq. 8. `dreg` is the same bound with the doubly reparameterized
    gradient (Tucker et al. 2019, eq. 8): the encoder is reached through z alone, by the squares of the normalized
    weights, so that its gradient does not drown in noise as K grows.

    Args:
        x: images, [N, 784] in [0, 1].
        decode: z [N, K, D] -> the parameter of p(x|z), [N, K, 784].
        posterior: mean and ln sigma^2 of q(z|x), [N, D] each.
        eps: noise, [N, K, D].
        objective: likelihood and bound.
        beta: weight of the KL term; of the ELBO alone.
        log_variance: ln sigma_x^2 of the gaussian-learned likelihood, a scalar.

    Returns:
        total; reconstruction, the mean over samples; kl, in closed form.
    """
    mean, logvar = (each.unsqueeze(1) for each in posterior)
    kl = gaussian_kl(mean, logvar).sum((1, 2))
    z = reparameterize(mean, logvar, eps)
    error = reconstruction(x.unsqueeze(1), decode(z), objective, log_variance)  # [N, K]
    if objective.bound == "elbo":
        return Terms(error.mean(1) + beta * kl, error.mean(1), kl)
    if objective.bound == "dreg":
        mean, logvar = mean.detach(), logvar.detach()
        eps = (z - mean) * torch.exp(-logvar / 2)
    log_weight = 0.5 * (eps.square() + logvar - z.square()).sum(-1) - error
    bound = torch.logsumexp(log_weight, dim=1) - math.log(log_weight.shape[1])
    if objective.bound == "dreg":
        weight = torch.softmax(log_weight, dim=1).detach()
        if z.requires_grad:
            z.register_hook(lambda gradient: gradient * weight.unsqueeze(-1))
        surrogate = (weight * log_weight).sum(1)  # its gradient is the bound's, but for the hook's second weight
        bound = surrogate + (bound - surrogate).detach()
    return Terms(-bound, error.mean(1), kl)


def reparameterize(mean: Tensor, logvar: Tensor, eps: Tensor) -> Tensor:
    """z = mean + sigma * eps, eps ~ N(0, I), sigma = exp(logvar / 2), all [..., D] (Kingma & Welling 2014, 2.4).

    The factor is the standard deviation. Slides that write Z_mu + Z_sigma^2 * eps mean the same by another name.
    """
    return mean + torch.exp(logvar / 2) * eps


def gaussian_kl(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(0, 1)) per dimension, same shape (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar)


def reconstruction(
    x: Tensor, parameter: Tensor, objective: ObjectiveConfig, log_variance: Tensor | None = None
) -> Tensor:
    """-ln p(x|z) per image, [..., 784] -> [...].

    For the fixed gaussian the constant 784/2 ln(2 pi sigma_x^2) is left out, as lectures do (`constant` gives it):
    at sigma_x^2 = 1/2 this is the squared error |x - x'|^2.
    """
    match objective.likelihood:
        case "gaussian":
            return (x - parameter).square().sum(-1) / (2 * objective.pixel_variance)
        case "gaussian-learned":  # sigma-VAE (Rybkin et al. 2021)
            if log_variance is None:
                raise ValueError("the gaussian-learned likelihood needs log_variance")
            squared = (x - parameter).square().sum(-1)
            return 0.5 * (squared * torch.exp(-log_variance) + x.shape[-1] * (log_variance + math.log(2 * math.pi)))
        case "bernoulli":
            return bernoulli_nll(x, parameter)
        case "continuous-bernoulli":
            return bernoulli_nll(x, parameter) - log_normalizer(parameter).sum(-1)


def constant(objective: ObjectiveConfig, pixels: int) -> float:
    """What `reconstruction` leaves out of -ln p(x|z), nats per image; needed where models are compared in nats."""
    if objective.likelihood != "gaussian":
        return 0.0
    return 0.5 * pixels * math.log(2 * math.pi * objective.pixel_variance)


def bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Binary cross-entropy summed over pixels, [..., 784] -> [...]. On grey pixels not a likelihood: it has a floor."""
    nll: Tensor = _BernoulliNLL.apply(x, logits)
    return nll


class _BernoulliNLL(torch.autograd.Function):
    """softplus(l) - x l, whose derivative by l is sigmoid(l) - x.

    torch's own takes a slow log1p per pixel, a seventh of a small model's training step on a CPU; here softplus(l) is
    max(l, 0) - ln sigmoid(|l|), exact to 1e-7 a pixel.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, logits: Tensor) -> Tensor:
        ctx.save_for_backward(x, logits)
        softplus = logits.clamp(min=0) - torch.sigmoid(logits.abs()).log_()
        return softplus.addcmul_(x.expand_as(logits), logits, value=-1).sum(-1)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[None, Tensor]:
        x, logits = ctx.saved_tensors
        return None, torch.sigmoid(logits).sub_(x).mul_(upstream.unsqueeze(-1))


def log_normalizer(logits: Tensor) -> Tensor:
    """ln C of the continuous Bernoulli, elementwise (Loaiza-Ganem & Cunningham 2019).

    C = 2 atanh(1 - 2p) / (1 - 2p) is l / tanh(l / 2) in the logit l.
    """
    size = logits.abs()
    small = size < 0.2
    half = torch.where(small, size, 0.0) / 2
    series = math.log(2) + half.square() / 3 - 7 * half**4 / 90
    safe = torch.where(small, 1.0, size)
    decay = torch.exp(-safe)
    return torch.where(small, series, safe.log() + torch.log1p(decay) - torch.log1p(-decay))


def iwae_bound(
    mean: Tensor,
    logvar: Tensor,
    log_likelihood: Callable[[Tensor], Tensor],
    samples: int,
    *,
    generator: torch.Generator | None = None,
    chunk: int = 50,
) -> Tensor:
    """ln 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), per image: a lower bound on ln p(x) (Burda et al. 2016, eq. 8).

    K = 1 is a single-sample ELBO; the bound rises with K and reaches ln p(x) as K grows.

    Args:
        mean, logvar, log_likelihood, samples, generator, chunk: see `log_weights`.
    """
    weights = log_weights(mean, logvar, log_likelihood, samples, generator=generator, chunk=chunk)
    return torch.logsumexp(weights, dim=0) - math.log(samples)


def log_weights(
    mean: Tensor,
    logvar: Tensor,
    log_likelihood: Callable[[Tensor], Tensor],
    samples: int,
    *,
    generator: torch.Generator | None = None,
    chunk: int = 50,
) -> Tensor:
    """ln p(x|z_k) p(z_k) / q(z_k|x) of K draws z_k from q(z|x), [K, N]: its mean over draws is the ELBO.

    Args:
        mean, logvar: q(z|x), [N, D] each.
        log_likelihood: z [S, N, D] -> ln p(x|z) [S, N].
        samples: K.
        generator: of the draws.
        chunk: samples held in memory at once.
    """
    weights = []
    for start in range(0, samples, chunk):
        count = min(chunk, samples - start)
        eps = torch.randn((count, *mean.shape), generator=generator, device=mean.device, dtype=mean.dtype)
        z = reparameterize(mean, logvar, eps)  # [S, N, D]
        log_prior_over_posterior = 0.5 * (eps.square() + logvar - z.square()).sum(-1)  # the 2 pi cancel
        weights.append(log_likelihood(z) + log_prior_over_posterior)
    return torch.cat(weights)
