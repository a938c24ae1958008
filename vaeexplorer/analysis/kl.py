"""KL of a Gaussian posterior from the standard normal prior, and which dimensions it leaves unused."""

import numpy as np

COLLAPSED_BELOW = 0.01
"""mean KL in nats under which a dimension carries no information about x"""


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


def order_by_kl(kl: np.ndarray) -> list[int]:
    """Dimensions from the most to the least informative, by mean KL over the images; kl is [N, D]."""
    return [int(dimension) for dimension in np.argsort(-kl.mean(axis=0), kind="stable")]


def collapsed(kl: np.ndarray) -> np.ndarray:
    """Which dimensions have a mean KL under `COLLAPSED_BELOW`; kl is [N, D], the result [D]."""
    below: np.ndarray = kl.mean(axis=0) < COLLAPSED_BELOW
    return below
