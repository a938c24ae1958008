"""Posteriors of full covariance: a perfect model stays perfect in turned coordinates, and says as much."""

import dataclasses
import json
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vaeexplorer.analysis.kl import kl_per_dimension, kl_per_image
from vaeexplorer.analysis.report.aggregate import elbo_surgery, log_aggregate_correlated
from vaeexplorer.analysis.report.posteriors import checked, codes_hash, draw, draw_correlated, uncorrelated
from vaeexplorer.analysis.report.report import report
from vaeexplorer.codes import Codes
from vaeexplorer.errors import UserError

SIGMA = np.array([0.1, 0.5, 0.9])


def turned(count: int, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """The same perfect model twice: with axes along its posteriors', and turned at random, with full covariances."""
    mean = (np.sqrt(1 - SIGMA**2) * rng.standard_normal((count, 3))).astype(np.float32)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    covariance = np.broadcast_to(turn.T @ np.diag(SIGMA**2) @ turn, (count, 3, 3))
    along = Codes(mean, np.broadcast_to(2 * np.log(SIGMA), mean.shape).astype(np.float32))
    return along, Codes.correlated(mean @ turn, covariance)


def test_density_kl_and_draws_are_the_textbooks(rng: np.random.Generator) -> None:
    _, codes = turned(30, rng)
    assert codes.covariance is not None
    assert codes.logvar is not None
    z = rng.standard_normal((7, 3))
    pairs = list(zip(codes.mean, codes.covariance, strict=True))
    densities = [multivariate_normal(m, c).pdf(z) for m, c in pairs]
    found = log_aggregate_correlated(z, codes.mean, codes.covariance)
    np.testing.assert_allclose(found, np.log(np.mean(densities, axis=0)), rtol=1e-8)
    wanted = [(np.trace(c) + m @ m - 3 - np.linalg.slogdet(c)[1]) / 2 for m, c in pairs]
    np.testing.assert_allclose(kl_per_image(codes.mean, codes.logvar, codes.covariance), wanted, rtol=1e-5)
    one = Codes.correlated(np.zeros((20_000, 3)), np.broadcast_to(codes.covariance[0], (20_000, 3, 3)))
    np.testing.assert_allclose(np.cov(draw_correlated(one, rng).z.T), codes.covariance[0], atol=0.02)


def test_drawn_components_have_the_same_average(rng: np.random.Generator) -> None:
    """Of one posterior taken 20,000 times: mean and covariance of its components' draws are its own."""
    _, codes = turned(1, rng)
    assert codes.covariance is not None
    many = Codes.correlated(codes.mean.repeat(20_000, 0), codes.covariance.repeat(20_000, 0))
    world = uncorrelated(many, rng)
    np.testing.assert_allclose(world.z.mean(axis=0), codes.mean[0], atol=0.02)
    np.testing.assert_allclose(np.cov(world.z.T), codes.covariance[0], atol=0.02)
    assert world.covariance is None
    assert world.logvar is not None
    assert many.logvar is not None
    assert (world.logvar < many.logvar).all()


def test_surgery_does_not_know_the_axes(rng: np.random.Generator) -> None:
    """Of a perfect model, by its diagonal alone, the KL would be too small by the correlations'."""
    along, across = turned(1500, rng)
    assert along.logvar is not None
    assert across.logvar is not None
    plain, full = draw(along.mean, along.logvar, rng), draw_correlated(across, rng)
    first = elbo_surgery(along.mean, along.logvar, plain.z, points=1000)
    second = elbo_surgery(across.mean, across.logvar, full.z, covariance=across.covariance, points=1000)
    assert second.kl == pytest.approx(first.kl, rel=1e-5)
    assert kl_per_dimension(across.mean, across.logvar).sum(axis=1).mean() < first.kl - 0.3
    noise = 4 * (first.error + second.error)
    assert second.mutual_information == pytest.approx(first.mutual_information, abs=noise)
    assert second.marginal_kl == pytest.approx(first.marginal_kl, abs=noise)
    # dimensions of q(z) are independent in either coordinates, but for what few images cost
    assert abs(second.total_correlation) < 0.25
    assert second.kl == pytest.approx(second.mutual_information + second.marginal_kl)


@pytest.mark.usefixtures("quick_classifier")
def test_a_turned_perfect_model_is_perfect_and_by_its_diagonal_it_is_not(rng: np.random.Generator) -> None:
    _, codes = turned(1000, rng)
    found = report(codes)
    test = found.find("classifier")
    assert test.low is not None
    assert test.low < 0.5
    assert codes.logvar is not None
    assert found.kl == pytest.approx(kl_per_image(codes.mean, codes.logvar, codes.covariance).mean(), rel=1e-4)
    np.testing.assert_allclose(found.per_dimension["variance"], 1, atol=0.15)
    np.testing.assert_allclose(found.spectrum, 1, atol=0.2)
    json.dumps(found.to_json(), allow_nan=False)
    assert codes.covariance is not None
    assert found.about["codes"] == codes_hash(codes.mean, codes.logvar, codes.covariance)
    diagonal = report(dataclasses.replace(codes, covariance=None))
    assert max(diagonal.spectrum) > 1.25
    assert diagonal.about["codes"] != found.about["codes"]


def test_an_object_with_mean_and_covariance_is_enough(rng: np.random.Generator) -> None:
    _, codes = turned(200, rng)
    given = checked(SimpleNamespace(mean=codes.mean, covariance=codes.covariance))
    np.testing.assert_array_equal(given.logvar, codes.logvar)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c[:, :2], r"must be \[200, 3, 3\] for means \[200, 3\], not"),
        (lambda c: c[:-1], r"must be \[200, 3, 3\] for means \[200, 3\], not"),
        (lambda c: c * np.nan, "not all finite"),
        (lambda c: c + np.triu(np.full((3, 3), 0.1), 1), "must be symmetric"),
        (lambda c: c - 0.02 * np.eye(3), "positive definite"),
        (lambda c: -c, "positive definite"),
    ],
)
def test_what_is_no_covariance_is_one_sentence(
    change: Callable[[np.ndarray], np.ndarray], words: str, rng: np.random.Generator
) -> None:
    _, codes = turned(200, rng)
    assert codes.covariance is not None
    with pytest.raises(UserError, match=words):
        Codes.correlated(codes.mean, change(codes.covariance))
