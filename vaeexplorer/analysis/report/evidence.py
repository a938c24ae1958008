"""What the figures of a report draw: density ratios over a plane, quantiles, and where samples are taken from."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.report.aggregate import LOG_2PI
from vaeexplorer.analysis.report.classifier import SHORT, Ratio, learn
from vaeexplorer.analysis.report.posteriors import World, perfect_model, stream, uncorrelated
from vaeexplorer.analysis.sampling import sample
from vaeexplorer.analysis.whitening import whiten
from vaeexplorer.codes import Codes

SIDE = 121
BINS = 61
REACH = 4.0
CANDIDATES = 4000
STRIP = 12
QUANTILES = np.linspace(0.005, 0.995, 100)


@dataclass(frozen=True)
class Field:
    """q/p over a plane of latent space.

    Attributes:
        of: what q is of, in words.
        plane: the two dimensions, from 0.
        axis: of both dimensions, [G].
        log_ratio: ln q/p, [G, G], the second dimension first, as images have it.
    """

    of: str
    plane: tuple[int, int]
    axis: np.ndarray
    log_ratio: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """Of one model.

    Attributes:
        fields: the model's, others of it, and last that of a perfect model.
        bins: centres of the histograms' bins, [B].
        marginals: density of each dimension of z, [D, B].
        normal_quantiles: of N(0, 1), [Q].
        quantiles: of each dimension of z, [D, Q].
        strips: latent points to decode, each [12, D], by where they come from.
    """

    fields: list[Field]
    bins: np.ndarray
    marginals: np.ndarray
    normal_quantiles: np.ndarray
    quantiles: np.ndarray
    strips: dict[str, np.ndarray]


def evidence(codes: Codes, *, seed: int = 0) -> Evidence:
    """What the figures draw, in a second or two.

    Args:
        codes: of N images.
        seed: of the draws.
    """
    from scipy.special import ndtri

    rng = stream(seed)
    world = uncorrelated(codes, rng)
    edges = np.linspace(-REACH, REACH, BINS + 1)
    counts = np.stack([np.histogram(column, edges)[0] for column in world.z.T])
    return Evidence(
        list(_fields(world, rng)) if world.z.shape[1] > 1 else [],
        (edges[1:] + edges[:-1]) / 2,
        counts / (len(world.z) * (edges[1] - edges[0])),
        np.asarray(ndtri(QUANTILES)),
        np.quantile(world.z, QUANTILES, axis=0).T,
        _strips(world, rng, seed),
    )


def _fields(world: World, rng: np.random.Generator) -> Iterator[Field]:
    """Of the two dimensions with most to show: the highest KL, or the largest variance of an autoencoder."""
    mean, logvar, z = world.mean, world.logvar, world.z
    count, dimensions = mean.shape
    weight = mean.var(axis=0) if logvar is None else kl_per_dimension(mean, logvar).mean(axis=0)
    first, second = sorted(np.argsort(weight)[::-1][:2].tolist()) if dimensions > 2 else (0, 1)
    plane = [first, second]
    name = "codes" if logvar is None else "draws of q(z)"
    chosen = World(mean[:, plane], None if logvar is None else logvar[:, plane], z[:, plane])
    yield _field(name, (first, second), chosen, rng)
    if logvar is None:
        white = whiten(z[:, plane])
        if white.kept == 2:
            codes = white.apply(z[:, plane])
            yield _field("whitened codes", (first, second), World(codes.astype(np.float32), None, codes), rng)
    kl = None if logvar is None else float(weight[plane].sum())
    yield _field("a perfect model", (first, second), perfect_model(count, 2, kl, rng), rng)


def _field(of: str, plane: tuple[int, int], world: World, rng: np.random.Generator) -> Field:
    """ln q/p of a smoothed mixture, as wide as codes that were set aside like it best."""
    axis = np.linspace(-4.5, 4.5, SIDE)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return Field(of, plane, axis, _ratio(world, rng).logit(points).reshape(SIDE, SIDE))


def _ratio(world: World, rng: np.random.Generator) -> Ratio:
    recipes = [SHORT] if world.mean.shape[1] > 2 else []
    return learn([world], None, recipes, [int(rng.integers(2**31))], lambda what: None, side=SIDE)[0][0]


def _strips(world: World, rng: np.random.Generator, seed: int) -> dict[str, np.ndarray]:
    """Prior samples; those of them where q/p is smallest; draws where q is largest; samples of what was fitted."""
    dimensions = world.z.shape[1]
    candidates = rng.standard_normal((CANDIDATES, dimensions), dtype=np.float32)
    log_ratio = _ratio(world, rng).logit
    typical = np.linalg.norm(candidates, axis=1) < math.sqrt(dimensions) + 1  # no hole is the emptiness far outside
    inside = candidates[typical]
    drawn = world.z[rng.permutation(len(world.z))[:CANDIDATES]]
    density = log_ratio(drawn) - 0.5 * (drawn**2).sum(axis=1) - dimensions / 2 * LOG_2PI
    strips = {
        "samples from the prior": candidates[:STRIP],
        "from the deepest hole": inside[np.argsort(log_ratio(inside))[:STRIP]],
        "from the densest spot": drawn[np.argsort(density)[::-1][:STRIP]],
    }
    if world.logvar is None:
        strips["samples of a fitted Gaussian"] = sample("gaussian", world.z, STRIP, seed=seed)
        strips["samples of a 10-component mixture"] = sample("mixture", world.z, STRIP, seed=seed)
    return strips
