"""The linear VAE: p(z) = N(0, I), p(x|z) = N(W z + mean, s I), q(z|x) = N(V (x - mean), diag d), s for sigma_x^2.

Its optimum is probabilistic PCA (Tipping & Bishop 1999), with the axes themselves and not just their span, and with
beta = 1 its ELBO is the log-likelihood (Lucas et al. 2019). Minimising reconstruction + beta KL at a fixed s keeps axis
j on only where lambda_j > beta s; there W_j = sqrt(lambda_j - beta s) u_j, d_j = beta s / lambda_j and
KL_j = 1/2 ln(lambda_j / (beta s)).

In principal coordinates, so W [D, k], V [k, D] and d [k]; nats per image.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.threads import one_thread
from vaeexplorer.errors import UserError


@dataclass(frozen=True)
class LinearVAE:
    """Weights, whether from the closed form or trained."""

    W: np.ndarray
    """decoder, [D, k]"""
    V: np.ndarray
    """encoder, [k, D]"""
    d: np.ndarray
    """posterior variance, the same for every image, [k]"""
    pixel_variance: float
    """sigma_x^2"""
    steps: int = 0
    """it took to find them"""

    def kl(self, moments: np.ndarray) -> np.ndarray:
        """Mean KL of each dimension, nats, [k], on images with these second moments E c c^T = diag(moments), [D]."""
        nats: np.ndarray = 0.5 * ((self.V**2 * moments).sum(axis=1) + self.d - 1 - np.log(self.d))
        return nats

    def elbo(self, moments: np.ndarray) -> float:
        """The ELBO, beta = 1 whatever it was trained with, the constant included."""
        D, s = len(moments), self.pixel_variance
        codes = (self.V * moments) @ self.V.T
        squared = (
            moments.sum()
            - 2 * np.vdot(self.W.T, self.V * moments)
            + np.vdot(self.W.T @ self.W, codes + np.diag(self.d))
        )
        return float(-squared / (2 * s) - D / 2 * np.log(2 * np.pi * s) - self.kl(moments).sum())

    def log_likelihood(self, moments: np.ndarray) -> float:
        """E ln N(x; mean, W W^T + s I): what the ELBO bounds."""
        D, s = len(moments), self.pixel_variance
        scales, left = _spectrum(self.W)
        variances = scales**2 + s  # along the columns of `left`; s elsewhere
        along = (left**2 * moments[:, None]).sum(axis=0)
        log_det = np.log(variances).sum() + (D - len(scales)) * np.log(s)
        mahalanobis = (along / variances).sum() + (moments.sum() - along.sum()) / s
        return float(-0.5 * (D * np.log(2 * np.pi) + log_det + mahalanobis))


def best_variance(values: np.ndarray, k: int, rounding: float = 0.0) -> float:
    """The sigma_x^2 of greatest likelihood: the mean of the eigenvalues that are left out (Tipping & Bishop 1999).

    Args:
        values: lambda, [D].
        k: dimensions of the code.
        rounding: of the covariance; a mean at or below it, or at that of float64, is no variance of images.

    Raises:
        UserError: k is out of range, or what is left out is rounding.
    """
    floor = max(rounding, float(values[0]) * len(values) * np.finfo(float).eps)
    left = values[::-1].cumsum()[::-1] / np.arange(len(values), 0, -1)  # mean of the eigenvalues from each on
    most = int((left[1:] > floor).sum())
    if not 1 <= k <= most:
        raise UserError(f"k must be 1 to {most}, not {k}: what more axes leave out of these images is rounding.")
    return float(values[k:].mean())


def active(values: np.ndarray, variance: float, beta: float = 1.0) -> int:
    """How many axes have lambda_j > beta sigma_x^2, however large k is."""
    return int((values > beta * variance).sum())


def closed_form(values: np.ndarray, k: int, variance: float, beta: float = 1.0) -> LinearVAE:
    """The optimum for lambda = values [D]. A dimension that is off has weights 0, posterior variance 1 and KL 0.

    Raises:
        UserError: k is out of range, or sigma_x^2 or beta is not positive.
    """
    _check(values, k, variance, beta)
    D, floor = len(values), beta * variance
    kept = np.maximum(values[:k], floor)
    weights = np.sqrt(kept - floor)
    W, V = np.zeros((D, k)), np.zeros((k, D))
    np.fill_diagonal(W, weights)
    np.fill_diagonal(V, weights / kept)
    return LinearVAE(W, V, floor / kept, variance)


@one_thread
def train_linear_vae(
    values: np.ndarray,
    k: int,
    variance: float,
    beta: float = 1.0,
    *,
    steps: int = 2000,
    seed: int = 0,
    on_progress: Callable[[float], None] | None = None,
) -> LinearVAE:
    """Find the optimum without the closed form, from random weights, in two stages.

    The span: the best V, the best W and the best d in turn, each in closed form while the others stay; the loss never
    rises, but the axes turn very slowly. The axes: L-BFGS (SciPy) on the decoder inside the span found, k by k numbers.

    Args:
        values: lambda, [D].
        k: dimensions of the code.
        variance: sigma_x^2, fixed.
        beta: weight of the KL.
        steps: of the second stage, at most. From some 400 dimensions on they take minutes, and may not be enough.
        seed: of the first weights.
        on_progress: called with the share of all steps done, from 0 to 1.

    Raises:
        UserError: k is out of range, or sigma_x^2 or beta is not positive.
    """
    _check(values, k, variance, beta)
    # In units of sqrt(beta s) the loss has neither beta nor s.
    scaled = values / (beta * variance)
    W = np.random.default_rng(seed).standard_normal((len(values), k)) * np.sqrt(scaled[0] / len(values))
    d = np.ones(k)
    turns = int(np.clip(3e5 / (60 + 12 * k + 0.25 * k**2), 100, 1000))
    report = on_progress or (lambda _: None)
    for turn in range(turns):
        report(turn / (turns + steps))
        V, d = _best_encoder(W)
        C = scaled[:, None] * V.T
        W = np.linalg.solve(V @ C + np.diag(d), C.T).T
    Q, R = np.linalg.qr(W)
    W, used = _within((Q.T * scaled) @ Q, R, steps, lambda done: report((turns + done) / (turns + steps)))
    report(1.0)
    W = Q @ W[:, np.argsort(-(W**2).sum(axis=0))]
    V, d = _best_encoder(W)
    unit = np.sqrt(beta * variance)
    return LinearVAE(W * unit, V / unit, d, variance, used)


def _best_encoder(W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """V = (W^T W + I)^-1 W^T and d_j = 1 / (|W_j|^2 + 1): the best for a decoder W, with beta s = 1."""
    H = W.T @ W
    return np.linalg.solve(H + np.eye(len(H)), W.T), 1 / (np.diagonal(H) + 1)


def _within(S: np.ndarray, start: np.ndarray, steps: int, report: Callable[[int], None]) -> tuple[np.ndarray, int]:
    """The best decoder [k, k] where the covariance is S [k, k], with beta s = 1, and the number of steps it took."""
    from scipy.optimize import minimize

    done = 0

    def count(_: np.ndarray) -> None:
        nonlocal done
        done += 1
        report(done)

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        """Reconstruction + KL without what does not change. V and d are the best, so their own derivatives are 0."""
        W = numbers.reshape(S.shape)
        V, d = _best_encoder(W)
        C = S @ V.T
        codes, H = V @ C, W.T @ W
        squared = -2 * np.vdot(W, C) + np.vdot(H, codes) + np.diagonal(H) @ d
        nats = 0.5 * (np.trace(codes) + (d - 1 - np.log(d)).sum())
        return float(squared / 2 + nats), (W @ codes - C + W * d).ravel()

    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 30, "ftol": 0.0, "gtol": 1e-9}
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", callback=count, options=options)
    return found.x.reshape(S.shape), int(found.nit)


def _check(values: np.ndarray, k: int, variance: float, beta: float) -> None:
    if not 1 <= k <= len(values):
        raise UserError(f"k must be 1 to {len(values)}, the number of pixels, not {k}.")
    if not (0 < variance < np.inf and 0 < beta < np.inf):
        raise UserError(f"sigma_x^2 and beta must be positive numbers, not {variance:g} and {beta:g}.")


def _spectrum(W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Singular values [k] and left singular vectors [D, k]."""
    left, scales, _ = np.linalg.svd(W, full_matrices=False)
    return scales, left
