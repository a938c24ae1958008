"""Worlds whose mismatch with the prior is known exactly, and perfect models of several kinds."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.stats import ncx2

from vaeexplorer.analysis.report.classifier import Step
from vaeexplorer.analysis.report.held_out import HeldOut, held_out
from vaeexplorer.analysis.report.posteriors import World, draw, perfect_model
from vaeexplorer.codes import Codes

SIGMA = 0.3  # of the posteriors of a planted mismatch
LogRatio = Callable[[np.ndarray], np.ndarray]


def quiet(what: str) -> None:
    """Progress that nobody reads."""


silent: Step = quiet


class Planted(NamedTuple):
    """A world of one strength: where its means lie, and ln q/p."""

    means: Callable[[int, np.random.Generator], np.ndarray]
    log_ratio: LogRatio

    def world(self, count: int, rng: np.random.Generator) -> World:
        mean = self.means(count, rng).astype(np.float32)
        return draw(mean, np.full_like(mean, 2 * math.log(SIGMA)), rng)

    def total_variation(self, dimensions: int, count: int = 100_000) -> float:
        """E_p max(1 - q/p, 0), by draws that are the same at every strength."""
        z = np.random.default_rng(1).standard_normal((count, dimensions))
        return float(np.maximum(1 - np.exp(self.log_ratio(z)), 0).mean())


def shift(dimensions: int, by: float) -> Planted:
    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        mean = math.sqrt(1 - SIGMA**2) * rng.standard_normal((count, dimensions))
        mean[:, 0] += by
        return mean

    return Planted(means, lambda z: by * z[:, 0] - by**2 / 2)


def shrink(dimensions: int, by: float) -> Planted:
    """Standard deviations of 1 - by."""
    c = 1 - by
    spread = math.sqrt(c**2 - SIGMA**2)
    return Planted(
        lambda count, rng: spread * rng.standard_normal((count, dimensions)),
        lambda z: -dimensions * math.log(c) - (z**2).sum(axis=1) * (c**-2 - 1) / 2,
    )


def correlation(dimensions: int, of: float) -> Planted:
    """Of the first two dimensions."""

    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        mean = math.sqrt(1 - SIGMA**2) * rng.standard_normal((count, dimensions))
        cover = np.array([[1 - SIGMA**2, of], [of, 1 - SIGMA**2]])
        mean[:, :2] = rng.multivariate_normal([0, 0], cover, count)
        return mean

    def log_ratio(z: np.ndarray) -> np.ndarray:
        squares = z[:, 0] ** 2 + z[:, 1] ** 2
        inside = (squares - 2 * of * z[:, 0] * z[:, 1]) / (1 - of**2)
        return np.asarray(-0.5 * math.log(1 - of**2) - (inside - squares) / 2)

    return Planted(means, log_ratio)


def ball(dimensions: int, radius: float) -> Planted:
    """No mean within a ball around 0: m | z ~ N((1 - s^2) z, s^2 (1 - s^2) I), so q/p is a noncentral chi^2 tail."""
    inner, outer = SIGMA**2 * (1 - SIGMA**2), 1 - SIGMA**2

    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < count:
            mean = math.sqrt(outer) * rng.standard_normal((2 * count, dimensions))
            parts.append(mean[np.linalg.norm(mean, axis=1) > radius])
        return np.concatenate(parts)[:count]

    def log_ratio(z: np.ndarray) -> np.ndarray:
        kept = ncx2.sf(radius**2 / outer, dimensions, 0)
        tail = ncx2.sf(radius**2 / inner, dimensions, outer**2 * (z**2).sum(axis=1) / inner)
        return np.asarray(np.log(np.maximum(tail, 1e-30) / kept))

    return Planted(means, log_ratio)


FAMILIES: dict[str, tuple[Callable[[int, float], Planted], float]] = {
    "shift": (shift, 2.0),
    "shrink": (shrink, 0.65),
    "correlation": (correlation, 0.9),
    "ball": (ball, 6.5),
}
"""and the largest strength"""


def planted(family: str, dimensions: int, total_variation: float) -> Planted:
    """Of the strength that has this total variation, by bisection."""
    make, most = FAMILIES[family]
    low, high = 0.0, most
    for _ in range(22):
        middle = (low + high) / 2
        more = make(dimensions, middle).total_variation(dimensions, 30_000) < total_variation
        low, high = (middle, high) if more else (low, middle)
    return make(dimensions, high)


def found_share(family: str, dimensions: int, total_variation: float, images: int, seed: int = 0) -> float:
    """Which share of the total variation the classifier finds, tested on 40,000 fresh images.

    It learns as in a report on so many images: from all of more than 10,000, else from half of them.
    """
    rng = np.random.default_rng([seed, dimensions, images])
    world = planted(family, dimensions, total_variation)
    test = world.world(40_000, rng)
    train = world.world(images if images > 10_000 else images // 2, rng)
    found = held_out(test, train, None, short=False, seed=seed, step=silent)
    return (2 * found.accuracy.value - 1) / world.total_variation(dimensions)


def perfect(kind: str, count: int, dimensions: int, rng: np.random.Generator) -> World:
    """A model whose aggregate posterior is N(0, I) exactly.

    even, graded, two-level, collapsed: a width a dimension. by image: a width an image, m | s ~ N(0, 1 - s^2).
    outer wide, inner wide: in each dimension phi = w N(0, t^2) + rest; codes of the first part have one width, codes of
    the rest another, and the means of the rest are those that this width spreads to it.
    """
    if kind == "by image":
        sigma = rng.choice([0.1, 0.3, 0.7], (count, 1)) * np.ones(dimensions)
        mean = np.sqrt(1 - sigma**2) * rng.standard_normal((count, dimensions))
    elif kind in ("outer wide", "inner wide"):
        inner, outer, weight, tau = (0.1, 0.4, 0.3, 0.6) if kind == "outer wide" else (0.5, 0.1, 0.25, 0.7)
        first = rng.random((count, dimensions)) < weight
        rest = np.empty((0,))
        wide, narrow = 1 - outer**2, tau**2 - outer**2
        while len(rest) < count * dimensions:
            m = math.sqrt(wide) * rng.standard_normal(2 * count * dimensions)
            ratio = weight * math.sqrt(wide / narrow) * np.exp(-(m**2) / 2 * (1 / narrow - 1 / wide))
            rest = np.concatenate([rest, m[rng.random(len(m)) > ratio]])
        one = math.sqrt(tau**2 - inner**2) * rng.standard_normal((count, dimensions))
        mean = np.where(first, one, rest[: count * dimensions].reshape(count, dimensions))
        sigma = np.where(first, inner, outer)
    else:
        kl = {
            "even": np.full(dimensions, 1.5),
            "graded": np.linspace(3, 0.1, dimensions),
            "two-level": np.where(np.arange(dimensions) < (dimensions + 1) // 2, 3.0, 0.3),
            "collapsed": np.where(np.arange(dimensions) < max(1, dimensions * 3 // 8), 1.2, 0.0),
        }[kind]
        sigma = np.broadcast_to(np.exp(-kl), (count, dimensions))
        mean = np.sqrt(1 - sigma**2) * rng.standard_normal((count, dimensions))
    return draw(mean.astype(np.float32), (2 * np.log(sigma)).astype(np.float32), rng)


def even_codes(dimensions: int = 2, count: int = 2000, seed: int = 7) -> Codes:
    """Of a perfect model with 2.2 nats a dimension."""
    world = perfect_model(count, dimensions, 2.2 * dimensions, np.random.default_rng(seed))
    return Codes(world.mean, world.logvar)


PERFECT = ("even", "graded", "two-level", "collapsed", "outer wide", "inner wide", "by image")


def halved(world: World, seed: int = 0) -> HeldOut:
    """By halves of its images."""
    return held_out(world, None, None, short=False, seed=seed, step=silent)
