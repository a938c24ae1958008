"""A latent space, whatever it is of: codes of images, and what encodes and decodes.

A run, a model of one's own and PCA all come as a `Space`; pages and results tell them apart by what they can do: with
`weights` a browser can run the network, with `run` there are configuration, figures and history.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension, kl_per_image
from vaeexplorer.codes import Codes, Model
from vaeexplorer.config import Dataset, RunConfig
from vaeexplorer.data.datasets import recognise
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.runs.folder import Run
from vaeexplorer.runs.images import check_test_images


@dataclass(frozen=True, eq=False)
class Space:
    """A latent space with images in it.

    Attributes:
        name: what people call it. Two spaces may share a name, and never a key.
        key: a hash of content: of the weights or of what the model made of the images, and of the images.
        kind: what it is headed by: VAE, AE, PCA, ...
        data: the images; of a run, the test images.
        posterior: q(z|x) of every image, mean and logvar [N, D]; no logvar of an autoencoder, and of some models of
            one's own a covariance too.
        error: |x - d(mu)|^2 of every image, float32 [N].
        open_model: builds what encodes and decodes; torch is imported then and not before.
        config, weights: of the network, where there is one that a browser can run; else the server is asked.
        run: the run, where it is one.
        network: a decoder of one's own, packed for the browser; None where the server is asked, or there are weights.
    """

    name: str
    key: str
    kind: str
    data: ImageDataset
    posterior: Codes
    error: np.ndarray
    open_model: Callable[[], Model]
    config: RunConfig | None = None
    weights: Mapping[str, np.ndarray] | None = None
    run: Run | None = None
    network: bytes | None = None

    @cached_property
    def model(self) -> Model:
        """What encodes and decodes."""
        return self.open_model()

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, H, W] or [N, H, W, 3], as `data.shape` says, uint8 or floats in [0, 1], to their codes."""
        return self.model.encode(images)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 [N, *data.shape] in [0, 1]."""
        return self.model.decode(z)

    @property
    def codes(self) -> np.ndarray:
        """Mean of q(z|x), or z of an autoencoder, [N, D]."""
        return self.posterior.mean

    @property
    def dimensions(self) -> int:
        """D."""
        return int(self.codes.shape[1])

    @property
    def has_prior(self) -> bool:
        """Whether the codes were trained towards N(0, I)."""
        return self.posterior.logvar is not None

    @cached_property
    def kl_by_dimension(self) -> np.ndarray | None:
        """KL(q(z_j|x) || N(0, 1)) in nats, [N, D]; None for an autoencoder."""
        mean, logvar = self.posterior.mean, self.posterior.logvar
        return None if logvar is None else kl_per_dimension(mean, logvar)

    @cached_property
    def kl(self) -> np.ndarray | None:
        """KL of each image, nats, [N]."""
        mean, logvar, covariance = self.posterior.mean, self.posterior.logvar, self.posterior.covariance
        return None if logvar is None else kl_per_image(mean, logvar, covariance)

    @cached_property
    def image_set(self) -> str | None:
        """The set that the images are from: as the run says, or by their pixels; None where there is none."""
        return self.run.config.data.dataset if self.run else recognise(self.data.images)

    @cached_property
    def dataset(self) -> Dataset | None:
        """The shipped set that the images are from: as the run says, or by their pixels; None where there is none."""
        return next((name for name in get_args(Dataset) if name == self.image_set), None)


def open_run(run: Run, data: ImageDataset) -> Space:
    """The latent space of a run, with the test images that its codes are of.

    Raises:
        RunError: the codes are of other images.
    """
    check_test_images(run, data)
    linear = "Linear " if run.config.model.arch == "linear" else ""
    return Space(
        name=run.name,
        key=run.key,
        kind=f"{linear}{run.config.model.model.upper()}",
        data=data,
        posterior=run.codes,
        error=run.error,
        open_model=lambda: run.model,
        config=run.config,
        weights=run.weights,
        run=run,
    )
