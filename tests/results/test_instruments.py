"""The instruments on shipped runs, and what of them is known."""

import dataclasses
import json

import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.instruments import epps_pulley
from vaeexplorer.config import ConfigError
from vaeexplorer.results import instruments
from vaeexplorer.runs.folder import Run, load_run


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instruments, "EFFECT_CODES", 300)
    monkeypatch.setattr(instruments, "SAMPLES", 1000)
    quick = lambda z, seed: epps_pulley.sliced_normality(z, directions=32, points=500, seed=seed)  # noqa: E731
    monkeypatch.setattr(instruments, "sliced_normality", quick)


def test_a_vae_of_16_dimensions_uses_7_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["instruments", "mnist-vae-16d", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = found["dimensions"]
    assert [row["effect"] for row in rows] == sorted((row["effect"] for row in rows), reverse=True)
    dead = [row for row in rows if row["kl"] < 0.01]
    assert len(rows) - len(dead) == 7
    assert max(row["effect"] for row in dead) < 0.01 * min(row["effect"] for row in rows if row not in dead)
    samples, others, real = found["pixels"]
    assert real["mean_r2"] > 0.99
    assert real["spread"] == pytest.approx(1, abs=0.05)
    assert real["variance_r2"] > 0.99
    assert samples["variance_r2"] < others["variance_r2"] < 0.95  # decoded images lack the noise of pixels
    assert len(found["normality"]["worst"]) == 16


def test_an_autoencoder_is_not_normal_and_has_no_kl(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["instruments", "mnist-ae-2d"]) == 0
    out = capsys.readouterr().out
    assert "n/a" in out
    assert "p = 0.050" in out  # the least that 39 nulls can show


def seeded(run: Run, seed: int) -> Run:
    return dataclasses.replace(
        run, config=dataclasses.replace(run.config, train=dataclasses.replace(run.config.train, seed=seed))
    )


def test_the_same_weights_have_the_same_distances(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from vaeexplorer.analysis.instruments import geometry

    run = load_run("mnist-vae-2d")
    monkeypatch.setattr(instruments, "geodesics", lambda *given: geometry.geodesics(*given, cells=16))
    found = instruments.measure_stability([seeded(run, 0), seeded(run, 1)], pairs=20)
    assert (found.euclidean, found.geodesic, found.seeds) == (0, 0, [0, 1])
    with pytest.raises(ConfigError, match="seed alone"):
        instruments.measure_stability([seeded(run, 0), seeded(load_run("mnist-ae-2d"), 1)])
    run = load_run("mnist-vae-16d")
    with pytest.raises(ConfigError, match="two latent dimensions"):
        instruments.measure_stability([seeded(run, 0), seeded(run, 1)])
