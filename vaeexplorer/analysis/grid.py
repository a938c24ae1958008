"""Grids of points in a 2-D latent space, whose decoded images show the manifold."""

import numpy as np
from scipy.special import ndtri


def prior_quantiles(n: int) -> np.ndarray:
    """Phi^-1(linspace(.05, .95, n)): steps of equal prior probability (Kingma & Welling 2014, figure 4), [n]."""
    return np.asarray(ndtri(np.linspace(0.05, 0.95, n)), dtype=np.float32)


def grid(horizontal: np.ndarray, vertical: np.ndarray) -> np.ndarray:
    """Every pair of z_1 in `horizontal` and z_2 in `vertical`, as rows of a picture.

    Returns:
        [V * H, 2]: left to right, and from the top (the last of `vertical`) down.
    """
    z_1, z_2 = np.meshgrid(horizontal, vertical[::-1])  # [V, H] each
    return np.stack([z_1.ravel(), z_2.ravel()], axis=1).astype(np.float32)
