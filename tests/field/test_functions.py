"""Functions and arrays that users give: what public reports about other libraries complain of, tried here.

Each test names the report's project and the symptom.
"""

from collections import namedtuple
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

import vaeexplorer as vx
from vaeexplorer.codes import Codes
from vaeexplorer.data.images import DataError, ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.spaces.own import Functions, ModelError, open_model


class Mean(NamedTuple):
    logvar: np.ndarray
    mean: np.ndarray
    z: np.ndarray


def codes_of(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)[:, 300:302].astype(np.float32) / 255


def picture(z: np.ndarray) -> np.ndarray:
    return np.full((len(z), 28, 28), 0.5) * (z[:, :1, None] > -9)


# scikit-learn/scikit-learn#5481, mdbartos/pysheds#154: what is given is written to
def test_a_decode_that_scales_in_place_changes_no_code(small_test: ImageDataset) -> None:
    def decode(z: np.ndarray) -> np.ndarray:
        z *= 3
        z += 1
        return picture(z)

    space = open_model(codes_of, decode, small_test, "mine")
    np.testing.assert_array_equal(space.codes, codes_of(small_test.images))
    z = np.ones((3, 2), np.float32)
    space.decode(z)
    np.testing.assert_array_equal(z, 1)


# pytorch/pytorch#33615, pytorch/pytorch#47160: a warning for every read-only array, and writes that go through
def test_an_encode_by_from_numpy_changes_no_image_and_is_not_warned(small_test: ImageDataset) -> None:
    mine = small_test.images.copy()
    before = mine.copy()

    def encode(images: np.ndarray) -> np.ndarray:
        tensor = torch.from_numpy(images)
        tensor.fill_(7)
        return np.random.default_rng(0).normal(size=(len(images), 2))

    data = SimpleNamespace(images=mine, labels=small_test.labels, class_names=small_test.class_names)
    space = open_model(encode, picture, data, "mine")
    np.testing.assert_array_equal(mine, before)
    np.testing.assert_array_equal(space.data.images, before)
    mine[:] = 0  # nor does the caller change what is shown
    np.testing.assert_array_equal(space.data.images, before)


def test_functions_that_return_one_buffer_at_every_call(small_test: ImageDataset) -> None:
    buffer = np.zeros((1000, 2), np.float32)

    def encode(images: np.ndarray) -> np.ndarray:
        buffer[: len(images)] = codes_of(images)
        return buffer[: len(images)]

    model = Functions(encode, picture, (28, 28))
    first = model.encode(small_test.images[:5]).mean
    model.encode(small_test.images[5:10])
    np.testing.assert_array_equal(first, codes_of(small_test.images[:5]))


def test_a_report_changes_nothing_of_its_callers(rng: np.random.Generator) -> None:
    z = rng.standard_normal((300, 2), dtype=np.float32)
    images = rng.random((300, 28, 28), dtype=np.float32)
    before = z.copy(), images.copy()
    buffer = np.zeros((4000, 28, 28), np.float32)

    def decode(points: np.ndarray) -> np.ndarray:
        points *= 3
        buffer[: len(points)] = 0.5 + 0.1 * np.tanh(points[:, :1, None])
        return buffer[: len(points)]

    def features(pictures: np.ndarray) -> np.ndarray:
        pictures -= 0.5
        return pictures.reshape(len(pictures), -1)[:, :5]

    class EnoughError(Exception):
        """Images come first; what follows would take half a minute."""

    def stop(share: float, doing: str) -> None:
        if not doing.startswith("decoded"):
            raise EnoughError

    with pytest.raises(EnoughError):
        vx.report(z, decode=decode, images=images, features=features, on_progress=stop)
    np.testing.assert_array_equal(z, before[0])
    np.testing.assert_array_equal(images, before[1])


Straight = namedtuple("Straight", ["mean", "logvar"])
Crossed = namedtuple("Crossed", ["logvar", "mean"])


# OpenTalker/SadTalker#969 and its like: mean and log variance in the other's place
@pytest.mark.parametrize("kind", [Straight, Crossed])
def test_names_come_before_places(kind: Any, small_test: ImageDataset) -> None:
    def encode(images: np.ndarray) -> Any:
        mean = codes_of(images)
        return kind(mean=mean, logvar=np.full_like(mean, -2))

    codes = Functions(encode, picture, (28, 28)).encode(small_test.images)
    np.testing.assert_array_equal(codes.mean, codes_of(small_test.images))
    np.testing.assert_array_equal(codes.logvar, np.full_like(codes.mean, -2))


def test_more_fields_than_two_will_do(small_test: ImageDataset) -> None:
    def encode(images: np.ndarray) -> Any:
        mean = codes_of(images)
        return Mean(np.full_like(mean, -2), mean, mean)

    codes = Functions(encode, picture, (28, 28)).encode(small_test.images)
    np.testing.assert_array_equal(codes.mean, codes_of(small_test.images))


Other = namedtuple("Other", ["log_var", "mu"])

RETURNED: dict[str, tuple[Any, str]] = {
    # Keras' VAE example returns [z_mean, z_log_var, z]
    "a list of three": (lambda m: [m, m, m], "list of 3 arrays, as Keras does"),
    "a list of two": (lambda m: [m, m], "list of 2 arrays, as Keras does"),
    "other names": (lambda m: Other(m, m), "named tuple of log_var, mu: name its fields mean and logvar"),
    "a dict": (lambda m: {"mean": m, "logvar": m}, "must be numbers, not dict"),
    "a gradient": (lambda m: torch.tensor(m, requires_grad=True), "requires grad"),
    "a distribution": (lambda m: torch.distributions.Normal(0.0, 1.0), "must be numbers, not Normal"),
    "blurred": (lambda m: 1e9 + m.astype(float) + np.arange(len(m))[:, None], "take off their mean"),
}


@pytest.mark.parametrize("case", RETURNED)
def test_what_cannot_be_read_is_one_sentence(case: str, small_test: ImageDataset) -> None:
    make, words = RETURNED[case]
    with pytest.raises(ModelError, match=words) as error:
        Functions(lambda images: make(codes_of(images)), picture, (28, 28)).encode(small_test.images)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


GOOD: dict[str, Any] = {"images": np.zeros((2, 28, 28), np.uint8), "labels": [0, 0], "class_names": ["a"]}
DATA: dict[str, tuple[dict[str, Any], str]] = {
    "class names None": ({"class_names": None}, "class_names must be a sequence"),
    "class names 10": ({"class_names": 10}, "class_names must be a sequence of names, one a class, not int"),
    "class names in no order": ({"class_names": {"a", "b"}}, "not set"),
    "no class names": ({"class_names": []}, "class_names is empty"),
    "images with a gradient": ({"images": torch.zeros(2, 28, 28, requires_grad=True)}, "requires grad"),
    "ragged images": ({"images": [np.zeros((28, 28)), np.zeros((27, 28))]}, "images must be numbers.*differ in length"),
    "ragged labels": ({"labels": [[0], [0, 1]]}, "labels must be numbers.*differ in length"),
    "no images": ({"images": None}, "images must be numbers, not NoneType"),
}


@pytest.mark.parametrize("case", DATA)
def test_data_that_is_none_is_one_sentence(case: str) -> None:
    changes, words = DATA[case]
    with pytest.raises(ModelError, match=words) as error:
        open_model(codes_of, picture, SimpleNamespace(**GOOD | changes), "mine")
    assert str(error.value).count(".") == 1 + str(error.value).count(".images")
    with pytest.raises(DataError, match=words):
        ImageDataset("mine", "test", **GOOD | changes, source="a test")


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"mean": 1}, "Codes must be numbers, not dict"),
        ([[1.0], [1.0, 2.0]], "differ in length"),
        (torch.zeros(200, 2, requires_grad=True), "requires grad"),
        (np.full((200, 2), 1e300), "finite"),
        (1e9 + np.random.default_rng(0).normal(size=(200, 2)), "take off their mean"),
        (Codes(np.zeros((200, 2)), "no numbers"), "Log variances must be numbers"),  # type: ignore[arg-type]
    ],
)
def test_codes_that_are_none_are_one_sentence(codes: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        vx.report(codes)


@pytest.mark.parametrize("keyword", ["train_set", "test_set"])
def test_a_training_set_is_no_array(keyword: str, small_test: ImageDataset) -> None:
    with pytest.raises(UserError, match=f"{keyword} must be an ImageDataset, not ndarray"):
        vx.train(vx.RunConfig(), **{keyword: small_test.images})  # type: ignore[arg-type]


def test_a_configuration_is_no_dict() -> None:
    with pytest.raises(UserError, match="config must be a RunConfig, not dict"):
        vx.train({"epochs": 3})  # type: ignore[arg-type]
