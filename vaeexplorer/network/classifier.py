"""A small classifier an image set: features in which images are compared, and the class that an image shows.

Distances between pixels say little about what an image shows; distances between the features of a classifier say more.
It is a judge that no autoencoder here was trained against. Its folder, `pretrained/classifiers`, holds the weights in
half precision and a card that says how they came about and how often they err.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn import functional

from vaeexplorer.config import IMAGE_SIZE, Dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED, whole_file

FOLDER = SHIPPED / "classifiers"
CLASSES = 10
FEATURES = 128
EPOCHS = 10
BATCH = 128
LEARNING_RATE = 2e-3
SEED = 0
_AT_ONCE = 64  # images: their activations stay in the processor's cache


class ClassifierError(UserError):
    """A classifier that cannot be read; the message is one sentence."""


class Classifier:
    """A convolutional network with its NumPy face: images in, features or probabilities out."""

    feature_dim = FEATURES

    def __init__(self, network: nn.Sequential | None = None) -> None:
        network = (network or build()).eval().requires_grad_(False)
        self.network = network.to(memory_format=torch.channels_last)  # twice as fast on a CPU

    def features(self, images: np.ndarray) -> np.ndarray:
        """The activations of the layer before the last, rectified.

        Args:
            images: uint8 or floats in [0, 1], [N, 28, 28].

        Returns:
            float32 [N, 128].

        Raises:
            ClassifierError: images of another shape, or numbers that are not finite.
        """
        return self._run(self.network[:-1], images, FEATURES)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """p(class | image), float32 [N, 10]; the images and errors of `features`."""
        logits = self._run(self.network, images, CLASSES)
        return np.asarray(torch.softmax(torch.from_numpy(logits), dim=1).numpy())

    def _run(self, network: nn.Module, images: np.ndarray, width: int) -> np.ndarray:
        images = np.asarray(images)
        if images.ndim != 3 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE) or not np.isfinite(images).all():
            raise ClassifierError(f"Images must be finite and [N, 28, 28], not {list(images.shape)}.")
        result = np.empty((len(images), width), np.float32)
        with torch.inference_mode():
            for start in range(0, len(images), _AT_ONCE):
                rows = slice(start, start + _AT_ONCE)
                result[rows] = network(_tensor(images[rows])).numpy()
        return result


def build(seed: int = SEED) -> nn.Sequential:
    """[N, 1, 28, 28] -> logits [N, 10]: two convolutions, each pooled by two, and two dense layers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # [N, 16, 14, 14]
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),  # [N, 32, 7, 7]
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(32 * 7 * 7, FEATURES),
            nn.ReLU(),
            nn.Linear(FEATURES, CLASSES),
        )


def train_classifier(data: ImageDataset, epochs: int = EPOCHS, seed: int = SEED) -> Iterator[nn.Sequential]:
    """Train on labelled images; yields the network after each epoch.

    Cross-entropy by Adam, whose step follows a cosine from its largest to none. On one thread the same seed gives the
    same weights.
    """
    network = build(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    images, labels = torch.tensor(data.images), torch.tensor(data.labels)
    draw = torch.Generator().manual_seed(seed)
    steps = -(-len(images) // BATCH)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * steps)
    for epoch in range(epochs):
        network.train()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + epoch)  # of dropout
            for batch in torch.randperm(len(images), generator=draw).split(BATCH):
                x = images[batch].unsqueeze(1).float() / 255  # [B, 1, 28, 28]
                loss = functional.cross_entropy(network(x), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                rate.step()
        yield network


def accuracy(classifier: Classifier, data: ImageDataset) -> float:
    """The share of images whose most probable class is theirs."""
    return float((classifier.probabilities(data.images).argmax(axis=1) == data.labels).mean())


def load_classifier(dataset: Dataset | str) -> Classifier:
    """The shipped classifier of a data set.

    Raises:
        ClassifierError: there is none, or its weights are cut short, misshapen or not finite.
    """
    path = FOLDER / f"{dataset}.safetensors"
    network = build()
    expected = {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            tensors = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 (no dict)
    except (safetensors.SafetensorError, OSError):
        raise ClassifierError(f"There is no classifier of {dataset} that can be read in {FOLDER.name}.") from None
    sound = all(tensor.isfinite().all() for tensor in tensors.values())
    if {key: tuple(tensor.shape) for key, tensor in tensors.items()} != expected or not sound:
        raise ClassifierError(f"The classifier of {dataset} does not hold the weights that it should.")
    network.load_state_dict(tensors)
    return Classifier(network)


def save_classifier(network: nn.Sequential, train: ImageDataset, test: ImageDataset, folder: Path = FOLDER) -> None:
    """Write weights in half precision, and the card: recipe and accuracy, measured with the weights as written."""
    halved = {key: tensor.detach().half().contiguous() for key, tensor in network.state_dict().items()}
    if not all(tensor.isfinite().all() for tensor in halved.values()):
        raise ClassifierError(
            f"The classifier of {train.name} has weights beyond half precision, so it is not written."
        )
    kept = build()
    kept.load_state_dict({key: tensor.float() for key, tensor in halved.items()})
    card = {
        "schema": 1,
        "dataset": train.name,
        "test_accuracy": accuracy(Classifier(kept), test),
        "train_images": train.source,
        "torch": torch.__version__,
        "recipe": f"{EPOCHS} epochs, batches of {BATCH}, Adam {LEARNING_RATE:g} with a cosine, "
        f"dropout 0.3, seed {SEED}, float32 on one CPU thread; conv 16, conv 32, dense {FEATURES}, dense {CLASSES}",
        "weights": "float16",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (
        (f"{train.name}.safetensors", safetensors.torch.save(halved)),
        (f"{train.name}.json", (json.dumps(card, indent=2) + "\n").encode()),
    ):
        with whole_file(folder / name) as file:
            file.write(data)


def _tensor(images: np.ndarray) -> Tensor:
    """[N, 28, 28] -> float32 [N, 1, 28, 28] in [0, 1]."""
    scale = 255.0 if images.dtype == np.uint8 else 1.0
    return torch.tensor(images, dtype=torch.float32).unsqueeze(1) / scale
