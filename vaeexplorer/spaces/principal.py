"""PCA as a latent space beside others: a decoder of one dense layer, which the browser can run."""

from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.pca import PCA
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.spaces.own import OwnModel, open_model


@dataclass(frozen=True)
class Principal(OwnModel):
    """PCA as a model: z = axes (x - centre), x' = centre + axes^T z."""

    centre: np.ndarray
    axes: np.ndarray


def open_principal(pca: PCA, k: int, data: ImageDataset) -> Principal:
    """PCA with its first k components as a model, with images in it.

    Args:
        pca: of any images.
        k: components, the dimensions of the code.
        data: the images that are encoded and decoded.
    """
    centre, axes = pca.mean, pca.axes[:, :k].T
    model = open_model(
        lambda images: (images.reshape(len(images), -1) / 255 - centre) @ axes.T,
        lambda z: (centre + z @ axes).clip(0, 1).reshape(-1, 28, 28),
        data,
        f"pca-{data.name}-{k}d",
    )
    return Principal(**vars(model), centre=centre, axes=axes)
