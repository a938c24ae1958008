"""Groups of diagnostics, each measured on a model and on perfect models of its size, in the order of the questions."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.posterior import active_units, collapsed_share, moments
from vaeexplorer.analysis.report.aggregate import density_grid, elbo_surgery, hole_mass
from vaeexplorer.analysis.report.coverage import coverage
from vaeexplorer.analysis.report.density_ratio import fit_density_ratio
from vaeexplorer.analysis.report.diagnostics import Diagnostic, Question
from vaeexplorer.analysis.report.null import World, perfect_model
from vaeexplorer.analysis.report.two_sample import kernel_distances, mardia, sliced_wasserstein
from vaeexplorer.analysis.sampling import sample as draw_codes
from vaeexplorer.analysis.whitening import whiten

DRAWS = 20  # perfect models
PERMUTATIONS = 200
PAIRWISE = 2000  # points of each kind where all pairs are looked at
CLASSIFIED = 4000  # points of each kind for the classifier
MIXTURE_POOL = 40_000
NULL_POINTS = 1000  # at which a perfect model's log q(z) is taken; all N posteriors enter it
FEWEST, FEW = 100, 1000

Sampler = Callable[[int, np.random.Generator], np.ndarray]
Features = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[float, str], None]


POSTERIORS = ("kl", "active_units", "collapsed", "mutual_information")
AGGREGATE = ("marginal_kl", "total_correlation", "dimensionwise_kl", "mean", "variance", "correlation")


def whole(world: World, step: "Steps", rng: np.random.Generator, *, known_prior: bool = True) -> Iterator[Diagnostic]:
    """What is measured on all N posteriors: how informative they are, ELBO surgery, moments, and 2-D holes.

    Args:
        world: the model.
        step: told of the progress.
        rng: of the perfect models.
        known_prior: whether the prior is N(0, I); of another one only samples are known.
    """
    count, dimensions = world.mean.shape
    step("the aggregate posterior")
    values = _of_the_whole(world, None) if known_prior else _of_the_posteriors(world)
    nulls = []
    for number in range(DRAWS if known_prior else 0):
        step(f"perfect model {number + 1} of {DRAWS}")
        nulls.append(_of_the_whole(perfect_model(count, dimensions, values.get("kl"), rng), NULL_POINTS))
    for key in (*POSTERIORS, *AGGREGATE, *(["holes"] if "holes" in values else [])):
        question: Question = "posteriors" if key in POSTERIORS else "aggregate"
        null = tuple(each[key] for each in nulls if key in each)
        flag = _flag(key, count, dimensions, values.get("kl"))
        if key not in values:
            flag = f"n/a: {_missing(key, world, known_prior)}"
        yield Diagnostic(key, question, values.get(key), null, flag=flag)


def _flag(key: str, count: int, dimensions: int, kl: float | None) -> str:
    if count < FEW:
        return _few(count)
    split = key in ("mutual_information", "marginal_kl", "total_correlation")
    if split and kl is not None and kl > math.log(count) - 2:
        return f"saturated at ln N = {math.log(count):.2f}"
    if key == "correlation" and count < 10 * dimensions:
        return "n too small: fewer than ten codes a dimension"
    return ""


def _missing(key: str, world: World, known_prior: bool) -> str:
    if key == "correlation" and known_prior:
        return "there is one dimension"
    if world.logvar is None and key in POSTERIORS:
        return "codes are points, there is no posterior"
    return "codes are points, q(z) has no density" if known_prior else "the prior is known by its samples alone"


def _of_the_whole(world: World, points: int | None) -> dict[str, float]:
    """What is measured on all N posteriors, of a model or of its null."""
    found = _of_the_posteriors(world)
    if world.logvar is not None:
        split = elbo_surgery(world.mean, world.logvar, world.z, points=points)
        found |= {
            "mutual_information": split.mutual_information,
            "marginal_kl": split.marginal_kl,
            "total_correlation": split.total_correlation,
            "dimensionwise_kl": float(split.dimensionwise.sum()),
        }
        if world.mean.shape[1] == 2:
            found["holes"] = hole_mass(density_grid(world.mean, world.logvar))
    spread = moments(world.mean, world.logvar)
    found |= {"mean": spread.worst_mean, "variance": spread.worst_variance}
    if world.mean.shape[1] > 1:
        found["correlation"] = spread.worst_correlation
    return found


def _of_the_posteriors(world: World) -> dict[str, float]:
    if world.logvar is None:
        return {}
    each = kl_per_dimension(world.mean, world.logvar)  # [N, D]
    return {
        "kl": float(each.sum(axis=1, dtype=np.float64).mean()),
        "active_units": float(active_units(world.mean).sum()),
        "collapsed": float(collapsed_share(each, np.array([0.01]))[0]),
    }


@dataclass(frozen=True)
class Prior:
    """A distribution that z is held against, and samples of which are decoded.

    Attributes:
        of: its name in the report; empty for the model's own prior.
        z: the codes, in the coordinates in which they are compared, [N, A].
        sample: draws in the same coordinates, [M, A].
        back: from those to latent points, [M, D].
    """

    of: str
    z: np.ndarray
    sample: Sampler
    back: Callable[[np.ndarray], np.ndarray]


def priors(world: World, prior_samples: np.ndarray | None, seed: int) -> Iterator[Prior]:
    """The model's own prior; and where codes are points, two that were fitted to them as well."""
    yield Prior("", world.z, _normal(world.z.shape[1]) if prior_samples is None else _pick(prior_samples), _same)
    if world.logvar is None and prior_samples is None:
        white = whiten(world.z)
        codes = white.apply(world.z).astype(np.float32)

        def back(points: np.ndarray) -> np.ndarray:
            return np.asarray(white.centre + points @ white.back, np.float32)

        yield Prior("fitted Gaussian", codes, _normal(white.kept), back)
        pool = draw_codes("mixture", codes, MIXTURE_POOL, seed=seed)
        yield Prior("10-component mixture", codes, _pick(pool), back)


def _same(points: np.ndarray) -> np.ndarray:
    return points


def _normal(dimensions: int) -> Sampler:
    return lambda count, rng: rng.standard_normal((count, dimensions), dtype=np.float32)


def _pick(pool: np.ndarray) -> Sampler:
    return lambda count, rng: pool[rng.choice(len(pool), min(count, len(pool)), replace=False)]


def two_samples(
    prior: Prior, known: dict[int, list[dict[str, float]]], step: "Steps", rng: np.random.Generator
) -> Iterator[Diagnostic]:
    """Draws of q(z) against draws of a prior; the null is two sets of the prior's own draws.

    Args:
        prior: whose draws.
        known: nulls of N(0, I) by dimensions, so that none is computed twice.
        step: told of the progress.
        rng: of the draws.
    """
    step("two-sample tests")
    size = min(len(prior.z), CLASSIFIED, len(prior.sample(2 * CLASSIFIED, rng)) // 2)
    chosen = prior.z[rng.choice(len(prior.z), size, replace=False)]
    values, p_values = _compare(chosen, prior.sample(size, rng), rng, PERMUTATIONS)
    width = prior.z.shape[1] if prior.of in ("", "fitted Gaussian") else 0
    null = known.get(width, [])
    for number in range(len(null), DRAWS):
        step(f"the prior against itself, {number + 1} of {DRAWS}")
        both = prior.sample(2 * size, rng)
        null.append(_compare(both[:size], both[size:], rng, 0)[0])
    known[width] = null
    for key, value in values.items():
        draws = tuple(each[key] for each in null)
        yield Diagnostic(key, "aggregate", value, draws, prior.of, p_values.get(key), _few(len(prior.z)))


def _compare(
    z: np.ndarray, prior: np.ndarray, rng: np.random.Generator, permutations: int
) -> tuple[dict[str, float], dict[str, float | None]]:
    some, some_prior = z[:PAIRWISE], prior[:PAIRWISE]
    distances = kernel_distances(some, some_prior, permutations=permutations, rng=rng)
    shape = mardia(some)
    ratio = fit_density_ratio(z, prior, rng)
    values = {
        "mmd": distances.mmd,
        "energy": distances.energy,
        "sliced_wasserstein": sliced_wasserstein(some, some_prior, rng),
        "skewness": shape.skewness,
        "kurtosis": shape.kurtosis,
        "classifier": ratio.accuracy,
        "holes": ratio.hole_mass,
    }
    return values, {"mmd": distances.mmd_p, "energy": distances.energy_p}


def samples(
    world: World,
    priors: list[Prior],
    *,
    decode: Callable[[np.ndarray], np.ndarray] | None,
    images: np.ndarray | None,
    features: Features | None,
    step: "Steps",
    rng: np.random.Generator,
) -> Iterator[Diagnostic]:
    """Decoded prior samples, and decoded draws of q(z|x), against real images; the null is real against real."""
    keys = ("precision", "recall", "density", "coverage")
    if decode is None:
        for key in keys:
            yield Diagnostic(key, "samples", None, flag="n/a: there is no decoder")
        return
    step("decoded samples")

    def seen(pictures: np.ndarray) -> np.ndarray:
        found = np.asarray(features(pictures) if features else pictures, np.float32).reshape(len(pictures), -1)
        if not np.isfinite(found).all():
            raise ValueError("Decoded images, or their features, are not all finite numbers.")
        return found

    flag = "" if images is not None else "against decoded codes: no real images were given"
    real = seen(decode(world.z[: 2 * PAIRWISE]) if images is None else images)
    size = min(PAIRWISE, len(real) // 2)
    if size < FEWEST // 2:
        raise ValueError(f"Judging samples needs at least {FEWEST} images, not {len(real)}.")
    nulls = []
    for number in range(DRAWS):
        step(f"real images against real images, {number + 1} of {DRAWS}")
        order = rng.permutation(len(real))
        nulls.append(coverage(real[order[:size]], real[order[size : 2 * size]]))
    order = rng.permutation(len(real))
    held = real[order[:size]]
    generated = {prior.of: prior.back(prior.sample(size, rng)) for prior in priors}
    if len(world.z) >= len(real):  # draws for other images than those they are held against
        generated["reconstructions"] = world.z[order[size : 2 * size]]
    for of, z in generated.items():
        found = coverage(held, seen(decode(np.asarray(z, np.float32))))
        for key in keys:
            null = tuple(float(getattr(draws, key)) for draws in nulls)
            yield Diagnostic(key, "samples", float(getattr(found, key)), null, of, flag=flag or _few(len(real)))


class Steps:
    """Counts what is done towards the whole."""

    def __init__(self, listener: Progress | None, *, variational: bool, decoded: bool) -> None:
        self.listener, self.done = listener, 0
        self.total = (DRAWS + 1) * (1 + (1 if variational else 2) + decoded) + (0 if variational else 1)

    def __call__(self, what: str) -> None:
        """Another step begins."""
        if self.listener:
            self.listener(min(1.0, self.done / self.total), what)
        self.done += 1


def _few(count: int) -> str:
    return f"n too small: {count:,} codes, fewer than {FEW:,}" if count < FEW else ""
