import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vaeexplorer.analysis.linear.vae import LinearVAE, active, best_variance, closed_form, train_linear_vae
from vaeexplorer.analysis.pca import PCA, moments
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset

# sigma_x^2, ELBO = log-likelihood on train and on test, KL; nats per image
TABLE = {
    ("mnist", 2): (0.0560958, 12.4277, 14.3601, 4.3567),
    ("mnist", 10): (0.0348673, 182.1547, 186.0241, 21.0298),
    ("fashion-mnist", 2): (0.0464128, 85.2527, 86.9326, 5.8104),
    ("fashion-mnist", 10): (0.0246858, 314.8061, 315.1629, 23.7447),
}


@pytest.fixture(scope="module")
def of_test(real: PCA, dataset: Dataset) -> np.ndarray:
    """Mean squares of the test images' principal coordinates, [784]."""
    return real.mean_squares(moments(load_dataset(dataset, "test", download=False).images, "the test images"))


@pytest.mark.parametrize("k", [2, 10])
def test_trained_it_is_probabilistic_pca(real: PCA, dataset: Dataset, of_test: np.ndarray, k: int) -> None:
    variance, on_train, on_test, kl = TABLE[dataset, k]
    found = best_variance(real.values, k)
    assert found == pytest.approx(variance, abs=6e-8)
    models = [closed_form(real.values, k, found)]
    if k == 2:  # the fewer dimensions, the sooner they are trained
        models.append(train_linear_vae(real.values, k, found))
    for model in models:
        assert model.elbo(real.values) == pytest.approx(on_train, abs=2e-4)
        assert model.log_likelihood(real.values) == pytest.approx(on_train, abs=2e-4)
        assert model.elbo(of_test) == pytest.approx(on_test, abs=2e-4)
        assert model.kl(real.values).sum() == pytest.approx(kl, abs=1e-4)
        assert model.kl(real.values) == pytest.approx(0.5 * np.log(real.values[:k] / found), abs=1e-4)
        assert model.d == pytest.approx(found / real.values[:k], abs=1e-4)


def test_what_is_switched_off(real: PCA, dataset: Dataset) -> None:
    at_half, at_one = {"mnist": (23, 12), "fashion-mnist": (13, 8)}[dataset]
    assert active(real.values, 0.5) == at_half
    assert active(real.values, 1.0) == at_one
    assert active(real.values, 0.25, beta=4.0) == at_one
    trained = train_linear_vae(real.values, 16, 1.0, steps=600)
    assert (trained.kl(real.values) > 0.01).sum() == at_one
    assert trained.d[at_one:] == pytest.approx(1, abs=1e-3)


def test_above_the_largest_eigenvalue_all_is_off(toy: PCA) -> None:
    trained = train_linear_vae(toy.values, 3, 5.5)
    assert trained.kl(toy.values) == pytest.approx(np.zeros(3), abs=1e-5)
    assert closed_form(toy.values, 3, 5.5).kl(toy.values).tolist() == [0, 0, 0]


def test_elbo_and_likelihood_by_their_definitions(toy: PCA, rng: np.random.Generator) -> None:
    """Weights that are no optimum: Monte Carlo over z for the ELBO, SciPy's density for the likelihood."""
    model = LinearVAE(rng.standard_normal((8, 2)), 0.3 * rng.standard_normal((2, 8)), np.array([0.5, 0.2]), 0.7)
    offsets = np.diag(np.sqrt(8 * toy.values))
    x = np.concatenate([offsets, -offsets])  # with exactly these second moments
    mean = x @ model.V.T
    z = mean + np.sqrt(model.d) * rng.standard_normal((40_000, *mean.shape))
    squared = ((x - z @ model.W.T) ** 2).sum(axis=-1).mean()
    kl = 0.5 * (mean**2 + model.d - 1 - np.log(model.d)).sum(axis=1).mean()
    expected = -squared / 1.4 - 4 * np.log(2 * np.pi * 0.7) - kl
    assert model.elbo(toy.values) == pytest.approx(expected, rel=2e-3)
    assert model.kl(toy.values).sum() == pytest.approx(kl)
    density = multivariate_normal(np.zeros(8), model.W @ model.W.T + 0.7 * np.eye(8)).logpdf(x).mean()
    assert model.log_likelihood(toy.values) == pytest.approx(density)
    assert model.elbo(toy.values) < model.log_likelihood(toy.values)


def test_trained_at_betas_around_an_eigenvalue_a_dimension_shuts_without_a_jump(toy: PCA) -> None:
    """KL_j = 1/2 ln(lambda_j / (beta s)) down to 0, where arXiv 2510.01621 describes a discontinuity."""
    values, s = toy.values, 0.5
    floors = values[2] * np.array([0.8, 0.95, 0.99, 1, 1.01, 1.05, 1.25])  # beta s
    models = [train_linear_vae(values, 4, s, floor / s, seed=seed) for seed, floor in enumerate(floors)]
    kl = np.array([model.kl(values) for model in models])
    assert kl == pytest.approx(np.maximum(0, 0.5 * np.log(values[:4] / floors[:, None])), abs=1e-6)
    assert kl[:, 2] == pytest.approx([0.1116, 0.0256, 0.0050, 0, 0, 0, 0], abs=1e-4)
    # What each dimension does to the image, of draws of N(0, I): the spectrum of PCA above the floor.
    cascade = np.array([(model.W**2).sum(axis=0) for model in models])
    assert cascade == pytest.approx(np.maximum(0, values[:4] - floors[:, None]), abs=1e-5)


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_nothing_near_the_optimum_is_better(toy: PCA, beta: float, rng: np.random.Generator) -> None:
    best = closed_form(toy.values, 3, 0.3, beta)

    def cost(model: LinearVAE) -> float:
        return -model.elbo(toy.values) + (beta - 1) * float(model.kl(toy.values).sum())

    for _ in range(50):
        W, V = (part + 1e-2 * rng.standard_normal(part.shape) for part in (best.W, best.V))
        near = LinearVAE(W, V, best.d * np.exp(1e-2 * rng.standard_normal(3)), 0.3)
        assert cost(near) > cost(best)
    trained = train_linear_vae(toy.values, 3, 0.3, beta)
    assert cost(trained) == pytest.approx(cost(best), abs=1e-9)
    assert (best.elbo(toy.values) == pytest.approx(best.log_likelihood(toy.values))) == (beta == 1)


@pytest.mark.parametrize(
    ("k", "variance", "beta"), [(0, 1, 1), (9, 1, 1), (2, 0, 1), (2, -1, 1), (2, 1, 0), (2, np.inf, 1)]
)
def test_what_cannot_be_asked(toy: PCA, k: int, variance: float, beta: float) -> None:
    for make in (closed_form, train_linear_vae):
        with pytest.raises(ValueError, match="must be"):
            make(toy.values, k, variance, beta)


@pytest.mark.parametrize("k", [0, 8])
def test_a_variance_needs_something_left_out(toy: PCA, k: int) -> None:
    with pytest.raises(ValueError, match="k must be 1 to 7"):
        best_variance(toy.values, k)
