"""Whitened codes have unit covariance, whatever the axes, and carry no dead direction."""

import numpy as np
import pytest

from vaeexplorer.analysis.whitening import whiten


def test_codes_of_an_autoencoder_become_standard(rng: np.random.Generator) -> None:
    codes = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) * 100 + 7
    whitening = whiten(codes)
    u = whitening.apply(codes)
    assert whitening.kept == 4
    np.testing.assert_allclose(np.cov(u.T), np.eye(4), atol=1e-9)
    np.testing.assert_allclose(whitening.centre + u @ whitening.back, codes, rtol=1e-6, atol=1e-6)


def test_the_posteriors_spread_counts_and_a_collapsed_dimension_is_dropped(rng: np.random.Generator) -> None:
    mean = rng.normal(size=(4000, 3)) * [0.9, 0.01, 0.8]  # the second is collapsed: all noise
    noise = np.array([0.19, 1.0, 0.36])
    whitening = whiten(mean, noise)
    assert whitening.kept == 2
    assert np.abs(whitening.back[:, 1]).max() < 1e-2
    np.testing.assert_allclose(whitening.apply(mean).var(axis=0).max(), 0.81, atol=0.05)
    # other axes, the same directions
    turn = rng.normal(size=(3, 3))
    turned = whiten(mean @ turn, turn.T @ np.diag(noise) @ turn)
    between = np.linalg.norm(whitening.apply(mean[:50]), axis=1)
    np.testing.assert_allclose(np.linalg.norm(turned.apply(mean[:50] @ turn), axis=1), between, rtol=1e-6)


@pytest.mark.parametrize(("scale", "kept"), [([1.0, 0.0, 2.0], 2), ([0.0, 0.0, 0.0], 0)])
def test_dead_dimensions_are_dropped(scale: list[float], kept: int, rng: np.random.Generator) -> None:
    whitening = whiten(rng.normal(size=(100, 3)) * scale + 5)
    assert whitening.kept == kept
    assert whitening.back.shape == (kept, 3)
