"""Choosing a point of latent space: scatter, sliders and presets. Its only output is z."""

from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.figures.latent import Points, latent_plane
from vaeexplorer.figures.theme import Figure
from vaeexplorer.ui import state
from vaeexplorer.ui.loading import Space
from vaeexplorer.ui.view import View, axis_name, choose_view

MOST_SLIDERS = 64
CHART = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage"]}

_ring = st.components.v2.component(
    "latent_plane_ring",
    js=(Path(__file__).parent / "marker.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def choose_z(space: Space, *, scatter: DeltaGenerator, sliders: DeltaGenerator) -> np.ndarray:
    """Let the visitor choose a point of the latent space, float32 [D], in the two places given."""
    z = state.current_z(space.name, space.dimensions, lambda: space.codes[st.session_state.get(state.IMAGE) or 0])
    with sliders:
        _sliders(space, z)
        _presets(space)
    with scatter:
        _scatter(space, z)
    return z


def _presets(space: Space) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        from_what = "prior N(0, I)" if space.has_prior else "Gaussian fitted to the codes: an autoencoder has no prior"
        st.button(
            "Sample prior" if space.has_prior else "Sample Gaussian",
            on_click=lambda: state.keep_z(space.name, space.source.draw(np.random.default_rng())),
            help=f"A random draw from the {from_what}.",
        )
        names = space.data.class_names
        st.menu_button(
            "Class mean",
            range(len(names)),
            format_func=lambda label: names[label],
            key=state.CLASS_MEAN,
            on_click=lambda: state.keep_z(space.name, space.class_means[st.session_state[state.CLASS_MEAN]]),
        )
        st.button("Random image", on_click=_random_image, args=(space,), help="The code of a test image.")
        st.number_input(
            "Test image",
            0,
            len(space.data) - 1,
            value=None,
            step=1,
            key=state.IMAGE,
            placeholder="test #",
            label_visibility="collapsed",
            width=110,
            on_change=_chosen_image,
            args=(space,),
        )


def _random_image(space: Space) -> None:
    st.session_state[state.IMAGE] = int(np.random.default_rng().integers(len(space.data)))
    _chosen_image(space)


def _chosen_image(space: Space) -> None:
    index = st.session_state[state.IMAGE]
    if index is not None:
        state.keep_z(space.name, space.codes[index])


def _sliders(space: Space, z: np.ndarray) -> None:
    """The most informative dimension first. Sliders follow z, whoever moved it."""
    shown = space.order[:MOST_SLIDERS]
    columns = st.columns(2, gap="medium")
    for position, dimension in enumerate(shown):
        key, (low, high) = state.slider(dimension), space.reach[dimension]
        st.session_state[key] = float(np.clip(round(float(z[dimension]), 2), low, high))
        with columns[position % len(columns)]:
            st.slider(
                _slider_label(space, dimension),
                float(low),
                float(high),
                step=0.01,
                key=key,
                on_change=_slid,
                args=(space.name, z, dimension),
            )
    if len(shown) < space.dimensions:
        st.caption(f"The {len(shown)} most informative of {space.dimensions} dimensions; the others keep their value.")


def _slid(run: str, z: np.ndarray, dimension: int) -> None:
    moved = z.copy()
    moved[dimension] = st.session_state[state.slider(dimension)]
    state.keep_z(run, moved)


def _slider_label(space: Space, dimension: int) -> str:
    name = f"{axis_name(dimension)}"
    if space.mean_kl is None:
        return name
    if space.collapsed[dimension]:
        return f"{name} · :gray[collapsed, KL {space.mean_kl[dimension]:.3f} nats]"
    return f"{name} · :gray[KL {space.mean_kl[dimension]:.2f} nats]"


def _scatter(space: Space, z: np.ndarray) -> None:
    colors = ["class", "error", "KL"] if space.has_prior else ["class", "error"]
    with st.container(border=True, key="latent-plane"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            color = st.segmented_control(
                "Colour by", colors, default="class", key=state.COLOR, bind="query-params", required=True
            )
            view = choose_view(space)
        if view is None:
            return
        st.plotly_chart(
            _figure(space.key, view.name, color or "class", space, view),
            key=state.SCATTER,
            on_select=lambda: _clicked(space),
            selection_mode="points",
            config=CHART,
            alt=f"{len(space.data):,} test images of {space.data.name} as dots in the latent plane of {space.name}, "
            f"{view.axes[0]} across and {view.axes[1]} up.",
        )
        if view.note:
            st.caption(view.note)
    x, y = view.place(z)
    _ring(data={"x": float(x), "y": float(y)}, key="ring", height=1)


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(key: str, view_name: str, color: str, _space: Space, _view: View) -> Figure:
    titles = {
        "class": "Like lies with like, without labels",
        "error": "Where reconstruction is hard",
        "KL": "Which images cost most nats",
    }
    points = Points(_view.points, _space.data.labels, _space.data.class_names, _space.error, _space.kl)
    return latent_plane(
        points, title=titles[color], axes=_view.axes, color_by=color, prior_circles=_view.has_prior_circles
    )


def _clicked(space: Space) -> None:
    custom = clicked(state.SCATTER)
    if custom is not None:
        state.keep_z(space.name, space.codes[int(custom[0])])


def clicked(chart: str) -> list[float] | None:
    """The custom data of the point that was clicked in a chart, or None: a click beside all points, or on z itself."""
    for point in st.session_state[chart]["selection"]["points"]:
        if custom := point.get("customdata"):
            return list(custom.values() if isinstance(custom, dict) else custom)
    return None
