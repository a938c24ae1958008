"""Turn beta: the same network under twelve weights of the KL term."""

import csv
import io

import streamlit as st

from vaeexplorer.browser import bundle
from vaeexplorer.data import DataError
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.sweep import BETAS, DIMENSIONS, Point, SweepError
from vaeexplorer.ui import assets, loading, prose, state

_beta_dial = st.components.v2.component(
    "beta_dial", js=bundle.script("beta_streamlit.js"), css=bundle.style("beta_dial.css"), isolate_styles=True
)


@st.fragment
def dial(dataset: str, url: str) -> None:
    """Only this reruns when beta was moved."""
    beta = state.current_beta(BETAS)
    _beta_dial(
        data={
            "url": url,
            "classes": list(loading.test_images(dataset).class_names),
            "colors": list(CLASS_COLORS),
            "beta": beta,
        },
        key=state.BETA_DIAL,
        default={"beta": beta},
        on_beta_change=lambda: state.keep_beta(st.session_state[state.BETA_DIAL]["beta"]),
    )


def figures_csv(points: list[Point]) -> str:
    """A row a beta, in nats per image; KL by dimension in the network's own order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    kl = [f"kl_z{dimension + 1}" for dimension in range(len(points[0].kl))]
    writer.writerow(["dataset", "latent_dim", "beta", "rate", "distortion", "elbo", "active_units", *kl])
    for point in points:
        config = point.config
        figures = (f"{value:.6g}" for value in (point.beta, point.rate, point.distortion, point.elbo))
        per_dimension = (f"{value:.6g}" for value in point.kl)
        writer.writerow([config.data.dataset, config.model.latent_dim, *figures, point.active_units, *per_dimension])
    return text.getvalue()


prose.heading(prose.BETA)
dataset = st.session_state.get(state.DATASET) or "mnist"
chosen = st.segmented_control(
    "Latent dimensions",
    DIMENSIONS,
    default=DIMENSIONS[0],
    required=True,
    key=state.DIMENSIONS,
    bind="query-params",
)
try:
    points, _ = loading.sweep(dataset, chosen)
    dial(dataset, assets.sweep_url(dataset, chosen))
except (SweepError, DataError) as error:
    st.error(str(error))
    st.stop()
prose.notes(prose.BETA)
st.download_button(
    "Download the figures (CSV)",
    lambda: figures_csv(points),
    f"{dataset}-{chosen}d-over-beta.csv",
    "text/csv",
    on_click="ignore",
)
