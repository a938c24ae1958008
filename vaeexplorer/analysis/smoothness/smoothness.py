"""Latent smoothness of two models on the same images and pairs: six measures, and how sure their differences are.

A latent space is given at best up to a change of its coordinates, so nothing here depends on the axes or the scale that
a model uses: curves are measured where the decoder draws them, and what is metric is measured in whitened coordinates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from vaeexplorer.analysis.smoothness import bootstrap, magnification, neighbourhoods, paths
from vaeexplorer.analysis.smoothness.bootstrap import Estimate
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.whitening import Whitening, whiten

PAIRS = 500
NEIGHBOURHOOD_IMAGES = 2000
MAGNIFICATION_IMAGES = 1000
_PAIRS_AT_ONCE = 50
_INSIDE = slice(4, -1, 4)  # of 33 frames the seven that are held to training images, classifier and encoder

Group = Literal["all", "within", "between"]
Array = np.ndarray


@dataclass(frozen=True)
class Measure:
    """A row of the table.

    Attributes:
        number: of the six, from 1; 0 for the reconstruction error that stands beside them.
        better: the value of a perfect model where there is one, in words.
        per_pair: whether pairs of images are observed, and not single images.
        smoother: -1 where less means smoother, 1 where more does.
        grows: whether it grows with the dimensions that carry something, so that models of as many alone compare.
    """

    key: str
    number: int
    title: str
    unit: str
    better: str
    per_pair: bool
    smoother: int
    statistic: Literal["mean", "median", "spread"]
    grows: bool = False


MEASURES = (
    Measure("detour_pixels", 1, "Detour ratio, pixels", "", "1", True, -1, "median"),
    Measure("detour_features", 1, "Detour ratio, features", "", "1", True, -1, "median"),
    Measure("unevenness_pixels", 2, "Unevenness, pixels", "", "1", True, -1, "median"),
    Measure("unevenness_features", 2, "Unevenness, features", "", "1", True, -1, "median"),
    Measure("curvature_pixels", 3, "Curvature, pixels", "degrees a step", "0", True, -1, "median"),
    Measure("curvature_features", 3, "Curvature, features", "degrees a step", "0", True, -1, "median"),
    Measure("realism", 4, "Distance to training images", "of the ends'", "1", True, -1, "median"),
    Measure("entropy", 4, "Class entropy", "nats", "0", True, -1, "mean"),
    Measure("cycle", 4, "Cycle error", "whitened units", "0", True, -1, "median", grows=True),
    Measure("magnification", 5, "Magnification spread", "log volume", "0", False, -1, "spread", grows=True),
    Measure("anisotropy", 5, "Anisotropy", "", "1", False, -1, "median", grows=True),
    Measure("trustworthiness", 6, "Trustworthiness", "", "1", False, 1, "mean"),
    Measure("continuity", 6, "Continuity", "", "1", False, 1, "mean"),
    Measure("agreement", 6, "Same-class neighbours", "share of 10", "1", False, 1, "mean"),
    Measure("error", 0, "Squared error of x' from the mean", "|x - d(μ)|²", "0", False, -1, "mean"),
)


@dataclass(frozen=True)
class Material:
    """What both models are measured on.

    Attributes:
        images: uint8 [N, H, W] or [N, H, W, 3].
        labels: [N].
        nearest: the training images.
        features, probabilities: of a classifier, from images to [N, F] and [N, C]; None where there is none.
    """

    images: Array
    labels: Array
    nearest: NearestImages
    features: Callable[[Array], Array] | None = None
    probabilities: Callable[[Array], Array] | None = None
    pair_count: int = PAIRS
    seed: int = 0

    @cached_property
    def pairs(self) -> paths.Pairs:
        """The same for every model."""
        return paths.sample_pairs(self.labels, self.pair_count, seed=self.seed)

    @cached_property
    def image_ranks(self) -> Array:
        """Neighbours by pixels among the first 2,000 images."""
        pixels = self.images[:NEIGHBOURHOOD_IMAGES].reshape(-1, self.images[0].size) / 255
        return neighbourhoods.ranks(neighbourhoods.distances(pixels))


@dataclass(frozen=True)
class Subject:
    """A model as functions on arrays.

    Attributes:
        encode: images [N, ...] to the means of q(z|x), [N, D].
        decode: [N, D] to images [N, ...].
        codes: of the material's images, [N, D].
        noise: the mean covariance of q(z|x), its diagonal [D] or the whole of it [D, D]; None of an AE.
        jacobian: of the decoder, [N, D] to [N, F, D], F numbers an image; None where it is to be found by differences.
    """

    name: str
    encode: Callable[[Array], Array]
    decode: Callable[[Array], Array]
    codes: Array
    noise: Array | None = None
    jacobian: Callable[[Array], Array] | None = None

    @cached_property
    def whitening(self) -> Whitening:
        """Of the aggregate posterior."""
        return whiten(self.codes, self.noise)


@dataclass(frozen=True)
class Row:
    """A measure of two models, over pairs of one group or over images; without estimates where it has no meaning.

    Attributes:
        a, b: each model's figure with its own 95% interval.
        difference: the first model's figure less the second's; the intervals of all rows hold together at 95%. None
            where the figures do not compare: see `Measure.grows`.
        ratio: the first model's figure over the second's, as sure; None where one of them may be 0.
        count: observations that both figures rest on.
    """

    key: str
    group: Group
    a: Estimate | None
    b: Estimate | None
    difference: Estimate | None
    ratio: Estimate | None
    count: int

    @property
    def decided(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        return self.difference is not None and (self.difference.low > 0 or self.difference.high < 0)

    @property
    def note(self) -> Literal["", "undecided", "not comparable: D differs", "n/a"]:
        """What a table says beside the figures."""
        if self.difference is not None:
            return "" if self.decided else "undecided"
        return "n/a" if self.a is None else "not comparable: D differs"


def measure(
    subject: Subject, material: Material, progress: Callable[[float], None] = lambda share: None
) -> dict[str, Array]:
    """Every measure's observations of one model.

    Args:
        subject: the model.
        material: what it is measured on.
        progress: told the share that is done, from 0 to 1.

    Returns:
        By key of `MEASURES`, [P] of the pairs or [N] of the images. NaN where a pair or an
        image has none: equal ends, a decoder that does not change, codes that are all the same.
    """
    count = len(material.pairs.first)
    parts = []
    for start in range(0, count, _PAIRS_AT_ONCE):
        parts.append(_on_paths(subject, material, slice(start, start + _PAIRS_AT_ONCE)))
        progress(0.8 * min(1.0, (start + _PAIRS_AT_ONCE) / count))
    observed = {key: np.concatenate([part[key] for part in parts]) for key in (parts[0] if parts else {})}
    observed |= _stretching(subject, material)
    progress(0.9)
    observed |= _fidelity(subject, material)
    progress(1.0)
    return observed


def rows(
    a: dict[str, Array], b: dict[str, Array], pairs: paths.Pairs, dims: tuple[int, int]
) -> tuple[list[Row], float]:
    """The table, from the observations of two models.

    Args:
        a, b: what `measure` found.
        pairs: those of the material.
        dims: how many dimensions of each model carry something.

    Returns:
        The rows, and the confidence of each single difference at which all together hold at 95%.
    """
    everyone = np.ones(len(pairs.within), bool)
    groups: dict[Group, Array] = {"all": everyone, "within": pairs.within, "between": ~pairs.within}
    found: list[tuple[Measure, Group, int, bootstrap.Resampled | None]] = []
    for wanted in MEASURES:
        statistic = {"mean": bootstrap.mean, "median": bootstrap.median, "spread": bootstrap.spread}[wanted.statistic]
        for group, members in groups.items():
            first, second = a[wanted.key], b[wanted.key]
            if wanted.per_pair:
                first, second = first[members], second[members]
            elif group != "all":
                continue
            count = int((np.isfinite(first) & np.isfinite(second)).sum())
            found.append((wanted, group, count, bootstrap.resampled(statistic, first, second)))
    alike = dims[0] == dims[1]
    compared = [each for wanted, _, _, each in found if each and (alike or not wanted.grows)]
    confidence = bootstrap.simultaneous_confidence(compared)
    table = []
    for wanted, group, count, each in found:
        if each is None:
            table.append(Row(wanted.key, group, None, None, None, None, count))
        elif wanted.grows and not alike:
            table.append(Row(wanted.key, group, *each.estimates, None, None, count))
        else:
            between = each.difference(confidence), each.ratio(confidence)
            table.append(Row(wanted.key, group, *each.estimates, *between, count))
    return table, confidence


def _on_paths(subject: Subject, material: Material, some: slice) -> dict[str, Array]:
    ends = subject.codes[material.pairs.first[some]], subject.codes[material.pairs.second[some]]
    z = paths.straight(*ends)  # [P, 33, D]
    frames = subject.decode(z.reshape(-1, z.shape[2]))  # [P * 33, H, W] or [..., 3]
    curves = frames.reshape(*z.shape[:2], -1)  # [P, 33, F]
    inside = curves[:, _INSIDE].reshape(-1, *frames.shape[1:])  # [P * 7, H, W] or [..., 3]
    nothing = np.full(len(z), np.nan)

    def a_pair(values: Array) -> Array:
        return values.reshape(len(z), -1)

    far = np.median(a_pair(material.nearest.distance(inside)), axis=1)
    at_ends = a_pair(material.nearest.distance(curves[:, [0, -1]].reshape(-1, *frames.shape[1:]))).mean(axis=1)
    observed = {
        "realism": np.divide(far, at_ends, out=nothing.copy(), where=at_ends > 1e-6),
        "entropy": nothing,
        "cycle": nothing,
    }
    if material.probabilities:
        p = np.clip(material.probabilities(inside), 1e-12, 1)
        observed["entropy"] = a_pair(-(p * np.log(p)).sum(axis=1)).mean(axis=1)
    if subject.whitening.kept:
        away = subject.encode(inside) - z[:, _INSIDE].reshape(-1, z.shape[2])
        observed["cycle"] = a_pair(np.linalg.norm(away @ subject.whitening.forward, axis=1)).mean(axis=1)
    drawn = material.features(frames).reshape(*z.shape[:2], -1) if material.features else None  # [P, 33, F]
    for space, curve in (("pixels", curves), ("features", drawn)):
        observed[f"detour_{space}"] = nothing if curve is None else paths.detour_ratio(curve)
        observed[f"unevenness_{space}"] = nothing if curve is None else paths.speed_unevenness(curve)
        observed[f"curvature_{space}"] = nothing if curve is None else paths.curvature(curve)
    moved = (ends[0] != ends[1]).any(axis=1)  # equal codes have no way between them
    return {key: np.where(moved, values, np.nan) for key, values in observed.items()}


def _stretching(subject: Subject, material: Material) -> dict[str, Array]:
    z = subject.codes[: min(MAGNIFICATION_IMAGES, len(material.images))]
    if not subject.whitening.kept:
        return dict.fromkeys(("magnification", "anisotropy"), np.full(len(z), np.nan))
    metrics = whitened_metrics(subject, z)
    return {
        "magnification": magnification.log_magnification(metrics),
        "anisotropy": magnification.anisotropy(metrics),
    }


def whitened_metrics(subject: Subject, z: Array) -> Array:
    """G = J^T J in whitened coordinates at [N, D] points: [N, A, A]."""
    parts = []
    at_once = 200 if subject.jacobian else max(1, 200 * 784 // subject.decode(z[:1]).size)
    for start in range(0, len(z), at_once):
        some = z[start : start + at_once]
        if subject.jacobian:
            jacobian = subject.jacobian(some)
            whitened = jacobian @ subject.whitening.back.T.astype(jacobian.dtype)
        else:
            whitened = magnification.central_differences(subject.decode, some, subject.whitening.back)
        parts.append(magnification.metric(whitened))  # [n, A, A]
    return np.concatenate(parts)


def _fidelity(subject: Subject, material: Material) -> dict[str, Array]:
    count = min(NEIGHBOURHOOD_IMAGES, len(material.images))
    decoded = subject.decode(subject.codes[:count])
    away = (decoded.astype(np.float64) - material.images[:count] / 255).reshape(count, -1)
    error = {"error": (away**2).sum(axis=1)}
    if not subject.whitening.kept:
        return error | dict.fromkeys(("trustworthiness", "continuity", "agreement"), np.full(count, np.nan))
    of_codes = neighbourhoods.ranks(neighbourhoods.distances(subject.whitening.apply(subject.codes[:count])))
    return error | {
        "trustworthiness": neighbourhoods.trustworthiness(material.image_ranks, of_codes),
        "continuity": neighbourhoods.trustworthiness(of_codes, material.image_ranks),
        "agreement": neighbourhoods.label_agreement(of_codes, material.labels[:count]),
    }
