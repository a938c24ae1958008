"""Worlds whose mismatch with the prior is known exactly, and perfect models of several kinds."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp
from scipy.stats import ncx2, norm
from scipy.stats import t as student

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
    """A world of one strength: its posteriors' means and log variances, and ln q/p."""

    posteriors: Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
    log_ratio: LogRatio

    def world(self, count: int, rng: np.random.Generator) -> World:
        mean, logvar = self.posteriors(count, rng)
        return draw(mean.astype(np.float32), logvar.astype(np.float32), rng)

    def total_variation(self, dimensions: int, count: int = 100_000) -> float:
        """E_p max(1 - q/p, 0), by draws that are the same at every strength."""
        return self.truth(dimensions, count)[0]

    def truth(self, dimensions: int, count: int) -> tuple[float, float]:
        """The total variation, and the prior's mass where q/p < .1."""
        log_ratio = self.log_ratio(np.random.default_rng(1).standard_normal((count, dimensions)))
        return float(np.maximum(1 - np.exp(log_ratio), 0).mean()), float((log_ratio < math.log(0.1)).mean())


def of_one_width(means: Callable[[int, np.random.Generator], np.ndarray], log_ratio: LogRatio) -> Planted:
    """Posteriors of sigma .3."""

    def posteriors(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mean = means(count, rng)
        return mean, np.full_like(mean, 2 * math.log(SIGMA))

    return Planted(posteriors, log_ratio)


def shift(dimensions: int, by: float) -> Planted:
    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        mean = math.sqrt(1 - SIGMA**2) * rng.standard_normal((count, dimensions))
        mean[:, 0] += by
        return mean

    return of_one_width(means, lambda z: by * z[:, 0] - by**2 / 2)


def shrink(dimensions: int, by: float) -> Planted:
    """Standard deviations of 1 - by."""
    c = 1 - by
    spread = math.sqrt(c**2 - SIGMA**2)
    return of_one_width(
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

    return of_one_width(means, log_ratio)


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

    return of_one_width(means, log_ratio)


def half_plane(dimensions: int, without: float) -> Planted:
    """No mean in the outermost share of the first dimension."""
    inner, outer = SIGMA**2 * (1 - SIGMA**2), 1 - SIGMA**2
    edge = math.sqrt(outer) * float(norm.isf(without))

    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        mean = rng.standard_normal((count, dimensions))
        mean[:, 0] = norm.ppf((1 - without) * rng.random(count))
        return math.sqrt(outer) * mean

    def log_ratio(z: np.ndarray) -> np.ndarray:
        return np.asarray(norm.logcdf((edge - outer * z[:, 0]) / math.sqrt(inner)) - math.log(1 - without))

    return of_one_width(means, log_ratio)


def tails(dimensions: int, inverse: float) -> Planted:
    """Student's t of unit variance and 1/inverse degrees of freedom in every dimension, a mixture over widths w.

    z | w ~ N(0, w), w inverse gamma; a posterior's variance is a share of its w.
    """
    degrees = 1 / max(inverse, 1e-3)
    unit = math.sqrt((degrees - 2) / degrees)

    def posteriors(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        w = (degrees - 2) / rng.chisquare(degrees, (count, dimensions))
        return np.sqrt((1 - SIGMA**2) * w) * rng.standard_normal((count, dimensions)), np.log(SIGMA**2 * w)

    def log_ratio(z: np.ndarray) -> np.ndarray:
        return np.asarray((student.logpdf(z / unit, degrees) - math.log(unit) - norm.logpdf(z)).sum(axis=1))

    return Planted(posteriors, log_ratio)


def clusters(dimensions: int, between: float) -> Planted:
    """Ten round ones of equal weight and deviation sqrt(1 - between^2), the second moment of all 1 a dimension."""
    centres = np.random.default_rng(10).standard_normal((10, dimensions))
    centres *= between / np.sqrt((centres**2).mean())
    within = 1 - between**2

    def means(count: int, rng: np.random.Generator) -> np.ndarray:
        noise = rng.standard_normal((count, dimensions))
        return np.asarray(centres[rng.integers(10, size=count)] + math.sqrt(within - SIGMA**2) * noise)

    def log_ratio(z: np.ndarray) -> np.ndarray:
        squares = (z**2).sum(axis=1, keepdims=True) + (centres**2).sum(axis=1) - 2 * z @ centres.T  # [M, 10]
        log_q = logsumexp(-squares / (2 * within), axis=1) - math.log(10) - dimensions / 2 * math.log(within)
        return np.asarray(log_q + (z**2).sum(axis=1) / 2)

    return of_one_width(means, log_ratio)


FAMILIES: dict[str, tuple[Callable[[int, float], Planted], float]] = {
    "shift": (shift, 2.0),
    "shrink": (shrink, 0.65),
    "correlation": (correlation, 0.9),
    "ball": (ball, 9.0),
    "half-plane": (half_plane, 0.9),
    "tails": (tails, 0.48),
    "clusters": (clusters, 0.9),
}
"""and the largest strength"""


def bisected(family: str, dimensions: int, below: Callable[[Planted], bool]) -> float:
    """The least strength that is not below, in 22 halvings."""
    make, most = FAMILIES[family]
    low, high = 0.0, most
    for _ in range(22):
        middle = (low + high) / 2
        low, high = (middle, high) if below(make(dimensions, middle)) else (low, middle)
    return high


def strength_at(family: str, dimensions: int, total_variation: float) -> float:
    """That has this total variation."""
    return bisected(family, dimensions, lambda world: world.total_variation(dimensions, 30_000) < total_variation)


def planted(family: str, dimensions: int, total_variation: float) -> Planted:
    """Of the strength that has this total variation."""
    return FAMILIES[family][0](dimensions, strength_at(family, dimensions, total_variation))


SIZES = (
    *("ball 5 %", "ball 13 %", "half-plane 5 %", "shift .1", "shift .3", "shrink .8", "shrink .5"),
    *("correlation .3", "correlation .5", "t3 tails", "ten clusters"),
)


def strength(name: str, dimensions: int) -> tuple[str, float]:
    """Family and strength of a world in words: one of `SIZES`, or `shift at .04`, a family and its total variation.

    Of a ball the mass of the prior that is a hole is named, of a half-plane the share of means that is missing, of a
    shrunken world the deviations; ten clusters have a total variation of .185.
    """
    family, _, size = name.partition(" ")
    if size.startswith("at "):
        return family, strength_at(family, dimensions, float(size.removeprefix("at ")))
    if family == "ball":
        mass = float(size.removesuffix(" %")) / 100
        return family, bisected(family, dimensions, lambda world: world.truth(dimensions, 30_000)[1] < mass)
    if name == "t3 tails":
        return "tails", 1 / 3
    if name == "ten clusters":
        return "clusters", strength_at("clusters", dimensions, 0.185)
    number = float(size.removesuffix(" %")) / (100 if "%" in size else 1)
    return family, 1 - number if family == "shrink" else number


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
