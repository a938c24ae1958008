import dataclasses
import json
from typing import Any

import pytest

from vaeexplorer.config import ConfigError, DataConfig, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig


def test_json_and_back_gives_the_same_config() -> None:
    config = RunConfig(
        DataConfig("fashion-mnist"),
        ModelConfig("ae", "conv", 16, hidden=(8, 16)),
        ObjectiveConfig("gaussian", pixel_variance=1, beta=4, kl_warmup=3),
        TrainConfig(epochs=7, seed=5),
    )
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize(
    ("part", "field", "value", "words"),
    [
        ("data", "dataset", "cifar", "mnist, fashion-mnist"),
        ("model", "latent_dim", 0, ">= 1"),
        ("model", "latent_dim", 785, "<= 784"),
        ("model", "latent_dim", 2.0, "int"),
        ("model", "latent_dim", True, "int"),
        ("model", "hidden", [1.5], "expected int"),
        ("model", "hidden", [0], ">= 1"),
        ("objective", "beta", -1, ">= 0"),
        ("objective", "beta", float("nan"), ">= 0"),
        ("objective", "pixel_variance", 0, "> 0"),
        ("train", "epochs", 0, "epochs"),
        ("train", "learning_rate", float("inf"), "<= 1"),
        ("train", "seed", -1, "seed"),
        ("train", "compile", 1, "bool"),
    ],
)
def test_what_is_impossible_is_refused_in_one_sentence(part: str, field: str, value: object, words: str) -> None:
    document = RunConfig().to_json()
    document[part][field] = value
    with pytest.raises(ConfigError, match=words) as error:
        RunConfig.from_json(document)
    assert part in str(error.value)
    assert field in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_key_takes_its_default() -> None:
    document = RunConfig(train=TrainConfig(epochs=7)).to_json()
    del document["train"]["compile"], document["objective"]
    assert RunConfig.from_json(document) == RunConfig(train=TrainConfig(epochs=7))
    assert RunConfig.from_json({}) == RunConfig()


@pytest.mark.parametrize(
    ("change", "where"),
    [(lambda d: d["train"].update(colour=1), "train.colour"), (lambda d: d.update(colour={}), "colour")],
)
def test_unknown_keys_are_refused(change: Any, where: str) -> None:
    document = RunConfig().to_json()
    change(document)
    with pytest.raises(ConfigError, match=f"unknown key '{where}'"):
        RunConfig.from_json(document)


@pytest.mark.parametrize("document", [None, [], "x", {"data": 1, "model": 1}])
def test_documents_that_are_no_objects_are_refused(document: object) -> None:
    with pytest.raises(ConfigError, match="object"):
        RunConfig.from_json(document)


def test_a_linear_model_has_no_hidden_layers() -> None:
    with pytest.raises(ConfigError, match="no hidden"):
        ModelConfig(arch="linear", hidden=(8,))


def test_default_names_tell_runs_apart() -> None:
    base = RunConfig()
    others = [
        dataclasses.replace(base, data=DataConfig("fashion-mnist")),
        dataclasses.replace(base, model=ModelConfig("ae")),
        dataclasses.replace(base, model=ModelConfig(arch="conv")),
        dataclasses.replace(base, objective=ObjectiveConfig(beta=4)),
        dataclasses.replace(base, train=TrainConfig(seed=1)),
    ]
    assert len({config.default_name for config in (base, *others)}) == 6


def test_what_was_chosen_says_no_more_than_what_differs_from_the_defaults() -> None:
    assert RunConfig().chosen() == {"data": {}, "model": {}, "objective": {}, "train": {}}
    config = RunConfig(model=ModelConfig(latent_dim=3), objective=ObjectiveConfig(beta=4.0))
    assert config.chosen() == {"data": {}, "model": {"latent_dim": 3}, "objective": {"beta": 4.0}, "train": {}}
