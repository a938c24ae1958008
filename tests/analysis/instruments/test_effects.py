"""What a dimension does to the image, where it is known: linear decoders, and one that is dead on one side."""

import numpy as np
import pytest

from vaeexplorer.analysis.instruments.effects import effects
from vaeexplorer.analysis.linear.vae import closed_form

SPECTRUM = np.array([5.0, 3.0, 1.5, 0.4, 0.1])


def images(rng: np.random.Generator) -> np.ndarray:
    """[4000, 5] whose covariance is diag(SPECTRUM) exactly, and mean 0."""
    raw = rng.standard_normal((4000, 5))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / len(raw))).T
    return np.asarray(white * np.sqrt(SPECTRUM))


def test_of_principal_components_it_is_the_spectrum(rng: np.random.Generator) -> None:
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    scores = images(rng)
    found = effects(lambda z: z @ turn[:3], scores[:, :3])
    assert found.both == pytest.approx(SPECTRUM[:3], rel=1e-9)
    assert found.order.tolist() == [0, 1, 2]


def test_of_the_linear_vae_it_is_what_the_decoder_keeps_of_the_spectrum(rng: np.random.Generator) -> None:
    """lambda_j - sigma^2 of draws of q(z), whose variance is 1; 0 of a collapsed dimension."""
    best = closed_form(SPECTRUM, 4, variance=0.5)
    x = images(rng)
    z = x @ best.V.T + np.sqrt(best.d) * rng.standard_normal((len(x), 4))
    found = effects(lambda z: z @ best.W.T, z)
    assert found.both == pytest.approx([4.5, 2.5, 1.0, 0.0], rel=0.06)
    assert effects(lambda z: z @ (best.W / [2, 3, 4, 5]).T, z * [2, 3, 4, 5]).both == pytest.approx(found.both)


@pytest.mark.parametrize("beta", [0.2, 1.0, 2.5])
def test_over_beta_effects_and_kl_shut_where_the_spectrum_says(beta: float, rng: np.random.Generator) -> None:
    """A linear VAE at beta is one of noise beta sigma^2: effect lambda_j - that, KL 1/2 ln(lambda_j / that)."""
    noise = 0.5 * beta
    best = closed_form(SPECTRUM, 4, variance=noise)
    x = images(rng)
    z = x @ best.V.T + np.sqrt(best.d) * rng.standard_normal((len(x), 4))
    assert effects(lambda z: z @ best.W.T, z).both == pytest.approx(np.maximum(0, SPECTRUM[:4] - noise), rel=0.08)
    assert best.kl(SPECTRUM) == pytest.approx(np.maximum(0, 0.5 * np.log(SPECTRUM[:4] / noise)), abs=1e-12)


def test_a_dimension_may_be_dead_on_one_side(rng: np.random.Generator) -> None:
    z = rng.standard_normal((2000, 2))
    found = effects(lambda z: np.maximum(z, z.mean(axis=0) * [1, -1e9]), z)  # the first coordinate is cut at its mean
    assert found.below[0] < 1e-3
    assert found.above[0] > 0.5
    assert found.above[1] == pytest.approx(found.below[1], rel=0.15)
    assert found.both == pytest.approx(found.share_above * found.above + (1 - found.share_above) * found.below)


def test_the_kl_of_a_dimension_goes_to_0_continuously_at_collapse() -> None:
    """KL_j = 1/2 ln(lambda_j / sigma^2): no jump, and a finite slope, where sigma^2 passes lambda_j."""
    variances = 1.5 * np.linspace(0.98, 1.02, 401)
    kl = np.array([closed_form(SPECTRUM, 4, variance).kl(SPECTRUM) for variance in variances])  # [V, k]
    truth = np.maximum(0, 0.5 * np.log(SPECTRUM[:4] / variances[:, None]))
    assert kl == pytest.approx(truth, abs=1e-12)
    assert np.abs(np.diff(kl[:, 2])).max() < 0.6 * 1e-4
    assert kl[0, 2] > 0.01
    assert kl[-1, 2] == pytest.approx(0, abs=1e-12)
