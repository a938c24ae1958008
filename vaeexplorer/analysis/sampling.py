"""Latent points to decode when no image is given: from the prior, or from what was fitted to the codes."""

from typing import Literal

import numpy as np

Source = Literal["prior", "gaussian", "mixture"]
COMPONENTS = 10


def sample(source: Source, codes: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """Latent points [count, D].

    prior: N(0, I), whatever the codes are. gaussian: of the codes' mean and covariance. mixture: of ten Gaussians with
    full covariances, fitted to the codes by expectation-maximization (scikit-learn).

    Args:
        source: where from.
        codes: [N, D].
        count: how many.
        seed: of the draw, and of the fit.
    """
    rng = np.random.default_rng(seed)
    if source == "prior":
        return rng.standard_normal((count, codes.shape[1])).astype(np.float32)
    centre = codes.mean(axis=0, dtype=np.float64)
    covariance = np.atleast_2d(np.cov(codes.T.astype(np.float64)))
    if source == "gaussian" or len(np.unique(codes[:1000], axis=0)) < COMPONENTS:
        return rng.multivariate_normal(centre, covariance, count).astype(np.float32)
    from sklearn.mixture import GaussianMixture

    scale = np.sqrt(np.trace(covariance) / len(covariance))
    mixture = GaussianMixture(COMPONENTS, reg_covar=1e-6, init_params="k-means++", random_state=seed)
    mixture.fit((codes - centre) / scale)
    points = mixture.sample(count)[0]
    return (rng.permutation(points) * scale + centre).astype(np.float32)
