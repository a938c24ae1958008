from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import numpy as np
import pytest
import torch

from vaeexplorer.analysis.smoothness.magnification import central_differences
from vaeexplorer.config import Architecture, Family, Likelihood, ModelConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network import inference
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.network.models import Posterior, build
from vaeexplorer.runs.folder import load_run


def model(family: Family = "vae", arch: Architecture = "mlp", likelihood: Likelihood = "bernoulli") -> LatentModel:
    hidden = {"mlp": (32, 16), "conv": (4, 8), "linear": ()}[arch]
    return LatentModel(build(ModelConfig(family, arch, latent_dim=3, hidden=hidden), likelihood))


@pytest.mark.parametrize("arch", ["mlp", "conv", "linear"])
@pytest.mark.parametrize("family", ["ae", "vae"])
def test_numpy_in_numpy_out(family: Family, arch: Architecture, small_test: ImageDataset) -> None:
    latent = model(family, arch)
    codes = latent.encode(small_test.images)
    assert codes.mean.dtype == np.float32
    assert codes.mean.shape == (300, 3)
    assert (codes.logvar is None) == (family == "ae")
    images = latent.decode(codes.mean)
    assert images.dtype == np.float32
    assert images.shape == (300, 28, 28)
    assert images.min() >= 0
    assert images.max() <= 1


def test_it_says_what_the_network_says(small_test: ImageDataset) -> None:
    latent = model()
    x = torch.tensor(small_test.images.reshape(-1, 784)).float() / 255
    with torch.no_grad():
        mean, logvar = latent.network.encode(x)
        image = torch.sigmoid(latent.network.decode(mean))
    codes = latent.encode(small_test.images)
    np.testing.assert_allclose(codes.mean, mean.numpy(), atol=1e-6)
    assert logvar is not None
    assert codes.logvar is not None
    np.testing.assert_allclose(codes.logvar, logvar.numpy(), atol=1e-6)
    np.testing.assert_allclose(latent.decode(codes.mean).reshape(-1, 784), image.numpy(), atol=1e-6)


def test_bytes_and_fractions_are_the_same_images(small_test: ImageDataset) -> None:
    latent = model()
    expected = latent.encode(small_test.images).mean
    np.testing.assert_allclose(latent.encode(small_test.images / 255).mean, expected, atol=1e-5)


def test_sixty_thousand_images_pass_in_bounded_batches(
    small_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    latent = model()
    sizes: list[int] = []
    encode = latent.network.encode

    def spy(x: torch.Tensor) -> Posterior:
        sizes.append(len(x))
        return encode(x)

    monkeypatch.setattr(latent.network, "encode", spy)
    codes = latent.encode(np.broadcast_to(small_test.images[:1], (60_000, 28, 28)))
    assert max(sizes) <= inference.BATCH
    assert sum(sizes) == 60_000
    np.testing.assert_allclose(codes.mean, np.broadcast_to(codes.mean[:1], (60_000, 3)), atol=1e-5)


def test_order_does_not_depend_on_batches(mnist_test: ImageDataset) -> None:
    latent = model()
    whole = latent.encode(mnist_test.images[:5000]).mean
    np.testing.assert_allclose(whole[4000:4010], latent.encode(mnist_test.images[4000:4010]).mean, atol=1e-5)


def test_no_images_no_codes() -> None:
    codes = model().encode(np.zeros((0, 28, 28), np.uint8))
    assert codes.mean.shape == (0, 3)
    assert codes.logvar is not None
    assert model().decode(codes.mean).shape == (0, 28, 28)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((28, 28), np.uint8), r"\[N, 28, 28\]"),
        (np.zeros((1, 784), np.uint8), r"\[N, 28, 28\]"),
        (np.full((1, 28, 28), 255.0), r"in \[0, 1\]"),
        (np.full((1, 28, 28), np.nan), r"in \[0, 1\]"),
        (np.full((1, 28, 28), -1), r"in \[0, 1\]"),
    ],
)
def test_what_is_no_image_is_refused(images: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model().encode(images)


@pytest.mark.parametrize("z", [np.zeros(3), np.zeros((2, 4)), np.array([[0, np.nan, 0]]), np.array([[0, np.inf, 0]])])
def test_what_is_no_latent_point_is_refused(z: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Latent points"):
        model().decode(z)


def test_a_linear_decoders_images_are_clipped_for_the_eye() -> None:
    latent = model("ae", "linear", "gaussian")
    images = latent.decode(np.full((1, 3), 100, np.float32))
    assert images.min() == 0
    assert images.max() == 1


@pytest.mark.parametrize("likelihood", ["bernoulli", "continuous-bernoulli", "gaussian"])
@pytest.mark.parametrize("arch", ["mlp", "conv", "linear"])
def test_the_jacobian_is_what_central_differences_find(arch: Architecture, likelihood: Likelihood) -> None:
    latent, z = model("vae", arch, likelihood), np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    jacobian = latent.jacobian(z)
    assert jacobian.shape == (7, 784, 3)
    assert jacobian.dtype == np.float32
    found = central_differences(lambda at: latent.decode(at, clip=False), z, np.eye(3))
    rounding = 8e-4 if likelihood == "continuous-bernoulli" else 2e-4  # whose mean is a difference of large numbers
    np.testing.assert_allclose(jacobian, found, atol=rounding + 2e-3 * np.abs(found).max())


def test_the_jacobian_of_a_shipped_run_too() -> None:
    run = load_run("mnist-vae-2d")
    z = run.codes.mean[:50]
    spread = run.codes.mean.std(axis=0)
    found = central_differences(run.model.decode, z, np.diag(spread)) / spread
    np.testing.assert_allclose(run.model.jacobian(z), found, atol=0.01 * np.abs(found).max())
    with pytest.raises(ValueError, match="finite"):
        run.model.jacobian(np.full((1, 2), np.nan))


@pytest.mark.parametrize("switch", [torch.no_grad, torch.inference_mode])
def test_a_caller_may_have_switched_gradients_off(switch: Callable[[], AbstractContextManager[None]]) -> None:
    latent, z = model(), np.zeros((2, 3), np.float32)
    with switch():
        jacobian = latent.jacobian(z)
    np.testing.assert_array_equal(jacobian, latent.jacobian(z))


def test_threads_may_differentiate_at_once() -> None:
    latent, z = model(), np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    alone = latent.jacobian(z)
    with ThreadPoolExecutor(4) as pool:
        for jacobian in pool.map(latent.jacobian, [z] * 12):
            np.testing.assert_array_equal(jacobian, alone)
