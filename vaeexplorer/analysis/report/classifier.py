"""A classifier between draws of q(z) and draws of the prior: its logit estimates ln q/p."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from vaeexplorer.analysis.report.aggregate import WIDTHS, smoothed_mixture
from vaeexplorer.analysis.report.networks import Network, Recipe, fit_networks
from vaeexplorer.analysis.report.posteriors import World, draw

DRAWS = 8  # of each image set aside
PRIOR_DRAWS = 50_000


SPACE, PLANE = Recipe(3000, 3e-3, 0.01), Recipe(2000, 3e-3, 0.01)
# Of few images a long schedule learns the noise where there is nothing else, and a short one misses what is fine.
SHORT, LONG = Recipe(400, 1e-3, 0.3), Recipe(1500, 3e-3, 0.01)
FEW_IMAGES = 10_000

Step = Callable[[str], None]


class Ratio(Protocol):
    """What a classifier has learned."""

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float64 [M]."""


def learn(
    worlds: Sequence[World],
    pool: np.ndarray | None,
    recipes: Sequence[Recipe],
    seeds: Sequence[int],
    step: Step,
    *,
    side: int,
) -> list[tuple[Ratio, str]]:
    """For each world a classifier, and its name: of candidates the one of least loss on images that were set aside.

    The candidates: a network a recipe; and up to two dimensions, against N(0, I), smoothed mixtures of the posteriors.

    Args:
        worlds: training images' posteriors, or points; several are learned from in the same steps.
        pool: draws from the prior, [M, D]; None for N(0, I).
        recipes: of networks; in one or two dimensions there may be none.
        seeds: of everything drawn, one a world.
        step: called before each part of the work.
        side: of the mixtures' grid.
    """
    plane = mixtures_learn(worlds[0], pool)
    parts = [
        set_aside(world, seed, choice=plane or len(recipes) > 1) for world, seed in zip(worlds, seeds, strict=True)
    ]
    networks = []
    for recipe in recipes:
        step("a classifier learns")
        networks.append(fit_networks([part.train for part in parts], pool, recipe, seeds))
    if plane:
        step("a smoothed mixture learns")
    return [choose([each[k] for each in networks], part, pool, side) for k, part in enumerate(parts)]


def mixtures_learn(world: World, pool: np.ndarray | None) -> bool:
    """Whether smoothed mixtures are among the candidates."""
    return world.mean.shape[1] <= 2 and pool is None


class Parts(NamedTuple):
    """Images to learn from, others to choose among candidates by, and the random numbers of that choice."""

    train: World
    kept: World
    rng: np.random.Generator


def set_aside(world: World, seed: int, *, choice: bool) -> Parts:
    """A twentieth, of few images a tenth; none where there is no choice."""
    rng = np.random.default_rng(seed)
    if not choice:
        return Parts(world, some_of(world, np.arange(0)), rng)
    order = rng.permutation(len(world.mean))
    aside = math.ceil(len(order) * (0.05 if len(order) > FEW_IMAGES else 0.1))
    return Parts(some_of(world, order[aside:]), some_of(world, order[:aside]), rng)


def choose(networks: Sequence[Network], parts: Parts, pool: np.ndarray | None, side: int) -> tuple[Ratio, str]:
    """Of these networks, and of smoothed mixtures where they serve, the one of least loss, and its name."""
    candidates: list[tuple[Ratio, str]] = [(network, "a network") for network in networks]
    train, kept, rng = parts
    if mixtures_learn(train, pool):
        for width in WIDTHS:
            mixture = smoothed_mixture(train.mean, train.logvar, width, side=side)
            candidates.append((mixture, "a smoothed mixture"))
    if len(candidates) == 1:
        return candidates[0]
    q = np.concatenate([draw(kept.mean, kept.logvar, rng).z for _ in range(DRAWS)])
    p = rng.standard_normal((PRIOR_DRAWS, train.mean.shape[1])) if pool is None else pool

    def loss(candidate: tuple[Ratio, str]) -> float:
        on_q, on_p = candidate[0].logit(q), candidate[0].logit(p)
        return float(np.logaddexp(0, -on_q).mean() + np.logaddexp(0, on_p).mean())

    return min(candidates, key=loss)


def some_of(world: World, rows: np.ndarray) -> World:
    """Those posteriors alone."""
    return World(world.mean[rows], None if world.logvar is None else world.logvar[rows], world.z[rows])
