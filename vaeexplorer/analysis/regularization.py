"""Is the latent space regularized? Every diagnostic of a model beside the same of perfect models of its size.

Three questions, never one number: is each posterior informative, does the aggregate posterior match the prior, and do
samples from the prior decode well? A collapsed model passes the second and fails the others.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from vaeexplorer.analysis.aggregate import density_grid, elbo_surgery, hole_mass
from vaeexplorer.analysis.coverage import coverage
from vaeexplorer.analysis.density_ratio import fit_density_ratio
from vaeexplorer.analysis.diagnostics import Diagnostic, Question, rounded
from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.analysis.null import World, draw, perfect_model
from vaeexplorer.analysis.posterior import active_units, collapsed_share, moments
from vaeexplorer.analysis.two_sample import kernel_distances, mardia, sliced_wasserstein, whitened
from vaeexplorer.analysis.verdicts import Verdict, verdicts

SCHEMA = 1
DRAWS = 20  # perfect models
PERMUTATIONS = 200
PAIRWISE = 2000  # points of each kind where all pairs are looked at
CLASSIFIED = 4000  # points of each kind for the classifier
NULL_POINTS = 1000  # at which a perfect model's log q(z) is taken; all N posteriors enter it
COLLAPSE_EPSILON = np.geomspace(1e-3, 10, 41)
FEWEST, FEW, WIDEST = 100, 1000, 256

Sampler = Callable[[int, np.random.Generator], np.ndarray]
Features = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[float, str], None]


class CodesLike(Protocol):
    """q(z|x) of N images, as `LatentModel.encode` gives it."""

    @property
    def mean(self) -> np.ndarray: ...  # noqa: D102
    @property
    def logvar(self) -> np.ndarray | None: ...  # noqa: D102


@dataclass(frozen=True)
class Report:
    """What was found. `to_json()` is the document that `python -m vaeexplorer report --json` prints.

    Attributes:
        count, dimensions: N and D.
        kl: nats per image; None where codes are points.
        per_dimension: `kl`, `mean`, `variance` of each dimension, and whether it is `active`.
        spectrum: eigenvalues of the covariance of q(z), largest first; of the prior, all 1.
        collapse: the (eps, 0.01)-collapse curve, [eps, share].
    """

    count: int
    dimensions: int
    kl: float | None
    seed: int
    diagnostics: list[Diagnostic]
    verdicts: list[Verdict]
    per_dimension: dict[str, list[Any]] = field(default_factory=dict)
    spectrum: list[float] = field(default_factory=list)
    collapse: list[list[float]] = field(default_factory=list)

    def find(self, key: str, of: str = "") -> Diagnostic:
        """One diagnostic."""
        return next(found for found in self.diagnostics if (found.key, found.of) == (key, of))

    def to_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        return {
            "schema": SCHEMA,
            "kind": "ae" if self.kl is None else "vae",
            "codes": self.count,
            "dimensions": self.dimensions,
            "kl": rounded(self.kl),
            "ln_n": rounded(math.log(self.count)),
            "null_draws": DRAWS,
            "seed": self.seed,
            "verdicts": [vars(verdict) for verdict in self.verdicts],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            "per_dimension": self.per_dimension,
            "spectrum": self.spectrum,
            "collapse": self.collapse,
        }


def report(
    codes: "CodesLike | np.ndarray",
    *,
    prior_samples: np.ndarray | None = None,
    decode: Callable[[np.ndarray], np.ndarray] | None = None,
    images: np.ndarray | None = None,
    features: Features | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Report:
    """A report card of a latent space, from arrays: every diagnostic with its value, its null, and a verdict.

    Args:
        codes: q(z|x) of N images as an object with `mean` and `logvar` = ln sigma^2, [N, D] each (`model.encode`
            gives one), or an array of points [N, D] where there is no posterior.
        prior_samples: draws from the prior, [M, D], where it is not N(0, I); what needs its density is then n/a.
        decode: latent points [M, D] to images [M, ...]. Without it the third question stays open.
        images: real images [L, ...] like those that `decode` gives; without them, decoded codes stand in.
        features: images to [M, F], the space in which images are compared; by default their pixels.
        seed: of all that is drawn here.
        on_progress: called with the share done, 0 to 1, and what is done next. What it raises ends the work.

    Raises:
        ValueError: fewer than 100 codes, more than 256 dimensions, numbers that are not finite, a dimension that never
            varies, or arrays that do not fit together.
    """
    mean, logvar = _checked(codes)
    if prior_samples is not None:
        prior_samples = _matrix(prior_samples, "Prior samples")
        if prior_samples.shape[1] != mean.shape[1] or len(prior_samples) < 2 * FEWEST:
            raise ValueError(f"Prior samples must be [M, {mean.shape[1]}] with M at least {2 * FEWEST}.")
    rng = np.random.default_rng(seed)
    world = draw(mean, logvar, rng)
    step = _Steps(on_progress, variational=logvar is not None, decoded=decode is not None)
    diagnostics = [*_posteriors(world)]
    priors = _priors(world, prior_samples, seed)
    known_prior = prior_samples is None
    diagnostics += _aggregate(world, step, rng, known_prior=known_prior)
    nulls: dict[int, list[dict[str, float]]] = {}
    for of, (points, sample) in priors.items():
        found = _two_samples(points, sample, of, nulls, step=step, rng=rng)
        if known_prior and logvar is not None and mean.shape[1] == 2:
            found = [diagnostic for diagnostic in found if diagnostic.key != "holes"]
        diagnostics += found
    diagnostics += _samples(world, priors, decode=decode, images=images, features=features, step=step, rng=rng)
    spread = moments(mean, logvar)
    per_dimension: dict[str, list[Any]] = {
        "mean": [rounded(value) for value in spread.mean],
        "variance": [rounded(value) for value in np.diag(spread.covariance)],
    }
    collapse: list[list[float]] = []
    kl = None
    if logvar is not None:
        each = kl_per_dimension(mean, logvar)  # [N, D]
        kl = float(each.sum(axis=1, dtype=np.float64).mean())
        per_dimension["kl"] = [rounded(value) for value in each.mean(axis=0)]
        per_dimension["active"] = active_units(mean).tolist()
        collapse = np.column_stack([COLLAPSE_EPSILON.round(5), collapsed_share(each, COLLAPSE_EPSILON)]).tolist()
    spectrum = [float(f"{value:.5g}") for value in np.linalg.eigvalsh(spread.covariance)[::-1]]
    said = verdicts(diagnostics, count=len(mean), dimensions=mean.shape[1], kl=kl)
    return Report(len(mean), mean.shape[1], kl, seed, diagnostics, said, per_dimension, spectrum, collapse)


def _posteriors(world: World) -> Iterator[Diagnostic]:
    """Question one. Mutual information comes with the aggregate, which it is split from."""
    if world.logvar is None:
        for key in ("kl", "active_units", "collapsed"):
            yield Diagnostic(key, "posteriors", None, flag="n/a: codes are points, there is no posterior")
        return
    each = kl_per_dimension(world.mean, world.logvar)
    yield Diagnostic("kl", "posteriors", float(each.sum(axis=1, dtype=np.float64).mean()))
    yield Diagnostic("active_units", "posteriors", float(active_units(world.mean).sum()))
    yield Diagnostic("collapsed", "posteriors", float(collapsed_share(each, np.array([0.01]))[0]))


def _aggregate(world: World, step: "_Steps", rng: np.random.Generator, *, known_prior: bool) -> Iterator[Diagnostic]:
    """ELBO surgery, moments, and in two dimensions the exact mass of the prior's holes."""
    count, dimensions = world.mean.shape
    surgery = ("mutual_information", "marginal_kl", "total_correlation", "dimensionwise_kl")
    if not known_prior:
        for key in (*surgery, "mean", "variance", "correlation"):
            yield Diagnostic(key, _question(key), None, flag="n/a: the prior is known by its samples alone")
        return
    step("the aggregate posterior")
    kl = None
    if world.logvar is not None:
        kl = float(kl_per_dimension(world.mean, world.logvar).sum(axis=1, dtype=np.float64).mean())
    values = _of_the_whole(world, None)
    nulls = []
    for number in range(DRAWS):
        step(f"perfect model {number + 1} of {DRAWS}")
        nulls.append(_of_the_whole(perfect_model(count, dimensions, kl, rng), NULL_POINTS))
    if kl is None:
        for key in surgery:
            yield Diagnostic(key, _question(key), None, flag="n/a: codes are points, q(z) has no density")
    for key, value in values.items():
        flag = ""
        if kl is not None and key in surgery[:3] and kl > math.log(count) - 2:
            flag = f"saturated at ln N = {math.log(count):.2f}"
        elif key == "correlation" and count < 10 * dimensions:
            flag = "n too small: fewer than ten codes a dimension"
        yield Diagnostic(key, _question(key), value, tuple(null[key] for null in nulls), flag=flag or _few(count))


def _of_the_whole(world: World, points: int | None) -> dict[str, float]:
    """What is measured on all N posteriors, of a model or of its null."""
    found = {}
    if world.logvar is not None:
        split = elbo_surgery(world.mean, world.logvar, world.z, points=points)
        found = {
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


def _priors(world: World, prior_samples: np.ndarray | None, seed: int) -> dict[str, tuple[np.ndarray, Sampler]]:
    """The priors that z is held against: the model's own, and for points two that were fitted to them as well."""
    if prior_samples is not None:
        given = prior_samples

        def pick(count: int, rng: np.random.Generator) -> np.ndarray:
            return given[rng.choice(len(given), min(count, len(given)), replace=False)]

        return {"": (world.z, pick)}
    dimensions = world.z.shape[1]

    def normal(count: int, rng: np.random.Generator) -> np.ndarray:
        return rng.standard_normal((count, dimensions), dtype=np.float32)

    priors: dict[str, tuple[np.ndarray, Sampler]] = {"": (world.z, normal)}
    if world.logvar is None:
        priors["fitted Gaussian"] = (whitened(world.z), normal)
        priors["10-component mixture"] = (whitened(world.z), _mixture(whitened(world.z), seed))
    return priors


def _mixture(z: np.ndarray, seed: int) -> Sampler:
    from sklearn.mixture import GaussianMixture

    fitted = GaussianMixture(10, random_state=seed, reg_covar=1e-4).fit(z)

    def sample(count: int, rng: np.random.Generator) -> np.ndarray:
        component = rng.choice(len(fitted.weights_), count, p=fitted.weights_ / fitted.weights_.sum())
        roots = np.linalg.cholesky(fitted.covariances_)  # [10, D, D]
        noise = rng.standard_normal((count, z.shape[1]))
        points = fitted.means_[component] + np.einsum("nij,nj->ni", roots[component], noise)
        return np.asarray(points, np.float32)

    return sample


def _two_samples(
    z: np.ndarray,
    sample: Sampler,
    of: str,
    nulls: dict[int, list[dict[str, float]]],
    *,
    step: "_Steps",
    rng: np.random.Generator,
) -> Iterator[Diagnostic]:
    """Draws of q(z) against draws of a prior; the null is two sets of the prior's own draws."""
    step("two-sample tests")
    size = min(len(z), CLASSIFIED, len(sample(2 * CLASSIFIED, rng)) // 2)
    chosen = z[rng.choice(len(z), size, replace=False)]
    values, p_values = _compare(chosen, sample(size, rng), rng, PERMUTATIONS)
    if id(sample) not in nulls:
        nulls[id(sample)] = []
        for number in range(DRAWS):
            step(f"the prior against itself, {number + 1} of {DRAWS}")
            both = sample(2 * size, rng)
            nulls[id(sample)].append(_compare(both[:size], both[size:], rng, 0)[0])
    for key, value in values.items():
        null = tuple(drawn[key] for drawn in nulls[id(sample)])
        yield Diagnostic(key, "aggregate", value, null, of, p_values.get(key), _few(len(z)))


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


def _samples(
    world: World,
    priors: dict[str, tuple[np.ndarray, Sampler]],
    *,
    decode: Callable[[np.ndarray], np.ndarray] | None,
    images: np.ndarray | None,
    features: Features | None,
    step: "_Steps",
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
    generated = {of: sample(size, rng) for of, (_, sample) in priors.items()}
    for of, (points, _) in priors.items():
        if points is not world.z:  # samples of a prior for whitened codes go back the way the codes came
            generated[of] = _unwhiten(world.z, generated[of])
    if len(world.z) >= len(real):  # draws for other images than those they are held against
        generated["reconstructions"] = world.z[order[size : 2 * size]]
    for of, z in generated.items():
        found = coverage(held, seen(decode(np.asarray(z, np.float32))))
        for key in keys:
            null = tuple(float(getattr(draws, key)) for draws in nulls)
            yield Diagnostic(key, "samples", float(getattr(found, key)), null, of, flag=flag or _few(len(real)))


def _unwhiten(z: np.ndarray, white: np.ndarray) -> np.ndarray:
    centre = z.mean(axis=0, dtype=np.float64)
    eigenvalues, axes = np.linalg.eigh(np.atleast_2d(np.cov(z.astype(np.float64), rowvar=False, bias=True)))
    points: np.ndarray = white @ (axes * np.sqrt(eigenvalues)) @ axes.T + centre
    return points.astype(np.float32)


class _Steps:
    """Counts what is done towards the whole."""

    def __init__(self, listener: Progress | None, *, variational: bool, decoded: bool) -> None:
        self.listener, self.done = listener, 0
        self.total = (DRAWS + 1) * (1 + (1 if variational else 2) + decoded) + (0 if variational else 1)

    def __call__(self, what: str) -> None:
        if self.listener:
            self.listener(min(1.0, self.done / self.total), what)
        self.done += 1


def _question(key: str) -> Question:
    return "posteriors" if key == "mutual_information" else "aggregate"


def _few(count: int) -> str:
    return f"n too small: {count:,} codes, fewer than {FEW:,}" if count < FEW else ""


def _checked(codes: "CodesLike | np.ndarray") -> tuple[np.ndarray, np.ndarray | None]:
    """mean and logvar, float32 [N, D]."""
    posterior = hasattr(codes, "logvar")
    mean = _matrix(codes.mean if posterior else codes, "Codes")  # type: ignore[union-attr]
    logvar = codes.logvar if posterior else None  # type: ignore[union-attr]
    if len(mean) < FEWEST:
        raise ValueError(f"A report needs at least {FEWEST} codes, not {len(mean)}.")
    if not 1 <= mean.shape[1] <= WIDEST:
        raise ValueError(f"A report takes codes of 1 to {WIDEST} dimensions, not {mean.shape[1]}.")
    if logvar is not None:
        logvar = _matrix(logvar, "Log variances")
        if logvar.shape != mean.shape:
            raise ValueError(f"Log variances must be {list(mean.shape)} as the means are, not {list(logvar.shape)}.")
        if np.abs(logvar).max() > 60:
            raise ValueError("Log variances must lie between -60 and 60: are these ln sigma^2?")
    still = np.flatnonzero(mean.std(axis=0, dtype=np.float64) < 1e-9 * (1 + np.abs(mean).max(axis=0)))
    if logvar is None and len(still):
        which = ", ".join(str(j + 1) for j in still[:5])
        raise ValueError(f"Codes never vary in dimension {which}: leave such dimensions out.")
    return mean, logvar


def _matrix(array: object, what: str) -> np.ndarray:
    matrix = np.asarray(array, np.float32)
    if matrix.ndim != 2:
        raise ValueError(f"{what} must be [N, D], not of shape {list(matrix.shape)}.")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{what} are not all finite numbers.")
    return matrix
