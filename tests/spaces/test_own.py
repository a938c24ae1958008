import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vaeexplorer.codes import Codes
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.results.smoothness import subject
from vaeexplorer.spaces import own
from vaeexplorer.spaces.own import Functions, ModelError, open_model


class Linear:
    """A world with known answers: z = A x, pixel = clip(W z + b)."""

    def __init__(self, dimensions: int = 2) -> None:
        rng = np.random.default_rng(0)
        self.A = rng.normal(size=(784, dimensions)) / 28
        self.W = rng.normal(size=(dimensions, 784))
        self.b = rng.uniform(size=784)

    def encode(self, images: np.ndarray) -> np.ndarray:
        assert images.dtype == np.uint8
        return images.reshape(-1, 784) / 255 @ self.A

    def decode(self, z: np.ndarray) -> np.ndarray:
        assert z.dtype == np.float32
        return np.clip(z @ self.W + self.b, 0, 1).reshape(-1, 28, 28)


@pytest.fixture
def world() -> Linear:
    return Linear()


def test_what_is_opened_is_what_the_functions_say(
    world: Linear, small_test: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "BATCH", 128)  # three batches
    model = open_model(world.encode, world.decode, small_test, "mine")
    z = world.encode(small_test.images).astype(np.float32)
    np.testing.assert_allclose(model.codes, z, rtol=1e-6)
    assert model.posterior.logvar is None
    expected = ((small_test.images / 255 - world.decode(z)) ** 2).sum((1, 2))
    np.testing.assert_allclose(model.error, expected, rtol=1e-5)
    np.testing.assert_allclose(model.model.decode(z[:3]), world.decode(z[:3]), atol=1e-6)
    assert (model.name, model.data.name, len(model.data)) == ("mine", "mine", 300)


@pytest.mark.parametrize("form", [lambda m, v: (m, v), Codes, lambda m, v: SimpleNamespace(mean=m, logvar=v)])
def test_a_posterior_may_come_in_any_of_three_forms(form: Any, world: Linear, small_test: ImageDataset) -> None:
    def encode(images: np.ndarray) -> object:
        mean = world.encode(images)
        return form(mean, np.full_like(mean, -1))

    codes = open_model(encode, world.decode, small_test, "mine").posterior
    assert codes.logvar is not None
    assert codes.mean.dtype == codes.logvar.dtype == np.float32
    np.testing.assert_array_equal(codes.logvar, -1)


def test_a_full_covariance_keeps_all_of_its_kl(world: Linear, small_test: ImageDataset) -> None:
    covariance = np.array([[1.0, 0.6], [0.6, 0.5]])

    def encode(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return world.encode(images), np.broadcast_to(covariance, (len(images), 2, 2))

    space = open_model(encode, world.decode, small_test, "mine")
    codes = space.posterior
    assert codes.covariance is not None
    assert codes.covariance.shape == (300, 2, 2)
    assert codes.logvar is not None
    assert space.kl is not None
    np.testing.assert_allclose(codes.logvar, np.broadcast_to([0, np.log(0.5)], (300, 2)), atol=1e-6)
    squares = (codes.mean**2).sum(axis=1)
    wanted = (1.5 + squares - 2 - np.log(np.linalg.det(covariance))) / 2
    np.testing.assert_allclose(space.kl, wanted, rtol=1e-5)
    noise = subject(space).noise
    assert noise is not None
    np.testing.assert_allclose(noise, covariance, rtol=1e-6)
    plain = open_model(lambda x: (encode(x)[0], np.zeros((len(x), 2))), world.decode, small_test, "mine")
    assert plain.key != space.key


@pytest.mark.parametrize("fails", [False, True])
def test_the_main_module_is_the_callers_only_while_its_function_runs(
    world: Linear, small_test: ImageDataset, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    mine = sys.modules["__main__"]
    seen = []

    def encode(images: np.ndarray) -> np.ndarray:
        seen.append(sys.modules["__main__"])
        return fail(images) if fails else world.encode(images)

    model = Functions(encode, world.decode, (28, 28))
    page = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", page)
    with pytest.raises(ModelError) if fails else nullcontext():
        model.encode(small_test.images[:3])
    assert seen == [mine]
    assert sys.modules["__main__"] is page


def test_fractions_reach_encode_as_bytes(world: Linear, small_test: ImageDataset) -> None:
    model = Functions(world.encode, world.decode, (28, 28))
    np.testing.assert_array_equal(model.encode(small_test.images / 255).mean, model.encode(small_test.images).mean)
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        model.encode(np.full((1, 28, 28), np.nan))
    with pytest.raises(ValueError, match=r"\[N, 28, 28\]"):
        model.encode(np.zeros((1, 784), np.uint8))
    with pytest.raises(ValueError, match="finite"):
        model.decode(np.array([[np.nan, 0]]))


def fail(_: object) -> Any:
    raise KeyError("no weights\nand a second line")


BAD_ENCODE: dict[str, tuple[Any, str]] = {
    "no function": (7, "encode must be a function, not int"),
    "raises": (fail, r"encode raised KeyError on images \[1, 28, 28\]: 'no weights"),
    "nothing": (lambda x: None, "What encode returns must be numbers, not NoneType"),
    "text": (lambda x: np.array(["a"]), "What encode returns must be numbers, not <U1"),
    "ragged": (
        lambda x: [[1.0], [1.0, 2.0]],
        "What encode returns must be numbers that NumPy can read: its rows differ",
    ),
    "flat": (lambda x: np.zeros(len(x)), r"encode must return \[1, D\] for 1 images, D from 1 to 784; not \[1\]"),
    "too many rows": (lambda x: np.zeros((len(x) + 1, 2)), r"not \[2, 2\]"),
    "no dimension": (lambda x: np.zeros((len(x), 0)), "D from 1 to 784"),
    "NaN": (lambda x: np.full((len(x), 2), np.nan), "encode returned numbers that are not finite"),
    "beyond float32": (lambda x: np.full((len(x), 2), 1e300), "not finite"),
    "three arrays": (lambda x: (1, 2, 3), "not 3 things"),
    "logvar of another shape": (lambda x: (np.zeros((len(x), 2)), np.zeros((len(x), 3))), "log variances"),
    "a huge logvar": (lambda x: (np.zeros((len(x), 2)), np.full((len(x), 2), 100)), "log variance of 100"),
    "covariances of another D": (
        lambda x: (np.zeros((len(x), 2)), np.ones((len(x), 3, 3))),
        r"encode: Covariances must be \[1, 2, 2\]",
    ),
    "a lopsided covariance": (
        lambda x: (np.zeros((len(x), 2)), np.tile([[1, 0.5], [0, 1]], (len(x), 1, 1))),
        "encode: Covariances must be symmetric",
    ),
    "correlations beyond 1": (
        lambda x: (np.zeros((len(x), 2)), np.tile([[1, 2], [2, 1]], (len(x), 1, 1))),
        "encode: Covariances must be positive definite",
    ),
    "a huge covariance": (
        lambda x: (np.zeros((len(x), 2)), np.tile(1e36 * np.eye(2), (len(x), 1, 1))),
        "log variance of 82.9",
    ),
    "covariances of many dimensions": (
        lambda x: (np.zeros((len(x), 65)), np.tile(np.eye(65), (len(x), 1, 1))),
        "covariances of 65 dimensions; there may be 64",
    ),
    "another D for many": (lambda x: np.zeros((len(x), 2 if len(x) == 1 else 3)), "decode raised ValueError"),
}
BAD_DECODE: dict[str, tuple[Any, str]] = {
    "no function": (None, "decode must be a function, not NoneType"),
    "raises": (fail, r"decode raised KeyError on latent points \[1, 2\]"),
    "flat": (lambda z: np.zeros((len(z), 784)), r"decode must return \[1, 28, 28\] for z \[1, 2\], not \[1, 784\]"),
    "logits": (lambda z: np.full((len(z), 28, 28), -3.0), r"pixels in \[0, 1\], not -3 to -3"),
    "bytes": (lambda z: np.full((len(z), 28, 28), 255), r"pixels in \[0, 1\], not 255 to 255"),
    "NaN": (lambda z: np.full((len(z), 28, 28), np.nan), "decode returned numbers that are not finite"),
}


@pytest.mark.parametrize("case", BAD_ENCODE)
def test_a_bad_encode_is_refused_in_one_sentence(case: str, world: Linear, small_test: ImageDataset) -> None:
    encode, words = BAD_ENCODE[case]
    with pytest.raises(ModelError, match=words) as error:
        open_model(encode, world.decode, small_test, "mine")
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("case", BAD_DECODE)
def test_a_bad_decode_is_refused_in_one_sentence(case: str, world: Linear, small_test: ImageDataset) -> None:
    decode, words = BAD_DECODE[case]
    with pytest.raises(ModelError, match=words) as error:
        open_model(world.encode, decode, small_test, "mine")
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


GOOD: dict[str, Any] = {"images": np.zeros((2, 28, 28), np.uint8), "labels": np.zeros(2, int), "class_names": ["a"]}
BAD_DATA: dict[str, tuple[Any, str]] = {
    "no labels": (SimpleNamespace(images=GOOD["images"], class_names=["a"]), "must have .images, .labels"),
    "floats": (SimpleNamespace(**GOOD | {"images": np.zeros((2, 28, 28))}), "images must be uint8"),
    "no images": (SimpleNamespace(**GOOD | {"images": GOOD["images"][:0], "labels": []}), "data: "),
    "labels beyond the classes": (SimpleNamespace(**GOOD | {"labels": np.array([0, 1])}), "labels must be 0 to 0"),
    "no class names": (SimpleNamespace(**GOOD | {"class_names": None}), "a sequence of names"),
    "too many classes": (SimpleNamespace(**GOOD | {"class_names": ["a"] * 257}), "257 classes"),
    "too many images": (
        SimpleNamespace(
            images=np.broadcast_to(GOOD["images"][:1], (70_001, 28, 28)),
            labels=np.zeros(70_001, int),
            class_names=["a"],
        ),
        "70,001 images",
    ),
}


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_data_is_refused_in_one_sentence(case: str, world: Linear) -> None:
    data, words = BAD_DATA[case]
    with pytest.raises(ModelError, match=words) as error:
        open_model(world.encode, world.decode, data, "mine")
    assert str(error.value).endswith(".")


def test_anything_with_images_labels_and_names_will_do(world: Linear) -> None:
    model = open_model(world.encode, world.decode, SimpleNamespace(**GOOD), "mine")
    assert model.data.class_names == ("a",)


def test_a_function_that_exits_is_a_sentence_and_no_end(world: Linear, small_test: ImageDataset) -> None:
    def leave(images: np.ndarray) -> np.ndarray:
        raise SystemExit(3)

    with pytest.raises(ModelError, match="encode raised SystemExit"):
        open_model(leave, world.decode, small_test, "mine")
