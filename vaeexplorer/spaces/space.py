"""A latent space, whatever it is of: codes of images, and what encodes and decodes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.codes import Codes
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.runs.folder import Run, RunError
from vaeexplorer.spaces.own import OwnModel


@dataclass(frozen=True)
class Space:
    """A latent space with images in it: of a run, with the 10,000 test images, or of a model of one's own."""

    key: str
    """changes with every training, for caches"""
    source: Run | OwnModel
    """whose it is; both have a name, a model, and codes and error of the images"""
    data: ImageDataset

    @property
    def name(self) -> str:
        """The run's, or the model's."""
        return self.source.name

    @property
    def run(self) -> Run:
        """The run, where there is one.

        Raises:
            RunError: it is a model of one's own, which has neither weights nor configuration nor history here.
        """
        if isinstance(self.source, Run):
            return self.source
        raise RunError(f"{self.name} is a model of your own, and this needs a run: choose one at the left.")

    @property
    def is_own(self) -> bool:
        """Whether it is a model of one's own, which works on the server alone."""
        return isinstance(self.source, OwnModel)

    def encode(self, images: np.ndarray) -> Codes:
        """Images [N, 28, 28], uint8 or floats in [0, 1], to their codes."""
        return self.source.model.encode(images)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent points [N, D] to images, float32 [N, 28, 28] in [0, 1]."""
        return self.source.model.decode(z)

    @property
    def posterior(self) -> Codes:
        """q(z|x) of every image."""
        return self.source.codes

    @property
    def codes(self) -> np.ndarray:
        """Mean of q(z|x), or z of an autoencoder, [N, D]."""
        return self.posterior.mean

    @cached_property
    def kl_by_dimension(self) -> np.ndarray | None:
        """In nats, [N, D]; None for an autoencoder."""
        mean, logvar = self.posterior.mean, self.posterior.logvar
        return None if logvar is None else kl_per_dimension(mean, logvar)

    @property
    def has_prior(self) -> bool:
        """Whether the codes were trained towards N(0, I)."""
        return self.posterior.logvar is not None

    @property
    def dimensions(self) -> int:
        """D."""
        return int(self.codes.shape[1])

    @property
    def error(self) -> np.ndarray:
        """|x - d(mu)|^2, [N]."""
        return self.source.error

    @cached_property
    def kl(self) -> np.ndarray | None:
        """KL of each image, nats, [N]."""
        return None if self.kl_by_dimension is None else self.kl_by_dimension.sum(axis=1)
