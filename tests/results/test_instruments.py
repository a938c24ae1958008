"""The instruments on shipped runs, and what of them is known."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.instruments import epps_pulley
from vaeexplorer.config import ConfigError
from vaeexplorer.files import SHIPPED
from vaeexplorer.results import instruments
from vaeexplorer.results.instruments import InstrumentsDocument, StabilityDocument
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.folder import Run, list_runs, load_run
from vaeexplorer.runs.images import images_of


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instruments, "EFFECT_CODES", 300)
    monkeypatch.setattr(instruments, "SAMPLES", 1000)
    quick = partial(epps_pulley.sliced_normality, directions=32, points=500)
    monkeypatch.setattr(instruments, "sliced_normality", quick)


def copied(name: str, runs_folder: Path) -> Path:
    """A shipped run as one's own, without what was measured of it."""
    path = runs_folder / "mine"
    shutil.copytree(SHIPPED / name, path, ignore=shutil.ignore_patterns("*.json"))
    shutil.copy(SHIPPED / name / "run.json", path)
    return path


def test_a_vae_of_16_dimensions_uses_7_of_them(runs_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied("mnist-vae-16d", runs_folder)
    assert stored(load_run("mine"), InstrumentsDocument) is None
    assert main(["instruments", "mine", "--json"]) == 0
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
    assert sum(row["activity"] > 0.01 for row in rows) == 7
    maps = {name: np.array(values) for name, values in found["maps"].items()}
    assert {each.shape for each in maps.values()} == {(28, 28)}
    images = images_of(load_run("mine")).images / 255
    assert maps["mean, test images"] == pytest.approx(images.mean(axis=0), abs=1e-3)
    assert maps["variance, test images"] == pytest.approx(images.var(axis=0), abs=1e-3)
    difference = maps["mean, samples"] - maps["mean, test images"]
    assert 1 - (difference**2).sum() / (784 * maps["mean, test images"].var()) == pytest.approx(
        samples["mean_r2"], abs=0.002
    )
    document = stored(load_run("mine"), InstrumentsDocument)
    assert document is not None
    assert document.effects == [row["effect"] for row in sorted(rows, key=lambda row: int(row["dimension"]))]
    store(load_run("mine"), dataclasses.replace(document, about={"key": "another"}))
    assert stored(load_run("mine"), InstrumentsDocument) is None


def test_an_autoencoder_is_not_normal_and_has_no_kl(
    runs_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: list[int] = []

    @contextmanager
    def recorded(total: int, title: str) -> Iterator[Callable[[int, str], None]]:
        yield lambda count, doing: counts.append(count)
        assert sum(counts) == total

    monkeypatch.setattr("vaeexplorer.commands.instruments.progress", recorded)
    (copied("mnist-ae-2d", runs_folder) / "instruments.json").mkdir()  # where nothing can be stored
    assert main(["instruments", "mine"]) == 0
    out, err = capsys.readouterr()
    assert "The instruments of mine cannot be kept" in err
    assert len(counts) > 40  # so often a page can be told to stop
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


def test_what_is_shipped_is_of_the_shipped_weights() -> None:
    for card in list_runs()[0]:
        found = stored(card, InstrumentsDocument)
        assert found is not None, card.name
        assert len(found.effects) == card.config.model.latent_dim
        assert (found.dimensions[0].kl is None) == (card.config.model.model == "ae")
    for name, ratio in (("mnist-vae-2d", 1.33), ("mnist-ae-2d", 1.90)):
        over_seeds = stored(load_run(name), StabilityDocument)
        assert over_seeds is not None
        assert over_seeds.seeds == [0, 1, 2, 3, 4]
        assert over_seeds.ratio == pytest.approx(ratio, abs=0.005)
        assert len(over_seeds.pairs["geodesic"]) == 100
        assert over_seeds.sentence == "Geodesics are the more stable."


def test_distances_over_seeds_are_stored_with_a_run(runs_folder: Path) -> None:
    copied("mnist-vae-2d", runs_folder)
    run = load_run("mine")
    found = StabilityDocument([0, 1], 0.2, 0.3, 0.7, 0.5, 0.9, {}, {"keys": f"{run.key}, another"})
    assert found.sentence == "Euclidean distances are the more stable."
    assert stored(run, StabilityDocument) is None
    store(run, found)
    assert stored(run, StabilityDocument) == found
    store(run, dataclasses.replace(found, about={"keys": "another"}))
    assert stored(run, StabilityDocument) is None
    assert dataclasses.replace(found, high=1.2).sentence == "Neither is surely the more stable."
