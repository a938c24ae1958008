"""PCA as a latent space beside others: a decoder of one dense layer, which the browser can run."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from vaeexplorer.analysis.pca import moments, pca
from vaeexplorer.data.datasets import CLASS_NAMES, ImageDataset
from vaeexplorer.spaces.own import OwnModel, open_model
from vaeexplorer.ui import loading
from vaeexplorer.ui.loading import Space

_spaces: dict[str, Space] = {}  # of this process, by name: their bytes are asked for by it


@dataclass(frozen=True)
class Principal(OwnModel):
    """PCA as a model: z = axes (x - centre), x' = centre + axes^T z."""

    centre: np.ndarray
    axes: np.ndarray


def principal_spaces() -> dict[str, Space]:
    """Those that were opened, by name."""
    return dict(_spaces)


def principal_space(space: Space, dataset: str) -> Space:
    """PCA of the training images, with as many components as the space has dimensions, and with its images in it.

    Args:
        space: it stands beside this.
        dataset: whose training images; where it is none of ours, the space's own.

    Raises:
        ValueError: the images are all the same, or the shipped covariance cannot be read.
    """
    opened = _open(space.data.name, dataset, space.dimensions, space.data)
    _spaces[opened.name] = opened
    return opened


@st.cache_resource(max_entries=6, show_spinner=False)
def _open(name: str, dataset: str, k: int, _data: ImageDataset) -> Space:
    found = loading.full_pca(dataset) if dataset in CLASS_NAMES else pca(moments(_data.images, _data.source))
    centre, axes = found.mean, found.axes[:, :k].T
    model = open_model(
        lambda images: (images.reshape(len(images), -1) / 255 - centre) @ axes.T,
        lambda z: (centre + z @ axes).clip(0, 1).reshape(-1, 28, 28),
        _data,
        f"pca-{name}-{k}d",
    )
    return Space(f"pca/{name}/{k}", Principal(**vars(model), centre=centre, axes=axes), _data)
