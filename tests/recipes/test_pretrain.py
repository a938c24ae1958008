"""The shipped runs are what they say they are."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.config import ModelConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.evaluation import evaluate
from vaeexplorer.recipes.pretrain import CONFIGS, card, strip
from vaeexplorer.runs.attachments import load_projection
from vaeexplorer.runs.folder import list_runs, load_run

# Test figures, nats per image (squared error + KL for the lecture's loss), that a shipped run must not exceed.
AT_MOST = {
    "mnist-vae-2d": 135.5,
    "mnist-vae-2d-lecture": 33.0,
    "mnist-vae-16d": 102.5,
    "fashion-mnist-vae-2d": 252.0,
    "fashion-mnist-vae-2d-lecture": 25.0,
    "fashion-mnist-vae-16d": 241.5,
    "mnist-ae-2d-lecture": 25.5,
    "fashion-mnist-ae-2d-lecture": 17.5,
}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_all_twelve_are_there_and_nothing_is_broken() -> None:
    cards, errors = list_runs()
    assert {card.name for card in cards if card.path.parent == SHIPPED} == set(CONFIGS)
    assert len(CONFIGS) == 12
    assert errors == []


def test_together_they_are_small() -> None:
    assert size(SHIPPED) < 76e6


RECOMPUTED = ("mnist-vae-2d", "mnist-ae-16d", "fashion-mnist-ae-2d-lecture", "fashion-mnist-vae-16d")
"""runs among which every two of data set, model and number of dimensions meet, and both losses"""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in RECOMPUTED else pytest.mark.slow) for name in CONFIGS]
)
def test_the_figures_are_recomputed_from_the_shipped_weights_and_images(name: str) -> None:
    run = load_run(name)
    metrics = evaluate(run.model.network, run.config, load_dataset(run.config.data.dataset, "test").images)
    for key, value in metrics.items():
        assert run.metrics[f"test_{key}"] == pytest.approx(value, abs=2e-3)


@pytest.mark.parametrize("name", CONFIGS)
def test_codes_and_errors_are_recomputed_from_the_shipped_weights_and_images(name: str) -> None:
    run = load_run(name)
    assert run.config == CONFIGS[name]
    assert len(run.history) == run.config.train.epochs
    assert run.metrics["test_total"] <= AT_MOST.get(name, np.inf)
    test = load_dataset(run.config.data.dataset, "test")
    assert len(test) == 10_000
    np.testing.assert_array_equal(run.labels, test.labels)
    codes = run.model.encode(test.images[:500])
    np.testing.assert_allclose(run.codes.mean[:500], codes.mean, atol=2e-3, rtol=2e-3)
    squared = ((test.images[:500] / 255 - run.model.decode(codes.mean)) ** 2).sum((1, 2))
    np.testing.assert_allclose(run.error[:500], squared, rtol=1e-3)
    # bfloat16 saw the snapshots, and they are kept in 255 steps of their spread
    step = np.ptp(run.snapshots[-1], axis=0).max() / 255
    np.testing.assert_allclose(run.snapshots[-1][:500], codes.mean, atol=0.2 + step, rtol=0.1)
    assert (run.codes.logvar is not None) == (run.config.model.model == "vae")
    umap = load_projection(run, "umap")
    assert (umap is None) == (run.config.model.latent_dim == 2)
    assert umap is None or umap.shape == (10_000, 2)


@pytest.mark.parametrize("name", [name for name in CONFIGS if "-ae-" in name])
def test_a_pair_differs_in_the_kl_term_alone(name: str) -> None:
    ae, vae = CONFIGS[name], CONFIGS[name.replace("-ae-", "-vae-")]
    model: ModelConfig = dataclasses.replace(vae.model, model="ae")
    assert ae == dataclasses.replace(vae, model=model)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_card_tells_the_figures(name: str) -> None:
    run = load_run(name)
    text = (run.path / "README.md").read_text(encoding="utf-8")
    assert text == card(run)
    assert f"{run.metrics['test_total']:.2f}" in text
    assert "(reconstructions.png)" in text
    assert (run.path / "reconstructions.png").read_bytes().startswith(b"\x89PNG")


def test_the_strip_shows_every_class_above_its_reconstruction() -> None:
    run = load_run("mnist-vae-16d")
    test = load_dataset("mnist", "test")
    sheet = np.asarray(strip(run, test))
    assert sheet.shape == (2 * 28 * 4, 12 * 28 * 4)
    above, below = sheet[: 28 * 4 : 4, ::4].astype(float), sheet[28 * 4 :: 4, ::4].astype(float)
    np.testing.assert_array_equal(above[:, :28], test.images[np.flatnonzero(test.labels == 0)[0]])
    assert np.corrcoef(above.ravel(), below.ravel())[0, 1] > 0.9
