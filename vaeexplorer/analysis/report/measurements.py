"""Groups of diagnostics, in the order of the questions."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension, kl_per_image
from vaeexplorer.analysis.posterior import ACTIVE_VARIANCE, DELTA, active_units, collapsed_share, moments
from vaeexplorer.analysis.report.aggregate import elbo_surgery
from vaeexplorer.analysis.report.classifier.held_out import HeldOut
from vaeexplorer.analysis.report.coverage import Coverage, coverage, laplacian_energy, on_one_scale
from vaeexplorer.analysis.report.diagnostics import Diagnostic, Estimate, joint_rank
from vaeexplorer.analysis.report.posteriors import FEWEST, World, stream
from vaeexplorer.analysis.report.two_sample import kernel_distances, mardia, sliced_wasserstein
from vaeexplorer.analysis.sampling import sample as draw_codes
from vaeexplorer.analysis.whitening import whiten
from vaeexplorer.errors import UserError

NULLS = 19  # the fewest for a level of .05
SEEDS = 3  # splits of the images
PAIRWISE = 2000  # points of each kind where all pairs are looked at
MIXTURE_POOL = 40_000
PAIRS = {True: 100_000_000, False: 40_000_000}  # of a draw and a posterior in ELBO surgery, up to two dimensions or not
EPSILON, RESAMPLES = 0.01, 200  # nats, of which a collapsed dimension has less for nearly every image; of a bootstrap
EARLIEST, LONG = 0.04, 60.0  # the share done before seconds are foretold, and from how many on
FEW = 1000  # codes: of fewer nothing is certain

Features = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[float, str], None]


class Steps:
    """Counts what is done towards the whole, and says where all of it will take more than a minute."""

    def __init__(self, listener: Progress | None, total: float) -> None:
        self.listener, self.total, self.done, self.begun = listener, total, 0.0, time.perf_counter()

    def __call__(self, what: str, weight: float = 1) -> None:
        """Another step begins, as long as so many usual ones."""
        if self.listener:
            share, passed = min(1.0, self.done / self.total), time.perf_counter() - self.begun
            left = passed / share - passed if share > EARLIEST else 0.0
            if left > 40 and passed + left > LONG:
                what += f": about {'a minute' if left < 90 else f'{left / 60:.0f} minutes'} more"
            self.listener(share, what)
        self.done += weight


def _few(count: int) -> str:
    return f"n too small: {count:,} codes, fewer than {FEW:,}" if count < FEW else ""


def posteriors(world: World, found: HeldOut, *, known_prior: bool) -> Iterator[Diagnostic]:
    """What each posterior says, and ELBO surgery: I(z; n), and both ends of I(z; x) and of KL(q(z) || p).

    Args:
        world: the model.
        found: by the classifier; its lower bound of the KL bounds I(z; x) above.
        known_prior: whether the prior is N(0, I); of another one only samples are known.
    """
    surgery = ("marginal_kl_least", "marginal_kl", "total_correlation", "dimensionwise_kl")
    if world.logvar is None:
        for key in ("kl", "active_units", "collapsed", "mutual_information", "information_limit"):
            yield Diagnostic(key, "posteriors", None, flag="n/a: codes are points, there is no posterior")
        for key in surgery:
            yield Diagnostic(key, "aggregate", None, flag="n/a: codes are points, q(z) has no density")
        return
    each = kl_per_dimension(world.mean, world.logvar)  # [N, D]
    count, dimensions = each.shape
    few = _few(count)
    kl = kl_per_image(world.mean, world.logvar, world.covariance)
    yield Diagnostic.estimated(
        "kl", "posteriors", Estimate.of_mean(float(kl.mean()), float(kl.std()) / math.sqrt(count)), flag=few
    )
    for key, estimate in _dimensions(world.mean, each).items():
        yield Diagnostic.estimated(key, "posteriors", estimate, flag=few)
    if not known_prior:
        unknown = "n/a: the prior is known by its samples alone"
        for key in ("mutual_information", "information_limit"):
            yield Diagnostic(key, "posteriors", None, flag=unknown)
        for key in surgery:
            yield Diagnostic(key, "aggregate", None, flag=unknown)
        return
    points = min(count, max(FEW, PAIRS[dimensions <= 2] // count))
    split = elbo_surgery(world.mean, world.logvar, world.z, covariance=world.covariance, points=points)
    saturated = f"saturated at ln N = {math.log(count):.2f}" if split.kl > math.log(count) - 2 else ""
    information = Estimate.of_mean(split.mutual_information, split.error)
    yield Diagnostic.estimated(
        "mutual_information", "posteriors", information, flag=_flags(few, _below_0(information.value), saturated)
    )
    least = Estimate(*(max(0.0, bound) for bound in found.divergence))
    limits = Estimate(split.kl - least.value, split.kl - least.high, split.kl - least.low)
    yield Diagnostic.estimated("information_limit", "posteriors", limits, flag=_flags(few, _below_0(limits.value)))
    yield Diagnostic.estimated("marginal_kl_least", "aggregate", found.divergence, flag=few)
    marginal = Estimate.of_mean(split.marginal_kl, split.marginal_error)
    yield Diagnostic.estimated(
        "marginal_kl", "aggregate", marginal, flag=_flags(few, _below_0(marginal.value), saturated)
    )
    correlation = Estimate.of_mean(split.total_correlation, split.correlation_error)
    flag = _flags(few, _below_0(correlation.value), saturated)
    yield Diagnostic.estimated("total_correlation", "aggregate", correlation, flag=flag)
    singly = Estimate.of_mean(float(split.dimensionwise.sum()), split.dimensionwise_error)
    yield Diagnostic.estimated("dimensionwise_kl", "aggregate", singly, flag=_flags(few, _below_0(singly.value)))


def _dimensions(mean: np.ndarray, kl: np.ndarray) -> dict[str, Estimate]:
    """How many are active, and which share has collapsed; of a bootstrap over images of means and KLs, [N, D] each."""
    count = len(mean)
    weights = stream(0).multinomial(count, np.full(count, 1 / count), RESAMPLES) / count  # [B, N]
    centred = mean.astype(np.float64) - mean.mean(axis=0, dtype=np.float64)
    variance = weights @ centred**2 - (weights @ centred) ** 2  # [B, D]
    below = weights @ (kl < EPSILON).astype(np.float64)  # [B, D]
    found = {
        "active_units": (active_units(mean).sum(), (variance > ACTIVE_VARIANCE).sum(axis=1)),
        "collapsed": (collapsed_share(kl, np.array([EPSILON]))[0], (below >= 1 - DELTA - 1e-12).mean(axis=1)),
    }
    return {key: Estimate(float(value), *np.quantile(again, (0.05, 0.95))) for key, (value, again) in found.items()}


def _flags(*flags: str) -> str:
    return "; ".join(filter(None, flags))


def _below_0(value: float) -> str:
    return "below 0 by the noise of the draws: the truth is not" if value < 0 else ""


@dataclass(frozen=True)
class Prior:
    """A distribution that z is compared with, and samples of which are decoded.

    Attributes:
        of: its name in the report; empty for the model's own prior.
        pool: draws from it, [M, A]; None for N(0, I).
        dimensions: A.
        forward, back: from latent points [M, D] to those coordinates, and back.
    """

    of: str
    pool: np.ndarray | None
    dimensions: int
    forward: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draws, [count, A]; fewer where the pool is smaller."""
        if self.pool is None:
            return rng.standard_normal((count, self.dimensions))
        return np.asarray(self.pool[rng.choice(len(self.pool), min(count, len(self.pool)), replace=False)])

    def seen_from(self, world: World) -> World:
        """Points in those coordinates; posteriors only of the model's own prior."""
        if not self.of:
            return world
        z = self.forward(world.z)
        return World(z.astype(np.float32), None, z)


def priors(world: World, prior_samples: np.ndarray | None, seed: int) -> Iterator[Prior]:
    """The model's own prior; and where codes are points, two that were fitted to them as well."""
    yield Prior("", prior_samples, world.z.shape[1], np.asarray, np.asarray)
    if world.logvar is None and prior_samples is None:
        white = whiten(world.z)

        def back(points: np.ndarray) -> np.ndarray:
            return np.asarray(white.centre + points @ white.back, np.float32)

        yield Prior("fitted Gaussian", None, white.kept, white.apply, back)
        pool = draw_codes("mixture", white.apply(world.z).astype(np.float32), MIXTURE_POOL, seed=seed)
        yield Prior("10-component mixture", pool, white.kept, white.apply, back)


def classified(found: HeldOut, of: str, count: int) -> Iterator[Diagnostic]:
    """What the held-out classifier says, a value and an interval each."""
    few = _few(count)
    instrument = f"by {found.instrument} of {found.trained:,} images' codes"
    if found.halved:
        instrument += ", either half tested by the other: a part of what training images would show is lost"
    yield Diagnostic.estimated("classifier", "aggregate", found.accuracy, of=of, p=found.p, flag=few or instrument)
    yield Diagnostic.estimated("total_variation", "aggregate", found.total_variation, of=of, flag=few)
    if of:
        return
    if found.holes is None:
        flag = "n/a: a point estimate needs two dimensions at most and more than 10,000 training images"
        yield Diagnostic("holes", "aggregate", None, flag=flag)
    else:
        yield Diagnostic.estimated("holes", "aggregate", found.holes, flag="its interval is rather too narrow")
    yield Diagnostic.estimated("hole_bound", "aggregate", found.hole_bound, flag=few)


def of_samples(world: World, prior: Prior, step: Steps, rng: np.random.Generator) -> Iterator[Diagnostic]:
    """Moments, distances and shape of draws of q(z), one an image, beside the same of draws of the prior.

    Model and nulls are measured alike, each null in all diagnostics at once, and judged by the max-T rank.
    """
    step("moments and distances")
    count = len(world.z) if prior.pool is None else min(len(world.z), len(prior.pool) // 2)
    size = min(PAIRWISE, count)

    def measured(z: np.ndarray, against: np.ndarray) -> dict[str, float]:
        spread = moments(z, None)
        found = {} if prior.pool is not None else {"mean": spread.worst_mean, "variance": spread.worst_variance}
        if prior.pool is None and z.shape[1] > 1:
            found["correlation"] = spread.worst_correlation
        distances, shape = kernel_distances(z[:size], against), mardia(z[:size])
        return found | {
            "mmd": distances.mmd,
            "energy": distances.energy,
            "sliced_wasserstein": sliced_wasserstein(z[:size], against, rng),
            "skewness": shape.skewness,
            "kurtosis": shape.kurtosis,
        }

    values = measured(world.z[rng.permutation(len(world.z))[:count]], prior.sample(size, rng))
    nulls = []
    for number in range(NULLS):
        step(f"the prior against itself, {number + 1} of {NULLS}")
        both = prior.sample(count + size, rng)
        nulls.append(measured(both[:-size], both[-size:]))
    drawn = np.array([[null[key] for key in values] for null in nulls])  # [B, K]
    rank = joint_rank(list(values.values()), drawn)
    for key, value, null, p in zip(values, values.values(), drawn.T, rank.p, strict=True):
        yield Diagnostic(key, "aggregate", value, null=tuple(null.tolist()), p=p, flag=_few(len(world.z)))
    for key in {"mean", "variance", "correlation"} - values.keys():
        why = "there is one dimension" if prior.pool is None else "the prior is known by its samples alone"
        yield Diagnostic(key, "aggregate", None, flag=f"n/a: {why}")


def samples(
    world: World,
    priors: list[Prior],
    *,
    decode: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray | None,
    features: Features | None,
    step: Steps,
    rng: np.random.Generator,
) -> Iterator[Diagnostic]:
    """Decoded prior samples against real images, beside reconstructions of other images: means of three splits.

    An interval is the larger of what sampling the images and what the spread of the splits gives.
    """

    def seen(pictures: np.ndarray) -> np.ndarray:
        found = np.asarray(features(pictures) if features else pictures, np.float32).reshape(len(pictures), -1)
        if not np.isfinite(found).all():
            raise UserError("Decoded images, or their features, are not all finite numbers.")
        return found

    flag = "" if features else "compared by pixels, which rewards blur"
    if images is None:
        images, flag = decode(world.z[: 2 * PAIRWISE].astype(np.float32)), "against decoded codes: no images were given"
    real = seen(images)
    size = min(PAIRWISE, len(real) // 2)
    if size < FEWEST // 2:
        raise UserError(f"Judging samples needs at least {FEWEST} images, not {len(real)}.")
    found: dict[str, list[Coverage]] = {}
    sharp: dict[str, list[float]] = {}
    kept: list[tuple[float, float]] = []  # of each split, with its standard error
    for number in range(SEEDS):
        step(f"decoded samples, split {number + 1} of {SEEDS}")
        order = rng.permutation(len(real))
        one, other = order[:size], order[size : 2 * size]
        latent = {prior.of: prior.back(prior.sample(size, rng)) for prior in priors}
        if len(world.z) == len(real):
            latent["reconstructions"] = world.z[other]
        found.setdefault("real images", []).append(coverage(real[one], real[other])[0])
        covered = {}
        for of, z in latent.items():
            pictures = on_one_scale(images, decode(np.asarray(z, np.float32)))
            judged, covered[of] = coverage(real[one], seen(pictures))
            found.setdefault(of, []).append(judged)
            if (pictures.ndim == 3 or pictures.shape[3:] == (3,)) and (energy := laplacian_energy(images[one])) > 0:
                sharp.setdefault(of, []).append(laplacian_energy(pictures) / energy)
        if "reconstructions" in covered:
            kept.append(_ratio(covered[""], covered["reconstructions"]))
    if kept:
        shares, errors = zip(*kept, strict=True)
        error = max(float(np.mean(errors)), float(np.std(shares, ddof=1)))
        yield Diagnostic.estimated("kept", "samples", Estimate.of_mean(float(np.mean(shares)), error), flag=flag)
    for of, splits in found.items():
        for key in Coverage._fields:
            values = np.array([getattr(split, key) for split in splits])
            share = float(values.mean())
            error = 0.0 if key == "density" else math.sqrt(max(0.0, share * (1 - share)) / size)
            spread = Estimate.of_mean(share, max(error, float(values.std(ddof=1))))
            yield Diagnostic.estimated(key, "samples", spread, of=of, flag=flag or _few(len(real)))
    for of, relative in sharp.items():
        spread = Estimate.of_mean(float(np.mean(relative)), float(np.std(relative, ddof=1)))
        yield Diagnostic.estimated("sharpness", "samples", spread, of=of)


def _ratio(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """mean(a) / mean(b) of paired [N], and its standard error (delta method)."""
    below = max(float(b.mean()), 1e-9)
    ratio = float(a.mean()) / below
    return ratio, float((a - ratio * b).std()) / below / math.sqrt(len(a))
