"""A linear autoencoder x' = W2 W1 x + b, trained on mean and covariance alone: no image is needed.

In principal coordinates (axes[:, j] is the j-th unit vector) the covariance is diagonal, and a step costs next to
nothing. Gradient descent, L-BFGS and alternating least squares take the same path in any orthonormal basis; Adam does
not, so it runs on the pixels themselves.

Shapes: W1 [k, D], W2 [D, k], b [D]. Errors are |x - x'|^2 summed over pixels, averaged over images.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vaeexplorer.analysis.pca import PCA
from vaeexplorer.analysis.threads import one_thread
from vaeexplorer.errors import UserError

Method = Literal["gd", "adam", "als", "lbfgs"]
FRAMES = 40
STEP = 0.4  # of gradient descent, over the largest eigenvalue; from 0.5 on it diverges
ADAM_RATE = 0.01
START = 0.1  # spread of the first weights times sqrt(D); 0 itself is a saddle
OFF_SADDLE = 1e-3


@dataclass(frozen=True)
class Conditions:
    """Under these, "a linear autoencoder is PCA" holds, or not: the defaults keep them all."""

    centred: bool = True
    """the mean is taken off every image first"""
    bias: bool = False
    """the decoder adds a learned b"""
    decay: float = 0.0
    """lambda of lambda (|W1|^2 + |W2|^2)"""
    tied: bool = False
    """W2 = W1^T"""
    saddle: bool = False
    """start near the saddle that leaves out the first axis and takes the k + 1-th instead"""


@dataclass(frozen=True)
class Frame:
    """A linear autoencoder at one step, in principal coordinates."""

    step: int
    W1: np.ndarray
    W2: np.ndarray
    b: np.ndarray
    error: float
    """of the train images, without the weight decay"""


class Loss:
    """E |x - W2 W1 x - b|^2 + lambda (|W1|^2 + |W2|^2) as a function of the weights (Baldi & Hornik 1989).

    With M = E x x^T and m = E x it is
    tr M - 2 tr(W2 W1 M) + tr(W1 M W1^T W2^T W2) + |b|^2 - 2 b m + 2 b W2 W1 m.
    """

    def __init__(self, pca: PCA, conditions: Conditions, *, pixels: bool = False) -> None:
        """In principal coordinates, or with `pixels` in those of the image, in float32."""
        kind = np.float32 if pixels else np.float64
        centre = np.zeros_like(pca.mean) if conditions.centred else pca.mean
        self.conditions = conditions
        self.centre = (centre if pixels else pca.axes.T @ centre).astype(kind)  # m
        self.values = pca.values.astype(kind)
        self.dense = ((pca.axes * pca.values) @ pca.axes.T).astype(kind) if pixels else None
        self.total = float(pca.values.sum() + centre @ centre)  # tr M
        self.steepest = float(pca.values[0] + centre @ centre)  # at least the largest eigenvalue of M

    def times(self, X: np.ndarray) -> np.ndarray:
        """M X, [D, k] -> [D, k]."""
        product: np.ndarray = self.values[:, None] * X if self.dense is None else self.dense @ X
        return product if self.conditions.centred else product + np.outer(self.centre, self.centre @ X)

    def error(self, W1: np.ndarray, W2: np.ndarray, b: np.ndarray) -> float:
        """Without the weight decay."""
        C = self.times(W1.T)
        linear, square = np.vdot(W2, C), np.vdot(W1 @ C, W2.T @ W2)
        offset = b @ b - 2 * b @ self.centre + 2 * b @ (W2 @ (W1 @ self.centre))
        return float(self.total - 2 * linear + square + offset)

    def gradient(self, W1: np.ndarray, W2: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """By W1, W2 and b. With tied weights both of the first two are the whole derivative by W1, and by W1^T."""
        k = len(W1)
        both = self.times(np.concatenate([W1.T, W2], axis=1))  # [D, 2k]: M W1^T and M W2
        C = both[:, :k]
        by_W2 = 2 * (W2 @ (W1 @ C) - C)
        by_W1 = 2 * ((W2.T @ W2) @ C.T - both[:, k:].T)
        by_b = np.zeros_like(b)
        if self.conditions.bias:
            mean_code = W1 @ self.centre
            by_W2 += 2 * np.outer(b, mean_code)
            by_W1 += 2 * np.outer(W2.T @ b, self.centre)
            by_b = 2 * (b - self.centre + W2 @ mean_code)
        if self.conditions.decay:
            by_W1 += 2 * self.conditions.decay * W1
            by_W2 += 2 * self.conditions.decay * W2
        if self.conditions.tied:
            by_W1 = by_W1 + by_W2.T
            by_W2 = by_W1.T
        return by_W1, by_W2, by_b


@one_thread
def train(
    pca: PCA,
    k: int,
    method: Method = "als",
    conditions: Conditions | None = None,
    *,
    steps: int | None = None,
    frames: int = FRAMES,
    seed: int = 0,
) -> list[Frame]:
    """Train, and keep up to 40 steps, ever farther apart, of which the first is 0 and the last is the end.

    Args:
        pca: of the train images; its values are all that the loss knows of them.
        k: dimensions of the code.
        method: `gd`, plain gradient descent of a fixed step; `adam` (Kingma & Ba 2015) with a cosine schedule, in
            float32; `als`, exact alternating least squares; `lbfgs` (SciPy).
        conditions: which of them to break.
        steps: by default as many as take less than about a second.
        frames: at most so many are kept.
        seed: of the first weights.

    Raises:
        UserError: k is out of range, the weight decay leaves no k axes on, or the method cannot do what is asked.
    """
    conditions = conditions or Conditions()
    _check(pca, pca.check(k), method, conditions)
    steps = steps or default_steps(k, method)
    start = first_weights(pca, k, conditions, seed)
    kept = {int(step) for step in np.geomspace(1, steps, frames - 1).round()} | {0, steps}
    exact = Loss(pca, conditions)
    walk = {"gd": _gradient_descent, "adam": _adam, "als": _alternate, "lbfgs": _lbfgs}[method]
    path: list[Frame] = []
    for step, weights in enumerate(walk(pca, conditions, start, steps)):
        if step in kept:
            path.append(_frame(pca, exact, method, step, weights))
    if path[-1].step != step:  # it converged before all steps were made
        path.append(_frame(pca, exact, method, step, weights))
    return path


def default_steps(k: int, method: Method) -> int:
    """What a fifth to half a second of a quiet core is enough for, by the measured cost of a step in microseconds."""
    budget, cost, least, most = {
        "gd": (1.2e5, 40 + 4 * k + 0.15 * k**2, 50, 2500),
        "adam": (3.5e5, 600 + 30 * k + 0.45 * k**2, 50, 600),
        "als": (4e5, 60 + 12 * k + 0.25 * k**2, 50, 1500),
        "lbfgs": (5e5, 2000 + 90 * k + 1.4 * k**2, 50, 400),
    }[method]
    return int(np.clip(budget / cost, least, most))


def _check(pca: PCA, k: int, method: Method, conditions: Conditions) -> None:
    if conditions.decay < 0 or not np.isfinite(conditions.decay):
        raise UserError(f"The weight decay must be 0 or more, not {conditions.decay:g}.")
    if conditions.decay and conditions.decay >= pca.values[k - 1]:
        raise UserError(
            f"The weight decay must be below lambda_{k} = {pca.values[k - 1]:.4g}, not {conditions.decay:.4g}: "
            f"at or above it the optimum has fewer than {k} axes."
        )
    if pca.values[k - 1] < 1e-9 * pca.values[0]:
        found = int((pca.values >= 1e-9 * pca.values[0]).sum())
        raise UserError(f"Only {found} axes of these images have any variance: k must be at most that, not {k}.")
    if method == "als" and (conditions.tied or (conditions.decay and not conditions.centred)):
        raise UserError(
            "Alternating least squares cannot tie the weights, nor decay them where images are not centred."
        )
    if conditions.saddle and k >= len(pca.values):
        raise UserError(f"The saddle needs an axis to spare: k must be below {len(pca.values)}, not {k}.")


Weights = tuple[np.ndarray, np.ndarray, np.ndarray]


def first_weights(pca: PCA, k: int, conditions: Conditions, seed: int) -> Weights:
    """W1, W2 and b at step 0: small and random, or next to the saddle."""
    D = len(pca.values)
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, D, k)) / np.sqrt(D)
    if conditions.saddle:
        W2 = np.eye(D)[:, 1 : k + 1] + OFF_SADDLE * noise[0]
        return (W2.T.copy() if conditions.tied else W2.T + OFF_SADDLE * noise[1].T), W2, np.zeros(D)
    W2 = START * noise[0]
    return (W2.T.copy() if conditions.tied else START * noise[1].T), W2, np.zeros(D)


def _frame(pca: PCA, loss: Loss, method: Method, step: int, weights: Weights) -> Frame:
    W1, W2, b = weights
    if method == "adam":
        W1, W2, b = W1 @ pca.axes, pca.axes.T @ W2, pca.axes.T @ b
    return Frame(step, W1.copy(), W2.copy(), b.copy(), loss.error(W1, W2, b))


def _gradient_descent(pca: PCA, conditions: Conditions, start: Weights, steps: int) -> Iterator[Weights]:
    loss, (W1, W2, b) = Loss(pca, conditions), start
    rate = STEP / (loss.steepest * (2 if conditions.tied else 1))  # tied weights take both halves of a step at once
    yield W1, W2, b
    for _ in range(steps):
        by_W1, by_W2, by_b = loss.gradient(W1, W2, b)
        W1, W2, b = W1 - rate * by_W1, W2 - rate * by_W2, b - rate * by_b
        yield W1, W2, b


def _adam(pca: PCA, conditions: Conditions, start: Weights, steps: int) -> Iterator[Weights]:
    loss = Loss(pca, conditions, pixels=True)
    W1, W2, b = start
    weights: list[np.ndarray] = [part.astype(np.float32) for part in (W1 @ pca.axes.T, pca.axes @ W2, b)]
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    yield weights[0], weights[1], weights[2]
    for step in range(1, steps + 1):
        rate = ADAM_RATE * (1 + np.cos(np.pi * step / steps)) / 2
        for weight, by, m, v in zip(weights, loss.gradient(*weights), first, second, strict=True):
            m[:] += 0.1 * (by - m)
            v[:] += 0.001 * (by * by - v)
            weight[:] -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        yield weights[0], weights[1], weights[2]


def _alternate(pca: PCA, conditions: Conditions, start: Weights, steps: int) -> Iterator[Weights]:
    """The best W2 for this W1, then the best W1 for that W2; each is a linear equation.

    Without weight decay W1 = (W2^T W2)^-1 W2^T and W2 = M W1^T (W1 M W1^T)^-1: the span of W2 is multiplied by M every
    time. The best bias for any W1 and W2 is b = m - W2 W1 m; put in, it leaves the centred problem.

    With decay both are balanced every fourth step: of all factors of one product W2 W1 = U S V^T, those of least
    |W1|^2 + |W2|^2 are U S^1/2 and S^1/2 V^T, and alternating alone comes to them slowly.
    """
    loss = Loss(pca, Conditions() if conditions.bias else conditions)
    centre = Loss(pca, conditions).centre
    decay, (W1, W2, b) = conditions.decay, start
    yield start
    for step in range(steps):
        C = loss.times(W1.T)
        before, W2 = W2, np.linalg.solve(W1 @ C + decay * np.eye(len(W1)), C.T).T
        W1 = _best_encoder(W2, pca.values, decay)
        if decay and step % 4 == 3:
            W1, W2 = _balanced(W1, W2)
        yield W1, W2, centre - W2 @ (W1 @ centre) if conditions.bias else b
        if np.linalg.norm(W2 - before) <= 1e-13 * np.linalg.norm(W2):
            return


def _balanced(W1: np.ndarray, W2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same product W2 W1 by factors of least |W1|^2 + |W2|^2."""
    left, inner = np.linalg.qr(W2)
    right, outer = np.linalg.qr(W1.T)
    U, shares, V = np.linalg.svd(inner @ outer.T)
    root = np.sqrt(shares)
    return root[:, None] * (V @ right.T), (left @ U) * root


def _best_encoder(W2: np.ndarray, values: np.ndarray, decay: float) -> np.ndarray:
    """The W1 that solves H W1 M + lambda W1 = W2^T M, H = W2^T W2; with decay, for the diagonal M of centred images."""
    H = W2.T @ W2
    if not decay:
        return np.linalg.solve(H, W2.T)
    h, Q = np.linalg.eigh(H)
    encoder: np.ndarray = Q @ (Q.T @ W2.T * (values / (np.outer(h, values) + decay)))
    return encoder


def _lbfgs(pca: PCA, conditions: Conditions, start: Weights, steps: int) -> Iterator[Weights]:
    from scipy.optimize import minimize

    loss = Loss(pca, conditions)
    k, D = start[0].shape
    decay, tied = conditions.decay, conditions.tied

    def parts(flat: np.ndarray) -> Weights:
        W1 = flat[: k * D].reshape(k, D)
        W2 = W1.T if tied else flat[k * D : 2 * k * D].reshape(D, k)
        return W1, W2, flat[-D:]

    def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
        W1, W2, b = parts(flat)
        by_W1, by_W2, by_b = loss.gradient(W1, W2, b)
        penalty = decay * (np.vdot(W1, W1) + np.vdot(W2, W2))
        return loss.error(W1, W2, b) + penalty, _joined(by_W1, by_W2, by_b, tied)

    path: list[np.ndarray] = [_joined(*start, tied)]

    def remember(flat: np.ndarray) -> None:
        path.append(flat.copy())

    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 20, "ftol": 0.0, "gtol": 1e-9}
    minimize(value, path[0], jac=True, method="L-BFGS-B", callback=remember, options=options)
    yield from map(parts, path)


def _joined(W1: np.ndarray, W2: np.ndarray, b: np.ndarray, tied: bool) -> np.ndarray:
    return np.concatenate([W1.ravel(), b] if tied else [W1.ravel(), W2.ravel(), b])
