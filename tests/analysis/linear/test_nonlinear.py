"""The same optimum by the project's own training loop, on images, in float32."""

import pytest
import torch

from tests.conftest import first
from vaeexplorer.analysis.linear.film import angles_to_pca
from vaeexplorer.analysis.pca import PCA, moments, pca
from vaeexplorer.config import DataConfig, Dataset, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.network.training import Training


def trained(dataset: Dataset, k: int, epochs: int, rate: float, images: int = 60_000) -> tuple[PCA, Training]:
    data = first(load_dataset(dataset, "train"), images)
    config = RunConfig(
        DataConfig(dataset),
        ModelConfig("ae", arch="linear", latent_dim=k),
        ObjectiveConfig("gaussian", pixel_variance=0.5),  # the loss is |x - x'|^2
        TrainConfig(
            epochs=epochs,
            batch_size=250 if images > 5000 else 100,
            learning_rate=rate,
            device="cpu",
            precision="float32",
        ),
    )
    training = Training(config, train_set=data, test_set=first(load_dataset(dataset, "test"), 500))
    for _ in training:
        pass
    return pca(moments(data.images, data.source)), training


def check(reference: PCA, training: Training, k: int) -> None:
    from vaeexplorer.network.evaluation import evaluate

    error = evaluate(training.network, training.config, training.train_set.images)["reconstruction"]
    excess = error / reference.least_error(k) - 1
    assert -1e-6 < excess < 1e-3
    decoder = training.network.decoder[0]
    assert isinstance(decoder, torch.nn.Linear)
    W2 = decoder.weight.detach().double().numpy()
    assert angles_to_pca(reference.axes.T @ W2)[-1] < 10


def test_a_linear_autoencoder_trained_on_images_meets_their_pca() -> None:
    check(*trained("fashion-mnist", 2, 60, 0.03, images=1000), 2)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["mnist", "fashion-mnist"])
def test_a_linear_autoencoder_trained_on_the_full_set_meets_its_pca(full_data: None, dataset: Dataset) -> None:
    check(*trained(dataset, 8, 25, 0.02), 8)
