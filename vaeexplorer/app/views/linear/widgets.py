"""The two experiments of "Linear AE vs PCA": computed once for all visitors, and the data sent to their widgets."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from vaeexplorer.analysis.linear import vae as linear_vae
from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.experiments import BENDS, Broken, Decayed, Experiment, run
from vaeexplorer.analysis.pca import PCA, flat, moments, pca
from vaeexplorer.app import address, caches, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.components import component
from vaeexplorer.app.views.linear.conditions import outcome
from vaeexplorer.browser import links
from vaeexplorer.browser.packing.film import SPECTRUM, pack_film
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.figures.theme import classes
from vaeexplorer.spaces.space import Space

POINTS = 1000  # test images in the scatter
_linear_ae = component("linear_ae", "linear_ae", "linear/linear.css")
_linear_vae = component("linear_vae", "linear_vae", "linear/linear.css")


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
def test_moments(dataset: Dataset) -> np.ndarray:
    """E c_j^2 of the test images along the principal axes of the training images, [784]."""
    found: np.ndarray = (caches.full_pca(dataset).scores(flat(caches.test_images(dataset).images)) ** 2).mean(axis=0)
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


@st.cache_resource(max_entries=assets.MOST_FILMS, show_spinner=False)
def trained(setting: Setting) -> Trained:
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


@st.fragment
def show_training(film: assets.Asset, space: Space) -> None:
    """PCA left, the autoencoder right, played in the browser. Only this reruns when a step was chosen."""
    _linear_ae(
        data={
            "film": assets.film_url(film),
            "sprite": assets.urls(space)["sprite"],
            **classes(space.data.class_names),
            "of": assets.film_url(film),
            "keys": links.table(links.FILM),
            "link": address.link(links.FILM),
            "moves": address.moves(),
        },
        key=state.LINEAR_AE,
        on_link_change=lambda: address.keep_link(links.FILM, state.LINEAR_AE),
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def measured_vae(dataset: Dataset, k: int, variance: float, beta: float) -> dict[str, object]:
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


@st.fragment
def show_linear_vae(dataset: Dataset, k: int) -> None:
    """The closed form, live in the browser, and what training measured at the settings last let go of."""
    values = caches.full_pca(dataset).values
    best = linear_vae.best_variance(values, k)
    link = address.link(links.LINEAR_VAE)
    variance = links.VARIANCE.parse(link.get(links.VARIANCE.name, "")) or best
    beta = links.LINEAR_BETA.parse(link.get(links.LINEAR_BETA.name, "")) or links.LINEAR_BETA.default
    _linear_vae(
        data={
            "values": values.tolist(),
            "test": test_moments(dataset).tolist(),
            "spectrum": SPECTRUM,
            "k": k,
            "best": best,
            "measured": measured_vae(dataset, k, variance, beta),
            "of": f"{dataset}, {k}",
            "keys": links.table(links.LINEAR_VAE),
            "link": link,
            "moves": address.moves(),
        },
        key=state.LINEAR_VAE_CHARTS,
        on_link_change=lambda: address.keep_link(links.LINEAR_VAE, state.LINEAR_VAE_CHARTS),
    )
