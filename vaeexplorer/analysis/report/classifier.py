"""A classifier between draws of q(z) and draws of the prior: its logit estimates ln q/p."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vaeexplorer.analysis.report.aggregate import WIDTHS, smoothed_mixture
from vaeexplorer.analysis.report.posteriors import World, draw

if TYPE_CHECKING:
    from torch import Tensor, nn

WIDTH, BATCH, CLAMP = 128, 512, 8.0
DRAWS = 8  # of each image set aside
PRIOR_DRAWS = 50_000


@dataclass(frozen=True)
class Recipe:
    """How long and how carefully a network is trained: AdamW, one cycle up to `rate`."""

    steps: int
    rate: float
    decay: float


SPACE, PLANE = Recipe(3000, 3e-3, 0.01), Recipe(2000, 3e-3, 0.01)
# Of few images a long schedule learns the noise where there is nothing else, and a short one misses what is fine.
SHORT, LONG = Recipe(400, 1e-3, 0.3), Recipe(1500, 3e-3, 0.01)
FEW_IMAGES = 10_000

Step = Callable[[str], None]


class Ratio(Protocol):
    """What a classifier has learned."""

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float64 [M]."""


@dataclass(frozen=True)
class Network:
    """A trained network: three layers of SiLU units, and a linear skip from the inputs to the logit."""

    deep: "nn.Module"
    skip: "nn.Module"
    centre: np.ndarray
    scale: np.ndarray

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float64 [M]."""
        import torch

        points = torch.as_tensor((z - self.centre) / self.scale, dtype=torch.float32)
        with torch.inference_mode():
            parts = [self.score(block) for block in points.split(8192)]
        return np.asarray(torch.cat(parts).double().numpy())

    def score(self, z: "Tensor") -> "Tensor":
        """The logit of standardized points [B, D], [B]. Points beyond 8 prior deviations count as if at 8."""
        import torch

        z = z.clamp(-CLAMP, CLAMP)
        inputs = torch.cat([z, (z.square() - 1) / math.sqrt(2)], dim=1)  # [B, 2D]
        result: Tensor = (self.deep(inputs) + self.skip(inputs)).squeeze(1)
        return result


def fit_network(world: World, pool: np.ndarray | None, recipe: Recipe, seed: int) -> Network:
    """A network between fresh draws of the posteriors and of the prior, 512 of each a step, by cross-entropy.

    With as many draws of either kind the logit estimates ln q/p (Sugiyama et al. 2012).

    Args:
        world: the training images' posteriors, or points.
        pool: draws from the prior, [M, D]; None for N(0, I).
        recipe: how long.
        seed: of weights and draws.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    dimensions = world.mean.shape[1]
    centre, scale = np.zeros(dimensions), np.ones(dimensions)
    if pool is not None:
        centre, scale = pool.mean(axis=0, dtype=np.float64), pool.std(axis=0, dtype=np.float64) + 1e-12
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for width in (2 * dimensions, WIDTH, WIDTH):
            layers += [nn.Linear(width, WIDTH), nn.SiLU()]
        deep, skip = nn.Sequential(*layers, nn.Linear(WIDTH, 1)), nn.Linear(2 * dimensions, 1, bias=False)
    network = Network(deep, skip, centre, scale)
    mean = torch.as_tensor((world.mean - centre) / scale, dtype=torch.float32)
    sigma, other = None, None
    if world.logvar is not None:
        sigma = torch.as_tensor(np.exp(world.logvar.astype(np.float64) / 2) / scale, dtype=torch.float32)
    if pool is not None:
        other = torch.as_tensor((pool - centre) / scale, dtype=torch.float32)
    parameters = [*deep.parameters(), *skip.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=recipe.steps, pct_start=0.1)
    is_q = torch.cat([torch.ones(BATCH), torch.zeros(BATCH)])
    draws = torch.Generator().manual_seed(seed)
    for _ in range(recipe.steps):
        rows = torch.randint(len(mean), (BATCH,), generator=draws)
        z = mean[rows]
        if sigma is not None:
            z = z + sigma[rows] * torch.randn(BATCH, dimensions, generator=draws)
        if other is None:
            p = torch.randn(BATCH, dimensions, generator=draws)
        else:
            p = other[torch.randint(len(other), (BATCH,), generator=draws)]
        loss = functional.binary_cross_entropy_with_logits(network.score(torch.cat([z, p])), is_q)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    for parameter in parameters:
        parameter.requires_grad_(False)
    return network


def learn(
    world: World, pool: np.ndarray | None, recipes: Sequence[Recipe], seed: int, step: Step, *, side: int
) -> tuple[Ratio, str]:
    """The classifier of least loss on training images that were set aside, and its name.

    The candidates: a network a recipe; and up to two dimensions, against N(0, I), smoothed mixtures of the posteriors.

    Args:
        world: the training images' posteriors, or points.
        pool: draws from the prior, [M, D]; None for N(0, I).
        recipes: of networks; in one or two dimensions there may be none.
        seed: of everything drawn.
        step: called before each part of the work.
        side: of the mixtures' grid.
    """
    plane = world.mean.shape[1] <= 2 and pool is None
    if len(recipes) == 1 and not plane:
        step("a classifier learns")
        return fit_network(world, pool, recipes[0], seed), "a network"
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(world.mean))
    aside = math.ceil(len(order) * (0.05 if len(order) > FEW_IMAGES else 0.1))
    train, kept = some_of(world, order[aside:]), some_of(world, order[:aside])
    candidates: list[tuple[Ratio, str]] = []
    for recipe in recipes:
        step("a classifier learns")
        candidates.append((fit_network(train, pool, recipe, seed), "a network"))
    if plane:
        step("a smoothed mixture learns")
        for width in WIDTHS:
            mixture = smoothed_mixture(train.mean, train.logvar, width, side=side)
            candidates.append((mixture, "a smoothed mixture"))
    q = np.concatenate([draw(kept.mean, kept.logvar, rng).z for _ in range(DRAWS)])
    p = rng.standard_normal((PRIOR_DRAWS, world.mean.shape[1])) if pool is None else pool

    def loss(candidate: tuple[Ratio, str]) -> float:
        on_q, on_p = candidate[0].logit(q), candidate[0].logit(p)
        return float(np.logaddexp(0, -on_q).mean() + np.logaddexp(0, on_p).mean())

    return min(candidates, key=loss)


def some_of(world: World, rows: np.ndarray) -> World:
    """Those posteriors alone."""
    return World(world.mean[rows], None if world.logvar is None else world.logvar[rows], world.z[rows])
