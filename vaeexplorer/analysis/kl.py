"""KL of a Gaussian posterior from the standard normal prior, and which dimensions it leaves in use."""

import numpy as np

ACTIVE_VARIANCE = 0.01  # Burda et al. 2016, section 5.2


def kl_per_dimension(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """KL(N(mu_j, sigma_j^2) || N(0, 1)) for every image and dimension.

    1/2 (mu^2 + sigma^2 - 1 - ln sigma^2), Kingma & Welling 2014, appendix B.

    Args:
        mean: mu, [N, D].
        logvar: ln sigma^2, [N, D].

    Returns:
        [N, D], in nats; its sum over D is the KL of each image.
    """
    kl: np.ndarray = 0.5 * (mean**2 + np.expm1(logvar) - logvar)
    return kl


def active_units(mean: np.ndarray) -> int:
    """How many dimensions depend on the image: Var_x(mu_j) > 0.01 (Burda et al. 2016).

    The threshold means something beside a prior of variance 1; for a plain autoencoder it means nothing.

    Args:
        mean: mu of each image, [N, D].
    """
    return int((mean.astype(np.float64).var(axis=0) > ACTIVE_VARIANCE).sum())
