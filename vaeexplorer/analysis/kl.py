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


def kl_per_image(mean: np.ndarray, logvar: np.ndarray, covariance: np.ndarray | None = None) -> np.ndarray:
    """KL(q(z|x) || N(0, I)) of every image: the sum over dimensions, and -1/2 ln det R where R correlates them.

    Args:
        mean: [N, D].
        logvar: ln sigma^2, [N, D].
        covariance: [N, D, D], where it is not diagonal; its diagonal is sigma^2.

    Returns:
        float64 [N], in nats.
    """
    kl: np.ndarray = kl_per_dimension(mean.astype(np.float64), logvar.astype(np.float64)).sum(axis=1)
    if covariance is None:
        return kl
    deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    correlation = covariance / (deviation[:, :, None] * deviation[:, None, :])
    kl -= np.linalg.slogdet(correlation)[1] / 2
    return kl
