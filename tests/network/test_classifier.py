"""The shipped classifiers err as seldom as their cards say, and what is no image or no classifier is told in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network import classifier
from vaeexplorer.network.classifier import (
    FOLDER,
    Classifier,
    ClassifierError,
    accuracy,
    load_classifier,
    save_classifier,
)


@pytest.mark.parametrize(("dataset", "at_least"), [("mnist", 0.985), ("fashion-mnist", 0.90)])
def test_the_shipped_weights_reach_the_accuracy_on_their_card(dataset: str, at_least: float) -> None:
    test = load_dataset("mnist" if dataset == "mnist" else "fashion-mnist", "test")
    assert len(test) == 10_000
    reached = accuracy(load_classifier(dataset), test)
    card = json.loads((FOLDER / f"{dataset}.json").read_text(encoding="utf-8"))
    assert reached >= at_least
    assert card["test_accuracy"] == pytest.approx(reached, abs=2e-4)
    assert "60,000" in card["train_images"]
    assert (FOLDER / f"{dataset}.safetensors").stat().st_size <= 450_000


def test_features_and_probabilities_have_the_promised_shapes(mnist_test: ImageDataset) -> None:
    judge, images = load_classifier("mnist"), mnist_test.images[:700]
    features, probabilities = judge.features(images), judge.probabilities(images)
    assert features.shape == (700, judge.feature_dim)
    assert features.dtype == probabilities.dtype == np.float32
    assert features.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    floats = judge.features(images[:5].astype(np.float32) / 255)
    np.testing.assert_allclose(floats, features[:5], rtol=1e-4, atol=1e-5)
    assert judge.features(images[:0]).shape == (0, judge.feature_dim)


def test_training_repeats_itself_and_learns(
    small_train: ImageDataset, small_test: ImageDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (*_, first), (*_, second) = (list(classifier.train_classifier(small_train, epochs=3)) for _ in range(2))
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert a.equal(b)
    save_classifier(first, small_train, small_test, tmp_path)
    monkeypatch.setattr(classifier, "FOLDER", tmp_path)
    kept = json.loads((tmp_path / "mnist.json").read_text(encoding="utf-8"))["test_accuracy"]
    assert kept == pytest.approx(accuracy(load_classifier("mnist"), small_test))
    assert kept > 0.6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mnist.json", "mnist.safetensors"]


@pytest.mark.parametrize("images", [np.zeros((2, 784), np.float32), np.full((1, 28, 28), np.nan, np.float32)])
def test_what_is_no_image_is_told(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite and"):
        Classifier().features(images)


def test_a_missing_or_broken_classifier_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "FOLDER", tmp_path)
    with pytest.raises(ClassifierError, match="no classifier of mnist"):
        load_classifier("mnist")
    (tmp_path / "mnist.safetensors").write_bytes((FOLDER / "mnist.safetensors").read_bytes()[:5000])
    with pytest.raises(ClassifierError, match="no classifier of mnist"):
        load_classifier("mnist")
