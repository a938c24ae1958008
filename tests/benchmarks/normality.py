"""How often sliced Epps-Pulley calls planted clouds outside: a share of draws, worlds down and dimensions across.

python -m tests.benchmarks.normality [D ...]

The null holds for any directions, so clouds share some sets of them: each cloud is ranked among 39 of 80 clouds of
N(0, I) along the same directions, as `sliced_normality` ranks it among 39 of its own, and that 20 times.
"""

import sys
from collections.abc import Callable

import numpy as np

from vaeexplorer.analysis.instruments import epps_pulley

SETS, CLOUDS, POOL, AGAIN = 2, 15, 80, 20  # of directions; a world along each; nulls along each; rankings a cloud

Rng = np.random.Generator


def posteriors(kl: np.ndarray, rng: Rng) -> np.ndarray:
    """One draw of each of 4,000 posteriors of these KLs a dimension, [N, D] or [D], whose mixture is N(0, I)."""
    variance = np.broadcast_to(np.exp(-2 * kl), (epps_pulley.POINTS, kl.shape[-1]))
    mean = np.sqrt(1 - variance) * rng.standard_normal(variance.shape)
    return np.asarray(mean + np.sqrt(variance) * rng.standard_normal(variance.shape))


def uneven(d: int, rng: Rng) -> np.ndarray:
    """KLs from 3 to .05 nats."""
    return posteriors(np.geomspace(3, 0.05, d), rng)


def collapsed(d: int, rng: Rng) -> np.ndarray:
    """Five of eight dimensions carry nothing."""
    return posteriors(np.where(np.arange(d) < np.ceil(3 * d / 8), 2.0, 0.0), rng)


def by_image(d: int, rng: Rng) -> np.ndarray:
    """Each image has a width of its own, the same in all dimensions."""
    return posteriors(np.repeat(rng.choice([0.1, 1.0, 3.0], (epps_pulley.POINTS, 1)), d, axis=1), rng)


def along_no_axis(d: int, rng: Rng) -> np.ndarray:
    """Normal along every axis and uncorrelated; along one diagonal half of it is 0."""
    z = uneven(d, rng)
    z[:, 1] = z[:, 0] * rng.choice([-1, 1], len(z))
    return z


def two_clusters(d: int, rng: Rng) -> np.ndarray:
    """Along the diagonal of all dimensions, of mean 0 and variance 1."""
    z = uneven(d, rng)
    diagonal = np.ones(d) / np.sqrt(d)
    along = 0.9 * rng.choice([-1, 1], len(z)) + np.sqrt(1 - 0.81) * rng.standard_normal(len(z))
    return np.asarray(z + np.outer(along - z @ diagonal, diagonal))


def shifted(by: float) -> Callable[[int, Rng], np.ndarray]:
    """In the dimension of most KL."""
    return lambda d, rng: uneven(d, rng) + by * (np.arange(d) == 0)


def narrow(to: float) -> Callable[[int, Rng], np.ndarray]:
    """The dimension of most KL, five of eight others collapsed."""
    return lambda d, rng: collapsed(d, rng) * np.where(np.arange(d) == 0, to, 1)


def without_middle(d: int, rng: Rng) -> np.ndarray:
    """The innermost 13 % of N(0, I) are missing."""
    z = np.concatenate([uneven(d, rng), uneven(d, rng)])
    radius = np.linalg.norm(z, axis=1)
    return np.asarray(z[radius > np.quantile(radius, 0.13)][: epps_pulley.POINTS])


WORLDS: dict[str, Callable[[int, Rng], np.ndarray]] = {
    "perfect, KL from 3 to .05 nats": uneven,
    "perfect, five of eight dimensions collapsed": collapsed,
    "perfect, a width an image": by_image,
    "normal along every axis, not along one diagonal": along_no_axis,
    "two clusters along the diagonal of all dimensions": two_clusters,
    "shift by .05 in one dimension": shifted(0.05),
    "shift by .1 in one dimension": shifted(0.1),
    "one dimension shrunken to .95, five of eight collapsed": narrow(0.95),
    "one dimension shrunken to .9, five of eight collapsed": narrow(0.9),
    "the innermost 13 % missing": without_middle,
}


def outside(own: np.ndarray, pool: np.ndarray, rng: Rng) -> float:
    """The share of rankings by which a cloud of these mean and largest [2] is outside."""
    nulls = np.stack([pool[rng.permutation(len(pool))[: epps_pulley.NULLS]] for _ in range(AGAIN)])  # [A, B, 2]
    ranks = (1 + (nulls >= own).sum(axis=1)) / (epps_pulley.NULLS + 1)  # [A, 2]
    return float((2 * ranks.min(axis=1) <= 0.05).mean())


def of_dimensions(d: int, sets: range = range(SETS)) -> dict[str, float]:
    """For each world, the share that is called outside."""
    called: dict[str, list[float]] = {name: [] for name in WORLDS}
    for number in sets:
        rng = np.random.default_rng([d, number])
        axes = rng.standard_normal((d, epps_pulley.DIRECTIONS)).astype(np.float32)
        axes /= np.linalg.norm(axes, axis=0)

        def measured(z: np.ndarray, axes: np.ndarray = axes) -> np.ndarray:
            along = epps_pulley.along(z.astype(np.float32), axes)
            return np.array([along.mean(), along.max()])

        pool = np.array([measured(rng.standard_normal((epps_pulley.POINTS, d))) for _ in range(POOL)])
        for name, world in WORLDS.items():
            called[name] += [outside(measured(world(d, rng)), pool, rng) for _ in range(CLOUDS)]
    return {name: float(np.mean(each)) for name, each in called.items()}


def main() -> None:
    """Print the table of the dimensions that were asked for."""
    dimensions = [int(each) for each in sys.argv[1:]] or [2, 8, 16]
    columns = [of_dimensions(d) for d in dimensions]
    print("| world | " + " | ".join(f"D = {d}" for d in dimensions) + " |")
    for name in WORLDS:
        print(f"| {name} | " + " | ".join(f"{column[name]:.3f}" for column in columns) + " |")


if __name__ == "__main__":
    main()
