"""The best diagonal Gaussian for an image: q* of Cremer et al. 2018."""

from collections.abc import Callable

import torch
from torch import Tensor

from vaeexplorer.network import objectives
from vaeexplorer.network.models import Posterior

DRAWS = 1000  # of an ELBO
STEPS, PAIRS, RATE = 300, 4, 0.1  # of Adam; antithetic pairs of draws a step; its rate, in units of sigma

LogLikelihood = Callable[[Tensor], Tensor]
"""z [S, N, D] -> ln p(x|z) [S, N]"""


def best_gaussian(
    start: Posterior, log_likelihood: LogLikelihood, *, steps: int = STEPS, generator: torch.Generator | None = None
) -> Posterior:
    """The diagonal Gaussian of highest ELBO for each image, by Adam from where the encoder is.

    Gradients are those of the path alone ("sticking the landing", Roeder et al. 2017), whose noise vanishes where q
    comes near the posterior; the rate falls to 0 by a cosine. Steps are in units of the starting sigma, so that they
    depend on no scale of z.

    Args:
        start: mean and ln sigma^2, [N, D] each.
        log_likelihood: differentiable by z.
        steps: of Adam.
        generator: of the draws.
    """
    mean, logvar = start.mean.detach(), start.logvar
    assert logvar is not None
    logvar = logvar.detach()
    moved, widened = torch.zeros_like(mean, requires_grad=True), torch.zeros_like(mean, requires_grad=True)
    optimizer = torch.optim.Adam([moved, widened], RATE, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
    with torch.enable_grad():
        for _ in range(steps):
            half = torch.randn((PAIRS, *mean.shape), generator=generator, device=mean.device, dtype=mean.dtype)
            eps = torch.cat([half, -half])
            m, v = mean + moved * torch.exp(logvar / 2), logvar + widened
            z = objectives.reparameterize(m, v, eps)
            log_q = -0.5 * ((z - m.detach()).square() * torch.exp(-v.detach())).sum(-1)
            loss = -(log_likelihood(z) - 0.5 * z.square().sum(-1) - log_q).mean(0).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return Posterior((mean + moved * torch.exp(logvar / 2)).detach(), (logvar + widened).detach())


def two_modes(
    start: Posterior,
    away: Callable[[Posterior], Tensor],
    log_likelihood: LogLikelihood,
    *,
    steps: int,
    generator: torch.Generator,
) -> tuple[Posterior, Posterior]:
    """q* and the runner-up: one search from the encoder's q, and one from the likeliest point away from what it found.

    A posterior may have several modes, and the encoder's may be a low one.

    Args:
        start: the encoder's q.
        away: a Gaussian to the likeliest point away from it, [N, D].
        log_likelihood, steps, generator: see `best_gaussian`.
    """
    near = best_gaussian(start, log_likelihood, steps=steps, generator=generator)
    elsewhere = Posterior(away(near), near.logvar)
    far = best_gaussian(elsewhere, log_likelihood, steps=steps, generator=generator)
    bounds = [log_weights(each, log_likelihood, DRAWS, generator).mean(0) for each in (near, far)]
    ahead = (bounds[0] >= bounds[1])[:, None]
    return _either(ahead, near, far), _either(~ahead, near, far)


def _either(which: Tensor, one: Posterior, other: Posterior) -> Posterior:
    assert one.logvar is not None
    assert other.logvar is not None
    return Posterior(torch.where(which, one.mean, other.mean), torch.where(which, one.logvar, other.logvar))


@torch.no_grad()
def log_weights(q: Posterior, log_likelihood: LogLikelihood, draws: int, generator: torch.Generator) -> Tensor:
    """ln p(x, z_k) / q(z_k|x) of draws from q, float64 [K, N]; their mean is the ELBO."""
    assert q.logvar is not None
    return objectives.log_weights(q.mean, q.logvar, log_likelihood, draws, generator=generator).double()
