"""What a classifier makes of decoded images: over the plane, along the way from A to B, and of neighbours of a point.

Crisp borders breed false confidence: a classifier also answers where no image was ever seen, and often surely. Beside
its confidence belongs how far a decoded image is from any training image.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Decode = Callable[[np.ndarray], np.ndarray]
Probabilities = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Answers:
    """Of a classifier, at latent points.

    Attributes:
        label: the likeliest class, int64, [...].
        confidence: its probability, [...].
        entropy: of all classes, nats, [...]; 0 where the classifier is sure.
    """

    label: np.ndarray
    confidence: np.ndarray
    entropy: np.ndarray


def answers(decode: Decode, probabilities: Probabilities, z: np.ndarray) -> Answers:
    """What the classifier says of d(z).

    Args:
        decode: latent points [N, D] to images.
        probabilities: images to p(class | image), [N, C].
        z: latent points, [..., D]: of a plane [R, C, D], of a way [T, D].
    """
    found = np.asarray(probabilities(decode(z.reshape(-1, z.shape[-1]))), np.float64)
    shape = z.shape[:-1]
    entropy = -(found * np.log(np.maximum(found, 1e-12))).sum(axis=1)
    return Answers(found.argmax(axis=1).reshape(shape), found.max(axis=1).reshape(shape), entropy.reshape(shape))


def changes(label: np.ndarray) -> np.ndarray:
    """The steps of a way at which the answer differs from the one before, int64."""
    return np.flatnonzero(np.diff(label)) + 1


@dataclass(frozen=True)
class Neighbours:
    """The nearest images of one image, itself left out.

    Attributes:
        in_z, in_x: indices by rising distance, of codes and of pixels, [K] each.
        shared: the share that both have in common.
    """

    in_z: np.ndarray
    in_x: np.ndarray
    shared: float


def neighbours(codes: np.ndarray, images: np.ndarray, index: int, count: int = 10) -> Neighbours:
    """Those in latent space and those in pixels, and how far they agree.

    Args:
        codes: [N, D], whitened where their scales differ.
        images: [N, ...].
        index: which image.
        count: K, at most N - 1.
    """
    pixels = images.reshape(len(images), -1).astype(np.float32)
    found = []
    for points in (codes, pixels):
        distance = ((points - points[index]) ** 2).sum(axis=1)
        distance[index] = np.inf
        found.append(np.argsort(distance, kind="stable")[:count])
    return Neighbours(found[0], found[1], len(np.intersect1d(found[0], found[1])) / count)
