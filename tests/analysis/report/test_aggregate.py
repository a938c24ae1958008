import math

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from vaeexplorer.analysis.report import aggregate
from vaeexplorer.analysis.report.aggregate import elbo_surgery, log_aggregate, smoothed_mixture
from vaeexplorer.analysis.report.posteriors import draw, perfect_model


def brute_force(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """log q(z), one point and posterior at a time."""
    each = norm.logpdf(z[:, None, :], mean[None], np.exp(logvar / 2)[None]).sum(axis=2)  # [M, N]
    return np.asarray(logsumexp(each, axis=1) - math.log(len(mean)))


@pytest.mark.parametrize(("dimensions", "logvar"), [(1, -3.0), (5, -5.0), (2, -24.0), (2, 1.5)])
def test_log_q_is_the_log_of_the_average_density(rng: np.random.Generator, dimensions: int, logvar: float) -> None:
    """Also where single precision would not do: a variance of e^-24."""
    mean = rng.standard_normal((300, dimensions)).astype(np.float32)
    spread = np.full_like(mean, logvar) + rng.standard_normal(mean.shape).astype(np.float32)
    world = draw(mean, spread, rng)
    truth = brute_force(world.z.astype(float), mean.astype(float), spread.astype(float))
    np.testing.assert_allclose(log_aggregate(world.z, mean, spread), truth, atol=2e-3)


def test_a_draw_far_from_its_own_posterior_is_no_trouble(rng: np.random.Generator) -> None:
    """One narrow posterior sits on a point that was drawn from another: e^200 more than its own density."""
    mean = np.zeros((3, 1), np.float32)
    logvar = np.array([[0.0], [0.0], [-8.0]], np.float32)
    z = np.array([[0.0]], np.float32)
    found = log_aggregate(z, mean, logvar, own=np.array([-200.0]))
    np.testing.assert_allclose(found, brute_force(z.astype(float), mean.astype(float), logvar.astype(float)), atol=1e-4)


def test_the_sums_are_exact(rng: np.random.Generator) -> None:
    world = perfect_model(500, 3, 5.0, rng)
    assert world.logvar is not None
    split = elbo_surgery(world.mean, world.logvar, world.z)
    exact = 0.5 * (world.mean**2 + np.exp(world.logvar) - 1 - world.logvar).sum(axis=1).mean()
    assert split.kl == pytest.approx(exact, rel=1e-6)
    assert split.mutual_information + split.marginal_kl == pytest.approx(split.kl, abs=1e-12)
    assert split.total_correlation + split.dimensionwise.sum() == pytest.approx(split.marginal_kl, abs=1e-12)


def test_two_posteriors_far_apart_tell_ln_2() -> None:
    rng = np.random.default_rng(1)
    mean = np.repeat([[-9.0], [9.0]], 500, axis=0).astype(np.float32)
    world = draw(mean, np.zeros_like(mean), rng)
    split = elbo_surgery(mean, np.zeros_like(mean), world.z)
    assert split.mutual_information == pytest.approx(math.log(2), abs=0.01)
    assert split.marginal_kl == pytest.approx(81 / 2 - math.log(2), abs=0.01)
    assert split.dimensionwise[0] == pytest.approx(split.marginal_kl, abs=1e-9)
    assert split.total_correlation == pytest.approx(0, abs=1e-9)


def test_a_rotated_gaussian_has_the_total_correlation_of_its_covariance() -> None:
    """q(z) = N(0, C) with correlation r: TC = -ln(1 - r^2) / 2, and no marginal differs from the prior's."""
    rng = np.random.default_rng(2)
    r, s2 = 0.8, 0.15
    cover = np.array([[1 - s2, r], [r, 1 - s2]])
    mean = rng.multivariate_normal([0, 0], cover, 8000).astype(np.float32)
    logvar = np.full_like(mean, math.log(s2))
    split = elbo_surgery(mean, logvar, draw(mean, logvar, rng).z, points=4000)
    assert split.total_correlation == pytest.approx(-0.5 * math.log(1 - r**2), abs=0.05)
    assert split.dimensionwise == pytest.approx([0, 0], abs=0.01)


# D, KL, N; science.md's mutual information, marginal KL, total correlation, dimension-wise KL; and the same as the mean
# of several worlds of 10,000 draws each, whose noise was taken out. science.md's rows carry the noise of fewer draws:
# their first two numbers should sum to the KL.
BIAS = [
    (2, 4.4, 10_000, (4.41, 0.008, 0.006, 0.002), (4.387, 0.0168, 0.0143, 0.0026)),
    (2, 6.8, 10_000, (6.68, 0.125, 0.113, 0.012), (6.681, 0.1230, 0.1150, 0.0080)),
    (5, 12.0, 10_000, (9.10, 2.76, 2.76, 0.001), (9.083, 2.919, 2.912, 0.0068)),
    (10, 20.0, 10_000, (9.21, 10.75, 10.73, 0.012), (9.210, 10.785, 10.776, 0.0087)),
    (2, 6.8, 60_000, (6.83, 0.028, 0.025, 0.003), (6.767, 0.0282, 0.0270, 0.0012)),
]


@pytest.mark.parametrize("row", [*BIAS[:4], pytest.param(BIAS[4], marks=pytest.mark.slow)])
def test_the_bias_on_a_perfect_model_is_the_known_one(
    row: tuple[int, float, int, tuple[float, ...], tuple[float, ...]],
) -> None:
    dimensions, kl, count, published, expected = row
    world = perfect_model(count, dimensions, kl, np.random.default_rng(11))
    assert world.logvar is not None
    split = elbo_surgery(world.mean, world.logvar, world.z, points=3000)
    found = [split.mutual_information, split.marginal_kl, split.total_correlation, split.dimensionwise.sum()]
    assert split.kl == pytest.approx(kl, abs=0.07)
    assert found[0] <= math.log(count) + 0.01
    saturated = kl > math.log(count)
    # where it is not saturated, the information follows the KL that this world happens to have
    assert found[0] == pytest.approx(expected[0] + (0 if saturated else split.kl - kl), abs=0.012)
    assert found[1:] == pytest.approx(expected[1:], abs=0.08 if saturated else 0.012)
    noise = math.sqrt(dimensions / 2 / 500)  # nats, of log q(z|x) averaged over some hundred draws
    assert found == pytest.approx(published, abs=3 * noise)


@pytest.mark.parametrize("logvar", [-35.0, -45.0, -55.0])
def test_a_thousand_points_tell_ln_1000(logvar: float) -> None:
    """Posteriors too narrow to overlap, and for float32 too narrow to be drawn from."""
    rng = np.random.default_rng(4)
    mean = rng.standard_normal((1000, 2)).astype(np.float32)
    world = draw(mean, np.full_like(mean, logvar), rng)
    assert world.logvar is not None
    split = elbo_surgery(mean, world.logvar, world.z)
    assert split.mutual_information == pytest.approx(math.log(1000), abs=1e-3)
    assert split.dimensionwise == pytest.approx(split.kl / 2 - math.log(1000), abs=0.15)


def test_one_wide_posterior_leaves_numbers() -> None:
    rng = np.random.default_rng(5)
    mean = rng.standard_normal((500, 2)).astype(np.float32)
    logvar = np.full_like(mean, -2)
    logvar[7] = 20
    world = draw(mean, logvar, rng)
    split = elbo_surgery(mean, logvar, world.z)
    assert np.isfinite([split.mutual_information, split.marginal_kl, split.error, *split.dimensionwise]).all()


def test_the_standard_error_is_the_spread_over_draws() -> None:
    rng = np.random.default_rng(6)
    model = perfect_model(400, 2, 4.0, rng)
    assert model.logvar is not None
    again = [elbo_surgery(model.mean, model.logvar, draw(model.mean, model.logvar, rng).z) for _ in range(60)]
    spread = np.std([split.mutual_information for split in again])
    # of the draws alone; the standard error has that of the images too
    assert 0.2 * again[0].error < spread < 1.2 * again[0].error
    for value, error in (("total_correlation", "correlation_error"), ("dimensionwise", "dimensionwise_error")):
        spread = np.std([np.sum(getattr(split, value)) for split in again])
        assert 0.2 * getattr(again[0], error) < spread < 1.5 * getattr(again[0], error), value


def test_a_mixture_that_is_not_smoothed_is_the_density(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregate, "MIXED", 200)  # of the 500 posteriors at once
    world = perfect_model(500, 2, 3.0, rng)
    assert world.logvar is not None
    mixture = smoothed_mixture(world.mean, world.logvar, 0.0)
    z = mixture.axis[[[170, 90], [150, 150], [10, 200]]]
    truth = brute_force(z, world.mean, world.logvar) - norm.logpdf(z).sum(axis=1)
    assert mixture.logit(z) == pytest.approx(np.log(0.001 + 0.999 * np.exp(truth)), abs=1e-3)
    line = smoothed_mixture(world.mean[:, :1], world.logvar[:, :1], 0.0)
    truth = brute_force(z[:, :1], world.mean[:, :1], world.logvar[:, :1]) - norm.logpdf(z[:, 0])
    assert line.logit(z[:, :1]) == pytest.approx(np.log(0.001 + 0.999 * np.exp(truth)), abs=1e-3)


def test_smoothing_widens_every_posterior() -> None:
    """One at 0 of sigma .5, by twice that: N(0, .25 + 1)."""
    mean, logvar = np.zeros((1, 1), np.float32), np.full((1, 1), 2 * math.log(0.5), np.float32)
    found = smoothed_mixture(mean, logvar, 2.0).logit(np.array([[0.0], [1.0]]))
    expected = norm.logpdf([0, 1], scale=math.sqrt(1.25)) - norm.logpdf([0, 1])
    assert found == pytest.approx(np.log(0.001 + 0.999 * np.exp(expected)), abs=1e-3)


def test_beyond_the_grid_only_codes_are() -> None:
    mean = np.concatenate([np.full((5, 2), 20.0), np.zeros((5, 2))]).astype(np.float32)
    found = smoothed_mixture(mean, None, 1.0).logit(np.array([[30.0, 0.0], [2.0, 2.0]]))
    assert found[0] > 5
    assert found[1] == pytest.approx(math.log(0.001), abs=0.01)
