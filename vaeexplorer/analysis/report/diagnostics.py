"""What a report is made of: numbers with their intervals, and beside some what a perfect model would show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

Question = Literal["posteriors", "aggregate", "samples", "encoder"]
ONE_SIDED = 1.645  # standard errors to either end of an interval
LEVEL = 0.05  # family-wise: the share of perfect models of which any diagnostic counts as outside


class Estimate(NamedTuple):
    """A value between two limits, each of which the truth passes in 5 % of reports."""

    value: float
    low: float
    high: float

    @classmethod
    def of_mean(cls, value: float, error: float) -> "Estimate":
        """From a standard error."""
        return cls(value, value - ONE_SIDED * error, value + ONE_SIDED * error)


@dataclass(frozen=True)
class Diagnostic:
    """One number about a latent space.

    Attributes:
        key: which diagnostic; `DEFINITIONS` says what it is.
        of: what it was measured on, where that is not the model as it is: "fitted Gaussian", "reconstructions".
        value: None where it has no meaning, or was not measured; `flag` says why.
        low, high: 90 % interval, each end a one-sided 95 % limit; None where the null serves instead.
        null: its values on perfect models of the same size, drawn jointly with those of the other diagnostics.
        p: of the classifier exact; of a diagnostic with a null, adjusted for all of them by the max-T rank.
        flag: what to know before the value is believed; empty where there is nothing.
    """

    key: str
    question: Question
    value: float | None
    low: float | None = None
    high: float | None = None
    null: tuple[float, ...] = ()
    of: str = ""
    p: float | None = None
    flag: str = ""

    @classmethod
    def estimated(
        cls, key: str, question: Question, estimate: Estimate, *, of: str = "", p: float | None = None, flag: str = ""
    ) -> "Diagnostic":
        """One with an interval."""
        value, low, high = map(float, estimate)
        return cls(key, question, value, low, high, of=of, p=p, flag=flag)

    @property
    def null_mean(self) -> float | None:
        """Of the perfect models."""
        return float(np.mean(self.null)) if self.null else None

    @property
    def effect(self) -> float | None:
        """(value - mean of the null) / standard deviation of the null; None where the null does not vary."""
        if self.value is None or len(self.null) < 2:
            return None
        spread = float(np.std(self.null, ddof=1))
        return (self.value - float(np.mean(self.null))) / spread if spread > 0 else None

    @property
    def outside(self) -> bool | None:
        """Whether a perfect model of this size would hardly show this value; None where that cannot be said."""
        return None if self.p is None else self.p <= LEVEL

    def in_short(self) -> "Diagnostic":
        """The same with numbers of five digits: what is computed of them then is the same after a document was read."""
        null = tuple(float(f"{value:.5g}") for value in self.null)
        value, low, high, p = map(rounded, (self.value, self.low, self.high, self.p))
        return replace(self, value=value, low=low, high=high, null=null, p=p)

    def to_json(self) -> dict[str, Any]:
        """Plain values, the derived ones too."""
        fields = asdict(self) | {
            "null": list(self.null),
            "null_mean": rounded(self.null_mean),
            "effect": rounded(self.effect),
            "outside": self.outside,
        }
        return fields | {"unit": DEFINITIONS[self.key].unit, "name": DEFINITIONS[self.key].name}


class Joint(NamedTuple):
    """What `joint_rank` finds."""

    p: list[float]
    """adjusted, of each diagnostic"""
    band: float
    """null standard deviations within which no diagnostic counts as outside"""


def joint_rank(values: Sequence[float], nulls: np.ndarray) -> Joint:
    """Westfall & Young's (1993) single-step max-T over joint nulls: exact, however the statistics correlate.

    The model and its B nulls are treated alike: each statistic is standardized over all B + 1, and the largest absolute
    one of each joins the ranking. p_k is the share of the B + 1 whose largest is at least the model's k-th.

    Args:
        values: of the model, [K].
        nulls: of perfect models, each measured in all diagnostics, [B, K]; 19 are the fewest for p = .05.
    """
    both = np.vstack([np.asarray(values)[None], nulls])  # [B + 1, K]
    spread = both.std(axis=0, ddof=1)
    standardized = np.abs(both - both.mean(axis=0)) / np.where(spread > 0, spread, 1)
    largest = standardized.max(axis=1)
    count = len(nulls)
    p = [float((1 + (largest[1:] >= own).sum()) / (count + 1)) for own in standardized[0]]
    # The standardized value of the model grows with its distance from the null's mean, in null standard deviations e:
    # T = e B/(B+1) / sqrt((B-1)/B + e^2/(B+1)). Solved for e at the rank where p passes the level.
    at = float(np.sort(largest[1:])[::-1][max(0, int(LEVEL * (count + 1)) - 1)])
    below = (count / (count + 1)) ** 2 - at**2 / (count + 1)
    band = at * np.sqrt((count - 1) / count / below) if below > 0 else np.inf
    return Joint(p, float(band))


def joint_band(diagnostics: Sequence[Diagnostic]) -> float:
    """The band of `joint_rank`, of diagnostics with nulls."""
    nulls = np.array([each.null for each in diagnostics]).T  # [B, K]
    return joint_rank([each.value or 0.0 for each in diagnostics], nulls).band


@dataclass(frozen=True)
class Definition:
    """What a diagnostic measures."""

    name: str
    unit: str
    meaning: str
    """with the value of a perfect model"""


DEFINITIONS = {
    "kl": Definition("KL of the posteriors", "nats", "mean over images of KL(q(z|x) || p): what z may say about x"),
    "active_units": Definition("active units", "dimensions", "dimensions with Var(mu) > 0.01 (Burda et al. 2016)"),
    "collapsed": Definition(
        "collapsed dimensions", "share", "with KL < 0.01 nats for 99 % of the images (Lucas et al. 2019); perfect: 0"
    ),
    "mutual_information": Definition(
        "mutual information I(z; n)", "nats", "what z says about which of these N images: at least this of I(z; x)"
    ),
    "information_limit": Definition(
        "upper limit of I(z; x)", "nats", "KL of the posteriors less the held-out lower bound of KL(q || p)"
    ),
    "nll_gap": Definition(
        "NLL gap", "nats", "-ELBO - NLL, of cross-entropy where pixels are grey: KL(q(z|x) || p(z|x)) >= 0; perfect: 0"
    ),
    "approximation_gap": Definition(
        "approximation gap",
        "nats",
        "ln p(x) less the ELBO of the best diagonal Gaussian (Cremer et al. 2018); perfect: 0",
    ),
    "amortization_gap": Definition(
        "amortization gap", "nats", "that ELBO less the one of the encoder's q: is the encoder good enough? perfect: 0"
    ),
    "classifier": Definition("classifier accuracy", "share", "telling q(z) from the prior, held out; perfect: .5"),
    "total_variation": Definition(
        "total variation, at least", "", "2 accuracy - 1: a lower bound, by this classifier; perfect: 0"
    ),
    "holes": Definition(
        "prior mass in holes", "share", "P(q(z)/p(z) < 0.1) for z ~ p, by isotonic regression, held out; perfect: 0"
    ),
    "hole_bound": Definition(
        "prior mass in holes, at least", "share", "P(A) - 10 Q(A), A where the classifier says q/p < 0.1; perfect: <= 0"
    ),
    "marginal_kl_least": Definition(
        "KL(q(z) || p), at least", "nats", "held out, of Donsker & Varadhan (1983); perfect: <= 0"
    ),
    "marginal_kl": Definition(
        "KL(q(z) || p), at most", "nats", "of the mixture of these N posteriors, too large by what N is too few"
    ),
    "total_correlation": Definition(
        "total correlation", "nats", "KL(q(z) || prod_j q(z_j)) of these N posteriors, too large likewise"
    ),
    "dimensionwise_kl": Definition(
        "dimension-wise KL", "nats", "sum of KL(q(z_j) || p(z_j)) of these N posteriors, too large likewise"
    ),
    "mean": Definition("largest |mean|", "", "of a dimension of z; perfect: 0"),
    "variance": Definition("largest |variance - 1|", "", "of a dimension of z; perfect: 0"),
    "correlation": Definition("largest |correlation|", "", "of two dimensions of z; perfect: 0"),
    "mmd": Definition("MMD²", "", "unbiased, inverse multiquadric kernels (Gretton et al. 2012); perfect: 0"),
    "energy": Definition("energy distance", "", "of draws of q(z) and of the prior (Szekely & Rizzo 2013)"),
    "sliced_wasserstein": Definition("sliced Wasserstein-2", "", "over 100 directions; not 0 even for a perfect model"),
    "skewness": Definition("Mardia's skewness", "", "N b1 / 6: blind to mean and covariance"),
    "kurtosis": Definition("Mardia's kurtosis", "", "b2 - D (D + 2): blind to mean and covariance; perfect: 0"),
    "kept": Definition(
        "coverage kept", "share", "coverage of prior samples over that of other images' reconstructions; perfect: 1"
    ),
    "precision": Definition("precision", "share", "of decoded samples near a test image (Kynkaanniemi et al. 2019)"),
    "recall": Definition("recall", "share", "of test images near a decoded sample"),
    "density": Definition("density", "", "of test images around decoded samples (Naeem et al. 2020); real images: 1"),
    "coverage": Definition("coverage", "share", "of test images with a decoded sample as near as their neighbours"),
    "sharpness": Definition(
        "sharpness", "", "Laplacian energy over that of real images; artefacts raise it, so never alone a quality"
    ),
}


def rounded(value: float | None, digits: int = 5) -> float | None:
    """To so many significant digits: what a JSON document needs."""
    return None if value is None else float(f"{value:.{digits}g}")
