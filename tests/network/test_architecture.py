import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch

from vaeexplorer.config import Activation, Architecture, Family, Likelihood, ModelConfig, RunConfig
from vaeexplorer.network.architecture import layers, weight_shapes
from vaeexplorer.network.inference import restore
from vaeexplorer.network.models import build

ARCHITECTURES: tuple[Architecture, ...] = ("mlp", "conv", "linear")
FAMILIES: tuple[Family, ...] = ("ae", "vae")
LIKELIHOODS: tuple[Likelihood, ...] = ("gaussian", "gaussian-learned", "bernoulli")
HIDDEN: dict[Architecture, tuple[int, ...]] = {"mlp": (32, 16), "conv": (4, 8), "linear": ()}


@pytest.mark.parametrize(("model", "arch", "likelihood"), [*itertools.product(FAMILIES, ARCHITECTURES, LIKELIHOODS)])
def test_names_and_shapes_are_torchs(model: Family, arch: Architecture, likelihood: Likelihood) -> None:
    config = ModelConfig(model, arch, 3, HIDDEN[arch])
    state = build(config, likelihood).state_dict()
    assert weight_shapes(config, likelihood) == {name: tuple(tensor.shape) for name, tensor in state.items()}


@pytest.mark.parametrize("activation", ["silu", "relu", "tanh"])
def test_the_layers_of_an_mlp_make_the_same_image(activation: Activation) -> None:
    config = ModelConfig("vae", "mlp", 3, (32, 16), activation)
    network = build(config, "gaussian")
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    by_name: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "silu": lambda x: x / (1 + np.exp(-x)),
        "relu": lambda x: x.clip(0),
        "tanh": np.tanh,
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    }
    z = np.array([0.5, -1, 2], np.float32)
    values = z
    parts = layers(config, "gaussian")
    for layer in parts["decoder"]:
        values = weights[f"{layer.name}.weight"] @ values + weights[f"{layer.name}.bias"]
        values = by_name[layer.activation](values)
    assert [layer.activation for layer in parts["decoder"]] == [activation, activation, "sigmoid"]
    with torch.no_grad():
        np.testing.assert_allclose(values, network.decode(torch.tensor(z[None])).numpy()[0], atol=1e-6)


def test_the_layers_of_a_convolution_say_how_large_its_images_are() -> None:
    parts = layers(ModelConfig("vae", "conv", 3, (4, 8)), "bernoulli")
    assert [(layer.kind, layer.side) for layer in parts["encoder"]] == [("conv", 28), ("conv", 14)]
    assert [(layer.kind, layer.side) for layer in parts["decoder"]] == [
        ("dense", 0),
        ("conv_transpose", 7),
        ("conv_transpose", 14),
    ]
    assert [layer.activation for layer in parts["decoder"]] == ["silu", "silu", "none"]


def test_the_parts_are_those_that_the_model_has() -> None:
    assert set(layers(ModelConfig("ae"), "bernoulli")) == {"decoder", "encoder", "mean"}
    assert layers(ModelConfig("vae", "linear"), "bernoulli")["encoder"] == []
    assert layers(ModelConfig("vae", "linear"), "gaussian")["decoder"][-1].activation == "none"


def test_a_model_is_restored_from_its_weights() -> None:
    config = RunConfig(model=ModelConfig("vae", "conv", 3, (4, 8)))
    network = build(config.model, "bernoulli", seed=5)
    model = restore(config, {name: tensor.numpy() for name, tensor in network.state_dict().items()})
    kept = model.network.state_dict()
    assert all(torch.equal(kept[name], tensor) for name, tensor in network.state_dict().items())
