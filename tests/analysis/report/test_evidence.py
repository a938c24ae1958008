import numpy as np
import pytest

from vaeexplorer.analysis.report.classifier.networks import Recipe
from vaeexplorer.analysis.report.evidence import evidence
from vaeexplorer.analysis.report.posteriors import perfect_model
from vaeexplorer.codes import Codes

pytestmark = pytest.mark.usefixtures("quick_classifier")


def test_a_perfect_model_lies_on_the_diagonal_and_has_no_holes(rng: np.random.Generator) -> None:
    world = perfect_model(4000, 2, 4.0, rng)
    seen = evidence(Codes(world.mean, world.logvar))
    assert [field.of for field in seen.fields] == ["draws of q(z)", "a perfect model"]
    np.testing.assert_allclose(seen.quantiles, np.stack([seen.normal_quantiles] * 2), atol=0.15)
    assert seen.marginals.sum(axis=1) * (seen.bins[1] - seen.bins[0]) == pytest.approx(1, abs=1e-3)
    middle = np.abs(seen.fields[0].axis) < 1
    assert np.abs(seen.fields[0].log_ratio[np.ix_(middle, middle)]).max() < 1


def ring(rng: np.random.Generator, dimensions: int) -> np.ndarray:
    """Codes that keep away from 0 in their first two dimensions."""
    z = rng.standard_normal((5000, dimensions)).astype(np.float32)
    return np.asarray(z[np.linalg.norm(z[:, :2], axis=1) > 1.2])


@pytest.mark.parametrize("variational", [True, False])
def test_the_deepest_hole_is_found(rng: np.random.Generator, variational: bool) -> None:
    mean = ring(rng, 2)
    seen = evidence(Codes(mean, np.full_like(mean, -5.0) if variational else None))
    hole, dense = seen.strips["from the deepest hole"], seen.strips["from the densest spot"]
    assert hole.shape == dense.shape == (12, 2)
    assert np.linalg.norm(hole, axis=1).max() < 1.2
    assert np.linalg.norm(dense, axis=1).min() > 1.0
    assert ("samples of a fitted Gaussian" in seen.strips) is not variational


def test_the_plane_is_that_of_the_two_dimensions_that_say_most(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaeexplorer.analysis.report.evidence.SHORT", Recipe(20, 1e-3, 0.3))
    world = perfect_model(1000, 5, 10.0, rng)
    assert world.logvar is not None
    for dimension in (0, 2, 4):
        world.mean[:, dimension] = 0
        world.logvar[:, dimension] = 0
    assert {field.plane for field in evidence(Codes(world.mean, world.logvar)).fields} == {(1, 3)}
    assert evidence(Codes(world.mean[:, :1], None)).fields == []
