"""PCA as a latent space beside others: a linear autoencoder whose weights are known without training."""

import numpy as np

from vaeexplorer.analysis.pca import PCA
from vaeexplorer.config import DataConfig, ModelConfig, ObjectiveConfig, RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.spaces.own import open_model
from vaeexplorer.spaces.space import Space


def open_principal(pca: PCA, k: int, data: ImageDataset) -> Space:
    """PCA with its first k components: z = axes (x - centre), x' = centre + axes^T z.

    Args:
        pca: of any images.
        k: components, the dimensions of the code.
        data: the images that are encoded and decoded.
    """
    centre, axes = pca.mean, pca.axes[:, :k].T  # [784], [k, 784]
    space = open_model(
        lambda images: (images.reshape(len(images), -1) / 255 - centre) @ axes.T,
        lambda z: (centre + z @ axes).clip(0, 1).reshape(-1, 28, 28),
        data,
        f"pca-{data.name}-{k}d",
    )
    config = RunConfig(DataConfig(), ModelConfig("ae", "linear", k), ObjectiveConfig("gaussian"))
    weights = {"mean.weight": axes, "mean.bias": -axes @ centre, "decoder.0.weight": axes.T, "decoder.0.bias": centre}
    return Space(
        name=space.name,
        key=space.key,
        kind="PCA",
        data=data,
        posterior=space.posterior,
        error=space.error,
        open_model=space.open_model,
        config=config,
        weights={name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()},
    )
