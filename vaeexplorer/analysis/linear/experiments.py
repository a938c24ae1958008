"""Which condition to break, what theory predicts of it, and what training then measures."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from vaeexplorer.analysis.linear.autoencoder import FRAMES, START, STEP, Conditions, Frame, Method, first_weights, train
from vaeexplorer.analysis.linear.axes import decayed_error, decayed_loss, decayed_singular_values
from vaeexplorer.analysis.linear.film import Film, film, linear_snapshots
from vaeexplorer.analysis.linear.nonlinear import MEASURED, STEPS, Bend, train_on_images
from vaeexplorer.analysis.pca import PCA
from vaeexplorer.analysis.threads import one_thread
from vaeexplorer.errors import UserError

Broken = Literal["none", "uncentred", "bias", "decay", "tied", "sigmoid", "cross-entropy", "hidden", "few", "saddle"]
BENDS: tuple[Bend, ...] = get_args(Bend)
METHODS: dict[Broken, tuple[Method, ...]] = {
    **dict.fromkeys(get_args(Broken), ("gd", "adam", "als")),
    "decay": ("als", "lbfgs", "gd", "adam"),
    "tied": ("gd", "adam"),
    **dict.fromkeys(BENDS, ("adam",)),
}
"""what can train under each; the first is taken where another is asked for"""
LONGER = 10
"""so many times the usual steps, for those who wait"""


@dataclass(frozen=True)
class Decayed:
    """The transpose theorem (Kunin et al. 2019), predicted and measured."""

    predicted: np.ndarray
    """s_j = sqrt(1 - lambda / lambda_j), [k]"""
    measured: np.ndarray
    """singular values of W2 at the end, [k]"""
    transpose: float
    """|W1 - W2^T| / |W1| at the end, predicted 0"""
    excess: float
    """of the error with the decay over its minimum, relative: whether it converged"""

    @property
    def largest_difference(self) -> float:
        """Between a predicted and a measured singular value."""
        return float(np.abs(self.measured - self.predicted).max())


@dataclass(frozen=True)
class Experiment:
    """One training, beside what was to be expected. Errors are |x - x'|^2 per image."""

    broken: Broken
    k: int
    method: Method
    film: Film
    optimum: float
    """PCA's error on the images of the film"""
    predicted_error: float | None
    """where there is a theorem"""
    plateau: tuple[float, float | None] | None = None
    """near a saddle: the predicted excess error there, and the step at which half of it should be gone; None for Adam,
    whose first steps are as long as any"""
    learned: tuple[int, int] | None = None
    """after too few steps: how many of the k axes were to be learned by more than half, and how many were"""
    decayed: Decayed | None = None
    """with weight decay"""

    @property
    def excess(self) -> np.ndarray:
        """Relative excess over PCA's optimum at every kept step, [T]; below 0 where PCA is beaten."""
        relative: np.ndarray = self.film.error / self.optimum - 1
        return relative

    @property
    def correlation(self) -> float:
        """The largest |correlation| of two code dimensions at the end; 0 where there is one only."""
        return float(np.abs(np.triu(self.film.correlation[-1], 1)).max())

    @property
    def measured_plateau(self) -> tuple[float, int | None]:
        """The excess error a few steps in, and the first kept step with less than half of it."""
        above = self.film.error - self.optimum
        early = int(np.searchsorted(self.film.steps, 3))
        below = np.flatnonzero(above < above[early] / 2)
        return float(above[early]), int(self.film.steps[below[0]]) if len(below) else None


@one_thread
def run(
    pca: PCA,
    k: int,
    broken: Broken,
    method: Method,
    *,
    points: np.ndarray,
    shown: np.ndarray,
    decay_share: float = 0.1,
    images: np.ndarray | None = None,
    longer: bool = False,
    seed: int = 0,
) -> Experiment:
    """Train with one condition broken.

    Args:
        pca: of the train images.
        k: dimensions of the code.
        broken: which condition.
        method: how to train; where it cannot be, the first of METHODS.
        points: images of the scatter, [P, D] in [0, 1].
        shown: images to reconstruct, [m, D].
        decay_share: the weight decay as a share of lambda_k.
        images: what to train on where the covariance is not enough, [N, D]; then pca must be theirs.
        longer: ten times the steps, for what trains on images.
        seed: of the first weights.

    Raises:
        UserError: k is out of range, the decay is not below lambda_k, or there are no images to train on.
    """
    pca.check(k)
    method = method if method in METHODS[broken] else METHODS[broken][0]
    if broken in BENDS:
        if images is None:
            raise UserError(f"{broken} is trained on images, and there are none.")
        steps = STEPS[broken] * (LONGER if longer else 1)
        snapshots = train_on_images(images, pca, k, broken, points=points, shown=shown, steps=steps, seed=seed)
        optimum = reconstruction_error(pca, k, images[:MEASURED])
        return Experiment(broken, k, method, film(snapshots, pca, k), optimum, None)
    decay = decay_share * pca.values[k - 1] if broken == "decay" else 0.0
    conditions = Conditions(
        centred=broken not in ("uncentred", "bias"),
        bias=broken == "bias",
        decay=float(decay),
        tied=broken == "tied",
        saddle=broken == "saddle",
    )
    few = few_steps(pca, k, method) if broken == "few" else None
    path = train(pca, k, method, conditions, steps=few, frames=FRAMES if k <= 24 else 32, seed=seed)
    snapshots = linear_snapshots(path, pca, points, shown, centred=conditions.centred)
    return Experiment(
        broken,
        k,
        method,
        film(snapshots, pca, k),
        pca.least_error(k),
        None if few else predicted_error(pca, k, broken, float(decay)),
        predicted_plateau(pca, k, method, seed) if broken == "saddle" and method != "adam" else None,
        (half(k), learned(path[-1], k)) if few and method == "gd" else None,
        _decayed(pca, k, float(decay), path[-1]) if decay else None,
    )


def predicted_error(pca: PCA, k: int, broken: Broken, decay: float = 0.0) -> float:
    """The train error at the minimum, by theorem.

    Without centring and without bias the second moments E x x^T stand in for the covariance, and the minimum is what
    their last eigenvalues sum to.
    """
    if broken == "uncentred":
        coordinates = pca.axes.T @ pca.mean
        moments = np.diag(pca.values) + np.outer(coordinates, coordinates)
        return float(np.linalg.eigvalsh(moments)[: len(moments) - k].sum())
    if broken == "decay":
        return decayed_error(pca.values, k, decay)
    return pca.least_error(k)


def predicted_plateau(pca: PCA, k: int, method: Method, seed: int = 0) -> tuple[float, float | None]:
    """The excess error at the saddle that has axis k + 1 in place of axis 1, and the step that leaves it behind.

    The excess is lambda_1 - lambda_{k+1}. Beside the saddle the share a of W1 and b of W2 in axis 1 cost
    lambda_1 a^2 - 2 lambda_1 a b + lambda_{k+1} b^2 to second order: gradient descent multiplies its negative direction
    by 1 + 2 step |eigenvalue|. Alternating least squares multiplies by lambda_1 / lambda_{k+1}.
    """
    first, spare = pca.values[0], pca.values[k]
    W1, W2, _ = first_weights(pca, k, Conditions(saddle=True), seed)
    shares = np.stack([W1[:, 0], W2[0]])  # a and b of every column
    step: float | None = None
    if method == "gd":
        curvature, directions = np.linalg.eigh([[first, -first], [-first, spare]])
        start = np.linalg.norm(directions[:, 0] @ shares)
        step = float(np.log(0.7 / start) / np.log(1 + 2 * STEP / first * -curvature[0]))
    if method == "als":
        step = float(np.log(1 / np.linalg.norm(shares[1])) / np.log(first / spare))
    return float(first - spare), step


def _decayed(pca: PCA, k: int, decay: float, end: Frame) -> Decayed:
    penalised = end.error + decay * float((end.W1**2).sum() + (end.W2**2).sum())
    return Decayed(
        decayed_singular_values(pca.values, k, decay),
        np.linalg.svd(end.W2, compute_uv=False),
        float(np.linalg.norm(end.W1 - end.W2.T) / np.linalg.norm(end.W1)),
        penalised / decayed_loss(pca.values, k, decay) - 1,
    )


def few_steps(pca: PCA, k: int, method: Method) -> int:
    """When half of the axes should be learned, by gradient descent; a few by the others.

    While the share u of axis j that W2 W1 passes on is small, a step multiplies it by (1 + 2 step lambda_j)^2.
    """
    if method != "gd":
        return 3 if method == "als" else 30
    start = k * START**2 / len(pca.values) / 2  # of (a + b)^2 / 4, summed over the k columns
    slowest = pca.values[half(k) - 1] / pca.values[0]
    return max(1, round(float(np.log(1 / start) / (2 * np.log1p(2 * STEP * slowest)))))


def half(k: int) -> int:
    """Of k, rounded up."""
    return (k + 1) // 2


def learned(frame: Frame, k: int) -> int:
    """How many of the first k principal axes W2 W1 passes on by more than half."""
    shares = np.einsum("jc,cj->j", frame.W2[:k], frame.W1[:, :k])
    return int((shares > 0.5).sum())


def reconstruction_error(pca: PCA, k: int, images: np.ndarray) -> float:
    """PCA's |x - x'|^2 with k axes, mean over images [N, D] in [0, 1]."""
    scores = (images - pca.mean) @ pca.axes[:, k:]
    return float((scores**2).sum(axis=1).mean())
