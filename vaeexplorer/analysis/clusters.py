"""Where the classes lie in latent space."""

import numpy as np


def class_means(codes: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The mean code of each class, [N, D] and [N] -> [classes, D]; NaN for a class without images."""
    means = np.full((classes, codes.shape[1]), np.nan, dtype=np.float32)
    for label in np.unique(labels):
        means[label] = codes[labels == label].mean(axis=0)
    return means
