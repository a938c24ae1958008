"""The two trainings of "Linear AE vs PCA", as what the page shows of them; a process beside the server runs them."""

from dataclasses import dataclass
from threading import Thread

import numpy as np
import streamlit as st

from vaeexplorer.analysis.linear import vae as linear_vae
from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.experiments import BENDS, Broken, Decayed, Experiment, run
from vaeexplorer.analysis.pca import PCA, flat, moments, pca
from vaeexplorer.app import caches
from vaeexplorer.app.server import assets, beside
from vaeexplorer.app.views.linear.conditions import outcome
from vaeexplorer.browser.packing.film import pack_film
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset

POINTS = 1000  # test images in the scatter


@dataclass(frozen=True)
class Setting:
    """What is trained."""

    dataset: Dataset
    k: int
    broken: Broken
    method: Method
    decay_share: float = 0.1
    longer: bool = False


@st.cache_resource(max_entries=4, show_spinner=False)
def sample(dataset: Dataset) -> tuple[PCA, np.ndarray]:
    """PCA of the first 10,000 training images, and those images, float32 [10000, 784] in [0, 1]."""
    images = load_dataset(dataset, "train", download=False).images[:10_000]
    return pca(moments(images, "the first 10,000 training images")), flat(images).astype(np.float32)


@st.cache_resource(max_entries=4, show_spinner=False)
def prepare(dataset: Dataset) -> None:
    """Load the images and torch's optimizer before a visitor trains on images."""
    reference, images = sample(dataset)
    run(reference, 1, "sigmoid", "adam", points=images[:2], shown=images[:1], images=images[:200])


@st.cache_resource(max_entries=4, show_spinner=False)
def prepare_later(dataset: Dataset) -> None:
    """The same once the server has time: torch takes seconds of the core on which all visitors are served."""

    def work() -> None:
        beside.started.wait()
        prepare(dataset)

    Thread(target=work, name=f"linear-{dataset}", daemon=True).start()


@st.cache_resource(max_entries=4, show_spinner=False)
def test_moments(dataset: Dataset) -> np.ndarray:
    """E c_j^2 of the test images along the principal axes of the training images, [784]."""
    reference, of_test = caches.full_pca(dataset), moments(caches.test_images(dataset).images, "test images")
    spread = (reference.axes * (of_test.covariance @ reference.axes)).sum(axis=0)
    found: np.ndarray = spread + (reference.axes.T @ (of_test.mean - reference.mean)) ** 2
    return found


@dataclass(frozen=True)
class Trained:
    """What the page shows of a training; the training itself is much larger, and is not kept.

    Attributes:
        predicted: a sentence.
        measured: sentences.
        curves: error, excess and angles at every recorded step, as plain values.
        decayed: singular values, where there was weight decay.
        source: of the images.
        film: for the browser.
    """

    predicted: str
    measured: str
    curves: list[dict[str, object]]
    decayed: Decayed | None
    source: str
    film: assets.Asset


def train(setting: Setting) -> Trained:
    """The training, and the PCA beside it.

    Raises:
        UserError: what the setting asks for cannot be.
    """
    reference, images = sample(setting.dataset) if setting.broken in BENDS else (caches.full_pca(setting.dataset), None)
    test = caches.test_images(setting.dataset)
    points = flat(test.images[:POINTS])
    ten = [int(np.flatnonzero(test.labels == label)[0]) for label in range(len(test.class_names))]
    shown = flat(test.images[ten])
    experiment = run(
        reference,
        setting.k,
        setting.broken,
        setting.method,
        points=points,
        shown=shown,
        decay_share=setting.decay_share,
        images=images,
        longer=setting.longer,
    )
    film = pack_film(experiment, reference, shown, points, test.labels[:POINTS])
    return Trained(
        *outcome(experiment, reference, setting.decay_share),
        _curves(experiment),
        experiment.decayed,
        reference.source,
        assets.film(film),
    )


def _curves(experiment: Experiment) -> list[dict[str, object]]:
    film = experiment.film
    recorded = zip(film.steps.tolist(), film.error.tolist(), experiment.excess.tolist(), film.angles, strict=True)
    return [
        {"step": step, "squared_error_per_image": error, "relative_excess_over_pca": excess}
        | {f"angle{number}_degrees": float(angle) for number, angle in enumerate(angles, 1)}
        for step, error, excess, angles in recorded
    ]


def measure_vae(dataset: Dataset, k: int, variance: float, beta: float) -> dict[str, object]:
    """A linear VAE trained without the closed form, as plain values; nats per image."""
    values, test = caches.full_pca(dataset).values, test_moments(dataset)
    model = linear_vae.train_linear_vae(values, k, variance, beta, steps=2000 if k <= 24 else 600)
    return {
        "variance": variance,
        "beta": beta,
        "k": k,
        "kl": model.kl(values).tolist(),
        "d": model.d.tolist(),
        "elbo": model.elbo(values),
        "test": model.elbo(test),
    }
