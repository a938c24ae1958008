"""The two experiments of "Linear AE vs PCA": computed once for all visitors, and the data sent to their widgets."""

from functools import lru_cache

import streamlit as st

from vaeexplorer.analysis.linear import vae as linear_vae
from vaeexplorer.analysis.linear.autoencoder import Method
from vaeexplorer.analysis.linear.experiments import BENDS, METHODS, Broken
from vaeexplorer.app import address, caches, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.server.beside import beside
from vaeexplorer.app.server.components import component
from vaeexplorer.app.server.figures import Drawn, drawn
from vaeexplorer.app.views.linear import training
from vaeexplorer.app.views.linear.training import Setting, Trained, test_moments
from vaeexplorer.browser import links
from vaeexplorer.browser.packing.film import SPECTRUM
from vaeexplorer.config import Dataset
from vaeexplorer.figures.linear import singular_values
from vaeexplorer.figures.theme import classes
from vaeexplorer.spaces.space import Space

_linear_ae = component("linear_ae", "linear_ae", "linear/linear.css")
_linear_vae = component("linear_vae", "linear_vae", "linear/linear.css")


@st.cache_resource(max_entries=assets.MOST_FILMS, show_spinner=False)
def trained(setting: Setting) -> Trained:
    """The training, and the PCA beside it.

    Raises:
        UserError: what the setting asks for cannot be.
    """
    # What needs torch is trained here, where torch is.
    return training.train(setting) if setting.broken in BENDS else beside(training.train, setting)


@st.cache_resource(max_entries=2 * assets.MOST_FILMS, show_spinner=False)
def measured_vae(dataset: Dataset, k: int, variance: float, beta: float) -> dict[str, object]:
    """A linear VAE trained without the closed form, as plain values; nats per image."""
    return beside(training.measure_vae, dataset, k, variance, beta)


def make_ready(dataset: Dataset, k: int, broken: Broken = "none", method: Method = "gd") -> None:
    """What the page shows at a k before anything else is chosen, under all conditions or with one broken."""
    trained(Setting(dataset, k, broken, method if method in METHODS[broken] else METHODS[broken][0]))
    measured_vae(dataset, k, linear_vae.best_variance(caches.full_pca(dataset).values, k), links.LINEAR_BETA.default)


@lru_cache(maxsize=64)
def decayed(predicted: tuple[float, ...], measured: tuple[float, ...]) -> Drawn:
    """The singular values of W2 under weight decay."""
    apart = max(abs(a - b) for a, b in zip(predicted, measured, strict=True))
    alt = f"Singular values of W2, predicted and measured; they differ by {apart:.1e} at most."
    return drawn(singular_values(list(predicted), list(measured)), alt)


@st.fragment
def show_training(film: assets.Asset, space: Space) -> None:
    """PCA left, the autoencoder right, played in the browser. Only this reruns when a step was chosen."""
    _linear_ae(
        data={
            "film": assets.kept_url(film),
            "sprite": assets.sprite_url(space.data),
            **classes(space.data.class_names),
            "of": assets.kept_url(film),
            "keys": links.table(links.FILM),
            "link": address.link(links.FILM),
            "moves": address.moves(),
        },
        key=state.LINEAR_AE,
        on_link_change=lambda: address.keep_link(links.FILM, state.LINEAR_AE),
    )


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
