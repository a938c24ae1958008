"""KL of a Gaussian posterior from the standard normal prior."""

import numpy as np


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
