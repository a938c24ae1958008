"""Training in the browser against torch's: gradients, losses of many steps, and what comes of a whole run."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from vaeexplorer.config import Likelihood, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.network import architecture
from vaeexplorer.network.dials import schedule, warmed_up
from vaeexplorer.network.evaluation import network_terms
from vaeexplorer.network.models import Autoencoder, begin_at_mean_image, build
from vaeexplorer.network.step import adam
from vaeexplorer.network.training import train

BATCH, STEPS, IMAGES, BETA, RATE = 30, 100, 70, 1.5, 2e-3  # 30 is not a multiple of 4, 70 none of 30
ACTIVATIONS = {"bernoulli": "silu", "continuous-bernoulli": "tanh", "gaussian": "relu", "gaussian-learned": "silu"}
MODELS = {"ae": ("ae", "mlp"), "vae": ("vae", "mlp"), "linear-ae": ("ae", "linear"), "linear-vae": ("vae", "linear")}


@dataclasses.dataclass(frozen=True)
class Case:
    model: str
    likelihood: Likelihood
    reduction: tuple[str, str, str] = ("sum", "sum", "mean")  # over pixels, over dimensions, over the batch
    steps: int = 1

    @property
    def name(self) -> str:
        return "-".join((self.model, self.likelihood, *self.reduction))

    @property
    def config(self) -> RunConfig:
        family, arch = MODELS[self.model]
        hidden, activation = ((), "silu") if arch == "linear" else ((50, 33), ACTIVATIONS[self.likelihood])
        model: Any = {"model": family, "arch": arch, "latent_dim": 5, "hidden": hidden, "activation": activation}
        return RunConfig(model=ModelConfig(**model), objective=ObjectiveConfig(self.likelihood, beta=BETA))

    @property
    def choices(self) -> dict[str, Any]:
        """As `network/choices.js` has them."""
        model, objective = self.config.model, self.config.objective
        pixels, dims, batch = self.reduction
        return {
            "dataset": "mnist",
            "model": self.model,
            "dim": model.latent_dim,
            "widths": model.hidden,
            "activation": model.activation,
            "likelihood": self.likelihood,
            "variance": objective.pixel_variance,
            "beta": BETA,
            "warmup": 0,
            "rate": RATE,
            "schedule": "constant",
            "epochs": 1,
            "batch": BATCH,
            "seed": 0,
            "images": IMAGES,
            "reduction": {"pixels": pixels, "dims": dims, "batch": batch},
        }


# A linear decoder of any likelihood but the gaussian is unusual, and trains all the same.
CASES = [
    Case(model, likelihood, steps=STEPS if model == "vae" or likelihood == "gaussian" else 1)
    for model in MODELS
    for likelihood in get_args(Likelihood)
]
REDUCED = [
    Case("vae", "bernoulli", reduction)
    for reduction in (("mean", "mean", "mean"), ("mean", "sum", "mean"), ("mean", "mean", "sum"))
]


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """Digits, of which many pixels are 0 in all images."""
    return load_dataset("mnist", "train", download=False).images[:IMAGES].reshape(IMAGES, 784).copy()


class Trained:
    """The gradients of a first batch and the losses of all steps, by torch."""

    def __init__(self, case: Case, images: np.ndarray) -> None:
        self.case = case
        config = case.config
        self.network: Autoencoder = build(config.model, case.likelihood, 3)
        pixels = torch.from_numpy(images)
        begin_at_mean_image(self.network, pixels)
        self.weights = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        self.noise = torch.randn(case.steps, BATCH, config.model.latent_dim, generator=torch.Generator().manual_seed(1))
        optimizer = adam(self.network, torch.device("cpu"), RATE)
        self.losses: list[float] = []
        self.gradients: dict[str, Tensor] = {}
        for step in range(case.steps):
            batch = [(step * BATCH + place) % IMAGES for place in range(BATCH)]
            x = pixels[batch].float() / 255
            optimizer.zero_grad()
            terms, _ = network_terms(self.network, x, self.noise[step], config, BETA)
            self.losses.append(terms.total.mean().item())
            by_pixels, by_dims = (
                1 / size if how == "mean" else 1 for how, size in zip(case.reduction, (784, 5), strict=False)
            )
            loss = terms.reconstruction * by_pixels + BETA * terms.kl * by_dims
            (loss.sum() if case.reduction[2] == "sum" else loss.mean()).backward()
            if step == 0:
                self.gradients = {
                    name: torch.zeros_like(each) if each.grad is None else each.grad.clone()
                    for name, each in self.network.named_parameters()
                }
            optimizer.step()


@pytest.fixture(scope="module")
def trained(images: np.ndarray) -> dict[str, Trained]:
    return {case.name: Trained(case, images) for case in [*CASES, *REDUCED]}


@pytest.fixture(scope="module")
def ours(
    trained: dict[str, Trained], images: np.ndarray, node: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[float]], Path]:
    """The losses in the browser's training, and a folder a case with its gradients."""
    root = tmp_path_factory.mktemp("trainings")
    for name, theirs in trained.items():
        folder = root / name
        for part in ("weights", "gradients"):
            (folder / part).mkdir(parents=True)
        about = {"choices": theirs.case.choices, "steps": theirs.case.steps, "beta": BETA, "rate": RATE}
        (folder / "case.json").write_text(json.dumps(about))
        (folder / "images.bin").write_bytes(images.tobytes())
        (folder / "noise.bin").write_bytes(theirs.noise.numpy().tobytes())
        for key, tensor in theirs.weights.items():
            (folder / "weights" / f"{key}.bin").write_bytes(tensor.numpy().tobytes())
    return json.loads(node("training_agreement.js", str(root))), root


def gradient(folder: Path, name: str, shape: torch.Size) -> np.ndarray:
    return np.fromfile(folder / "gradients" / f"{name}.bin", "<f4").reshape(tuple(shape))


@pytest.mark.parametrize("case", [*CASES, *REDUCED], ids=lambda case: case.name)
def test_gradients_are_those_of_autograd(
    case: Case, trained: dict[str, Trained], ours: tuple[dict[str, list[float]], Path]
) -> None:
    gradients = trained[case.name].gradients
    assert set(gradients) == set(architecture.weight_shapes(case.config.model, case.likelihood))
    for name, theirs in gradients.items():
        found = gradient(ours[1] / case.name, name, theirs.shape)
        largest = theirs.abs().max().item()
        assert largest > 0, name
        assert np.abs(found - theirs.numpy()).max() <= 1e-5 * largest, name


@pytest.mark.parametrize("case", [case for case in CASES if case.steps == STEPS], ids=lambda case: case.name)
def test_a_hundred_steps_have_the_same_loss(
    case: Case, trained: dict[str, Trained], ours: tuple[dict[str, list[float]], Path]
) -> None:
    theirs, found = np.array(trained[case.name].losses), np.array(ours[0][case.name])
    assert len(found) == STEPS
    assert theirs[-10:].mean() < theirs[:10].mean()  # it learns
    passes_zero = case.likelihood == "gaussian-learned"  # the log of a density, and large terms of both signs
    np.testing.assert_allclose(found, theirs, rtol=1e-5, atol=1e-5 * theirs[0] if passes_zero else 0)


@pytest.mark.parametrize(
    ("case", "factor"),
    list(zip(REDUCED, (784 / 5, 784, 784 / 5), strict=True)),
    ids=["means", "mean of pixels", "means, sum of the batch"],
)
def test_means_are_another_beta(
    case: Case, factor: float, images: np.ndarray, ours: tuple[dict[str, list[float]], Path]
) -> None:
    """The gradient of the loss in means is 1/784 of that of the sums at beta * 784 / D, or * 784; a sum over the batch
    in place of a mean makes it as many times larger as there are images, and nothing else of it."""
    network = build(case.config.model, case.likelihood, 3)
    begin_at_mean_image(network, torch.from_numpy(images))
    noise = torch.randn(1, BATCH, 5, generator=torch.Generator().manual_seed(1))[0]
    x = torch.from_numpy(images[:BATCH]).float() / 255
    terms, _ = network_terms(network, x, noise, case.config, factor * BETA)
    terms.total.mean().backward()
    scale = 784 / BATCH if case.reduction[2] == "sum" else 784
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None
        found = scale * gradient(ours[1] / case.name, name, parameter.shape)
        assert np.abs(found - parameter.grad.numpy()).max() <= 1e-5 * parameter.grad.abs().max().item(), name


def test_dials_turn_as_in_training(node: Callable[..., str]) -> None:
    """One-cycle and warm-up, of 3 epochs of 7 steps."""
    script = """
      import { kernel } from "./kernel/kernel.js";
      import { Dials } from "./network/dials.js";
      const choices = { beta: 4, warmup: 2, rate: 0.003, schedule: "one-cycle", epochs: 3 };
      const dials = new Dials(choices, 7, [], (await kernel()).cosine);
      console.log(JSON.stringify(Array.from({ length: 21 }, (_, step) => dials.at(step))));
    """
    for step, found in enumerate(json.loads(node("--input-type=module", "-e", script))):
        assert found["beta"] == warmed_up(4, step // 7 + 1, 2)
        assert found["rate"] == pytest.approx(0.003 * schedule("one-cycle", step, 21), abs=1e-9)
        assert found["end"] == 21


def in_node(node: Callable[..., str], folder: Path, choices: dict[str, Any], *sets: np.ndarray) -> dict[str, float]:
    """A whole training in the browser's way: seconds, and the terms of the loss on the second set."""
    (folder / "choices.json").write_text(json.dumps(choices))
    for name, images in zip(("train", "test"), sets, strict=True):
        (folder / name).write_bytes(images.tobytes())
    paths = [str(folder / name) for name in ("choices.json", "train", "test")]
    found: dict[str, float] = json.loads(node("train_node.js", *paths))
    return found


def test_a_linear_autoencoder_reaches_the_error_of_pca(node: Callable[..., str], tmp_path: Path) -> None:
    dim = 16
    sample = SAMPLE.read("mnist", "train")
    assert sample is not None
    images = sample.images.reshape(-1, 784)
    asked = {"dim": dim, "rate": 1e-2, "schedule": "one-cycle", "epochs": 10, "images": len(images), "batch": 64}
    found = in_node(node, tmp_path, Case("linear-ae", "gaussian").choices | asked, images, images)
    centred = images / 255 - images.mean(axis=0) / 255
    rest = np.linalg.eigvalsh(centred.T @ centred / len(images))[:-dim].sum()
    assert rest <= found["reconstruction"] <= rest * 1.001


@pytest.mark.slow
def test_the_default_comes_to_the_loss_of_training_here(node: Callable[..., str], tmp_path: Path) -> None:
    """What the page begins with, by both: the same images, the same settings, other random numbers."""
    train_set, test_set = SAMPLE.read("mnist", "train"), SAMPLE.read("mnist", "test")
    assert train_set is not None
    assert test_set is not None
    epochs, rate = 10, 3e-3
    asked = {"model": "vae", "dim": 2, "widths": [256, 256], "activation": "silu", "beta": 1, "rate": rate}
    asked |= {"schedule": "one-cycle", "epochs": epochs, "batch": 128, "images": len(train_set)}
    pixels = [part.images.reshape(-1, 784) for part in (train_set, test_set)]
    ours = in_node(node, tmp_path, Case("vae", "bernoulli").choices | asked, *pixels)
    config = RunConfig(
        model=ModelConfig(hidden=(256, 256)), train=TrainConfig(epochs=epochs, learning_rate=rate, device="cpu")
    )
    *_, theirs = train(config, train_set=train_set, test_set=test_set)
    print(ours, theirs)
    assert ours["total"] == pytest.approx(theirs.test.total, abs=1)
