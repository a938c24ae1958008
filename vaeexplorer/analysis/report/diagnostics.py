"""What a report is made of: numbers beside what a perfect model of the same size would show."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

Question = Literal["posteriors", "aggregate", "samples"]
OUTSIDE = 4.0  # null standard deviations: with twenty draws, beyond it by chance less than once in a thousand
NEGLIGIBLE = 5e-4  # a smaller difference is of no account, however certain


@dataclass(frozen=True)
class Diagnostic:
    """One number about a latent space.

    Attributes:
        key: which diagnostic; `DEFINITIONS` says what it is.
        of: what it was measured on, where that is not the model as it is: "whitened codes", "reconstructions".
        value: None where it has no meaning, or was not measured; `flag` says why.
        null: its values on perfect models of the same size, or on real images against real images.
        p: how often chance alone does as much, where a permutation test says so.
        flag: what to know before the value is believed; empty where there is nothing.
    """

    key: str
    question: Question
    value: float | None
    null: tuple[float, ...] = ()
    of: str = ""
    p: float | None = None
    flag: str = ""

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
        if self.value is None or not self.null or self.flag.startswith("n too small"):
            return None
        if abs(self.value - float(np.mean(self.null))) < NEGLIGIBLE:
            return False
        return self.effect is None or abs(self.effect) > OUTSIDE

    def in_short(self) -> "Diagnostic":
        """The same with numbers of five digits: what is computed of them then is the same after a document was read."""
        null = tuple(float(f"{value:.5g}") for value in self.null)
        return replace(self, value=rounded(self.value), null=null, p=rounded(self.p))

    def to_json(self) -> dict[str, Any]:
        """Plain values, the derived ones too."""
        fields = asdict(self) | {
            "null": list(self.null),
            "null_mean": rounded(self.null_mean),
            "effect": rounded(self.effect),
            "outside": self.outside,
        }
        return fields | {"unit": DEFINITIONS[self.key].unit, "name": DEFINITIONS[self.key].name}


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
    "mutual_information": Definition("mutual information", "nats", "what z says about which image; perfect: the KL"),
    "nll_gap": Definition(
        "NLL gap", "nats", "what the ELBO falls short of the likelihood by, as importance sampling finds; perfect: 0"
    ),
    "marginal_kl": Definition("marginal KL", "nats", "KL(q(z) || p); perfect: 0"),
    "total_correlation": Definition("total correlation", "nats", "dependence between dimensions; perfect: 0"),
    "dimensionwise_kl": Definition("dimension-wise KL", "nats", "sum of KL(q(z_j) || p(z_j)); perfect: 0"),
    "mean": Definition("largest |mean|", "", "of a dimension of q(z); perfect: 0"),
    "variance": Definition("largest |variance - 1|", "", "of a dimension of q(z); perfect: 0"),
    "correlation": Definition("largest |correlation|", "", "of two dimensions of q(z); perfect: 0"),
    "mmd": Definition("MMD²", "", "unbiased, inverse multiquadric kernels (Gretton et al. 2012); perfect: 0"),
    "energy": Definition("energy distance", "", "of draws of q(z) and of the prior (Szekely & Rizzo 2013)"),
    "sliced_wasserstein": Definition("sliced Wasserstein-2", "", "over 100 directions; not 0 even for a perfect model"),
    "skewness": Definition("Mardia's skewness", "", "N b1 / 6: blind to mean and covariance"),
    "kurtosis": Definition("Mardia's kurtosis", "", "b2 - D (D + 2): blind to mean and covariance; perfect: 0"),
    "classifier": Definition("classifier accuracy", "share", "telling q(z) from the prior, held out; perfect: .5"),
    "holes": Definition("prior mass in holes", "share", "P(q(z)/p(z) < 0.1) for z ~ p; perfect: about 0"),
    "precision": Definition("precision", "share", "of decoded samples near a test image (Kynkaanniemi et al. 2019)"),
    "recall": Definition("recall", "share", "of test images near a decoded sample"),
    "density": Definition("density", "", "of test images around decoded samples (Naeem et al. 2020); perfect: 1"),
    "coverage": Definition("coverage", "share", "of test images with a decoded sample as near as their neighbours"),
}


def rounded(value: float | None, digits: int = 5) -> float | None:
    """To so many significant digits: what a JSON document needs."""
    return None if value is None else float(f"{value:.{digits}g}")
