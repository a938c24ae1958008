"""The instruments of `analysis.instruments` on a latent space; and on runs of one recipe, whether distances are stable.

What was measured is stored with its run, and counts as long as the run has the same weights and codes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.instruments.effects import effects
from vaeexplorer.analysis.instruments.epps_pulley import NULLS, sliced_normality
from vaeexplorer.analysis.instruments.geometry import geodesics, stability
from vaeexplorer.analysis.instruments.predictive import PixelCheck, pixel_check
from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.config import ConfigError
from vaeexplorer.documents import Plain
from vaeexplorer.results.seeds import recipe_of
from vaeexplorer.results.stored import JsonDocument
from vaeexplorer.runs.attachments import INSTRUMENTS, STABILITY
from vaeexplorer.runs.folder import Run
from vaeexplorer.runs.images import images_of
from vaeexplorer.spaces.space import Space, open_run
from vaeexplorer.version import __version__

EFFECT_CODES, SAMPLES = 2000, 5000
PAIRS = 100
STEPS = 2 + 1 + NULLS  # effects, pixels, and the clouds of which normality is measured

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class DimensionRow:
    """One dimension of z, from 1.

    Attributes:
        kl: mean over images, nats; None of an AE.
        activity: Var_x(mu_j), above .01 of an active unit (Burda et al. 2016); None of an AE, which has no scale.
        effect, effect_above, effect_below: squared error per image, pixels in [0, 1] (`analysis.instruments.effects`).
    """

    dimension: int
    kl: float | None
    activity: float | None
    effect: float
    effect_above: float
    effect_below: float


@dataclass(frozen=True)
class NormalityRow:
    """Sliced Epps-Pulley of draws of q(z); see `analysis.instruments.epps_pulley`."""

    mean: float
    largest: float
    null_mean: list[float]
    null_largest: list[float]
    p: float
    worst: list[float]
    bins: list[float]
    density: list[float]


@dataclass(frozen=True)
class PixelRow:
    """Generated images against test images, pixel by pixel; see `analysis.instruments.predictive`."""

    of: str
    mean_r2: float
    variance_r2: float
    spread: float


@dataclass(frozen=True)
class InstrumentsDocument(JsonDocument):
    """What `instruments --json` prints: dimensions by falling effect, normality along directions, and pixels.

    Attributes:
        maps: mean and variance of each pixel, of samples of the prior and of test images, [H][W] each, top row first.
    """

    WHAT = "instruments"
    FILE = INSTRUMENTS

    dimensions: list[DimensionRow]
    normality: NormalityRow
    pixels: list[PixelRow]
    maps: dict[str, list[list[float]]]
    about: dict[str, Plain]

    @property
    def effects(self) -> list[float]:
        """Of each dimension on the image, in the network's order, [D]."""
        return [row.effect for row in sorted(self.dimensions, key=lambda row: row.dimension)]


@dataclass(frozen=True)
class StabilityDocument(JsonDocument):
    """What `stability --json` prints; see `analysis.instruments.geometry`.

    Attributes:
        seeds: of training, one a run.
        euclidean, geodesic: median coefficient of variation over pairs.
        ratio, low, high: of the former over the latter, with its 90 % interval.
        pairs: coefficients of variation of each pair, Euclidean and geodesic.
    """

    WHAT = "stability"
    FILE = STABILITY

    seeds: list[int]
    euclidean: float
    geodesic: float
    ratio: float
    low: float
    high: float
    pairs: dict[str, list[float]]
    about: dict[str, Plain]

    @property
    def sentence(self) -> str:
        """Which distance varies less over seeds, as far as the interval allows."""
        if self.low > 1:
            return "Geodesics are the more stable."
        return "Euclidean distances are the more stable." if self.high < 1 else "Neither is surely the more stable."


def measure_run(run: Run, progress: Progress = lambda count, doing: None, *, seed: int = 0) -> InstrumentsDocument:
    """The same of a run.

    Raises:
        RunError, DataError: the test images are others than those of the run, or cannot be had.
    """
    return measure(open_run(run, images_of(run)), progress, seed=seed)


def measure(space: Space, progress: Progress = lambda count, doing: None, *, seed: int = 0) -> InstrumentsDocument:
    """All instruments that one latent space can be put to, in some 20 seconds of one core.

    Args:
        space: of at least two images; correlations within a posterior are left out.
        progress: called with how many more of `STEPS` are done, and what is done next.
        seed: of all draws.
    """
    codes, rng = space.posterior, np.random.default_rng([seed, 0x696E7374])
    z = codes.mean
    if codes.logvar is not None:
        z = (z + np.exp(codes.logvar / 2) * rng.standard_normal(z.shape, dtype=np.float32)).astype(np.float32)
    progress(0, "effect of each dimension")
    found = effects(space.decode, z[:EFFECT_CODES])
    kl = None if codes.logvar is None else kl_per_dimension(codes.mean, codes.logvar).mean(axis=0)
    activity = None if kl is None else codes.mean.var(axis=0, dtype=np.float64)
    rows = [
        DimensionRow(
            int(j) + 1,
            None if kl is None else _short(kl[j]),
            None if activity is None else _short(activity[j]),
            *(_short(part[j]) for part in (found.both, found.above, found.below)),
        )
        for j in found.order
    ]
    progress(1, "normality along 1,024 directions")
    normal = sliced_normality(z, seed=seed, on_cloud=lambda: progress(1, "normality along 1,024 directions"))
    progress(0, "samples against test images")
    real = space.data.images.astype(np.float32) / 255
    # halves by chance: the first 5,000 test images of MNIST are written more neatly than the others
    one, other = np.array_split(rng.permutation(len(real)), 2)
    prior = rng.standard_normal((SAMPLES, z.shape[1]), dtype=np.float32)
    samples = pixel_check(space.decode(prior), real)
    pixels = [
        _pixels("samples of the prior", samples),
        _pixels("reconstructions of other images", pixel_check(space.decode(z[one]), real[other])),
        _pixels("other test images", pixel_check(real[one], real[other])),
    ]
    maps = {
        "mean, samples": samples.mean,
        "mean, test images": samples.real_mean,
        "variance, samples": samples.variance,
        "variance, test images": samples.real_variance,
    }
    progress(1, "done")
    return InstrumentsDocument(
        rows,
        NormalityRow(
            *(_short(normal.mean), _short(normal.largest), _list(normal.null_mean), _list(normal.null_largest)),
            *(_short(normal.p), _list(normal.worst), _list(normal.bins), _list(normal.density)),
        ),
        pixels,
        {name: _rows(each) for name, each in maps.items()},
        {
            **{"run": space.name, "key": space.key, "seed": seed},
            **{"images": space.data.content_hash, "vaeexplorer": __version__},
        },
    )


def check_seeds(runs: Sequence[Run]) -> None:
    """Refuse runs whose distances cannot be compared.

    Raises:
        ConfigError: fewer than two runs, other than two dimensions, different recipes, or a seed that comes twice.
    """
    seeds = [run.config.train.seed for run in runs]
    if len(runs) < 2 or len(set(seeds)) < len(runs):
        raise ConfigError("Stability needs two runs or more, of different seeds: train --seeds makes them.")
    if any(recipe_of(run.config) != recipe_of(runs[0].config) for run in runs):
        raise ConfigError("Stability compares runs that differ in their seed alone.")
    if runs[0].config.model.latent_dim != 2:
        raise ConfigError("Geodesics are found over a plane: the runs must have two latent dimensions.")


def measure_stability(
    runs: Sequence[Run], progress: Progress = lambda count, doing: None, *, pairs: int = PAIRS, seed: int = 0
) -> StabilityDocument:
    """Distances of the same pairs of test images under every run.

    Args:
        runs: of one recipe in two dimensions, of different seeds.
        progress: called with how many more runs are done, and what is done next.
        pairs: how many.
        seed: of the pairs and the bootstrap.

    Raises:
        ConfigError: see `check_seeds`.
        RunError, DataError: the test images are others than those of a run, or cannot be had.
    """
    check_seeds(runs)
    first, second = np.random.default_rng(seed).permutation(len(images_of(runs[0])))[: 2 * pairs].reshape(2, -1)
    euclidean, geodesic = [], []
    for run in runs:
        progress(0, run.name)
        images_of(run)
        codes = run.codes.mean.astype(np.float64)
        euclidean.append(np.linalg.norm(codes[first] - codes[second], axis=1))
        geodesic.append(geodesics(run.model.decode, codes, first, second))
        progress(1, run.name)
    found = stability(np.array(euclidean), np.array(geodesic), seed=seed)
    return StabilityDocument(
        [run.config.train.seed for run in runs],
        *(_short(np.median(found.euclidean)), _short(np.median(found.geodesic))),
        *(_short(found.ratio), _short(found.low), _short(found.high)),
        {"euclidean": _list(found.euclidean), "geodesic": _list(found.geodesic)},
        {
            "runs": ", ".join(run.name for run in runs),
            "keys": ", ".join(run.key for run in runs),
            **{"pairs": pairs, "seed": seed, "vaeexplorer": __version__},
        },
    )


def _pixels(of: str, check: PixelCheck) -> PixelRow:
    return PixelRow(of, _short(check.mean_r2), _short(check.variance_r2), _short(check.spread))


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _rows(image: np.ndarray) -> list[list[float]]:
    """Of a map of pixels, colours averaged, three digits: enough for a picture."""
    grey = image if image.ndim == 2 else image.mean(axis=2)
    return [[float(f"{value:.3g}") for value in row] for row in grey]


def _list(values: np.ndarray) -> list[float]:
    return [_short(value) for value in values]
