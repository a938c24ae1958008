"""The axes of a linear autoencoder, three ways: only one of them finds PCA's without weight decay.

At every minimum W2 = U C and W1 = C^-1 U^T for some invertible C (Baldi & Hornik 1989): the span is that of the
principal axes U, the columns are not. The left singular vectors of W2 are not either (the first claim of Plaut 2018 was
withdrawn), unless both matrices decay (Kunin et al. 2019).

All in principal coordinates, where the principal axes are the unit vectors and the covariance is diagonal.
"""

from typing import NamedTuple

import numpy as np


class Axes(NamedTuple):
    """Unit vectors as columns, [D, k] each, turned so that each points to the same side as its principal axis."""

    raw: np.ndarray
    """the columns of W2"""
    singular: np.ndarray
    """the left singular vectors of W2"""
    recovered: np.ndarray
    """W2 = Q R, then the eigenvectors of Q^T S Q, taken back by Q: PCA inside the span"""


def three_ways(W2: np.ndarray, values: np.ndarray) -> Axes:
    """The axes that W2 [D, k] offers, where the covariance is diag(values), values [D]."""
    Q, R = np.linalg.qr(W2)
    inner = np.linalg.svd(R)[0]  # the small factor's: W2 = (Q inner) s V^T
    within = np.linalg.eigh((Q.T * values) @ Q)[1][:, ::-1]
    lengths = np.maximum(np.linalg.norm(W2, axis=0), 1e-300)
    return Axes(*(_turned(axes) for axes in (W2 / lengths, Q @ inner, Q @ within)))


def cosines(axes: np.ndarray) -> np.ndarray:
    """|cos| of the angle between the j-th column of [D, k] and the j-th principal axis, [k]."""
    found: np.ndarray = np.abs(np.diagonal(axes))
    return found


def decayed_singular_values(values: np.ndarray, k: int, decay: float) -> np.ndarray:
    """s_j = sqrt(1 - lambda / lambda_j) of W2 = W1^T at the minimum with L2 on both (Kunin et al. 2019), [k].

    An axis with lambda_j <= lambda is off: 0.
    """
    singular: np.ndarray = np.sqrt(np.maximum(0.0, 1 - decay / np.maximum(values[:k], 1e-300)))
    return singular


def decayed_error(values: np.ndarray, k: int, decay: float) -> float:
    """sum_{j>k} lambda_j + sum_{j<=k} lambda_j (1 - s_j^2)^2: the error at that minimum, the decay itself left out."""
    squares = decayed_singular_values(values, k, decay) ** 2
    return float(values[k:].sum() + (values[:k] * (1 - squares) ** 2).sum())


def decayed_loss(values: np.ndarray, k: int, decay: float) -> float:
    """The same with the decay, lambda (|W1|^2 + |W2|^2): what is least at that minimum."""
    return decayed_error(values, k, decay) + 2 * decay * float((decayed_singular_values(values, k, decay) ** 2).sum())


def _turned(axes: np.ndarray) -> np.ndarray:
    turned: np.ndarray = axes * np.where(np.diagonal(axes) < 0, -1.0, 1.0)
    return turned
