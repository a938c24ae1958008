"""Explore, the home page: every point of latent space is an image."""

import io

import numpy as np
import streamlit as st

from vaeexplorer.analysis.grid import grid, prior_quantiles
from vaeexplorer.analysis.neighbours import nearest
from vaeexplorer.analysis.traversal import traversal
from vaeexplorer.figures.manifold import manifold
from vaeexplorer.figures.theme import Figure
from vaeexplorer.ui import controls, gallery, plane, prose, state
from vaeexplorer.ui.loading import Space
from vaeexplorer.ui.view import axis_name

NEIGHBOURS = 6
WALK = 13  # images in a traversal
MOST_WALKS = 6
GRID = 20  # images along each side of the manifold
EQUAL, LINEAR = "steps of equal probability", "linear steps"


@st.fragment
def explore(space: Space) -> None:
    """All that changes with z."""
    left, right = st.container(key="explorer").columns([1.22, 1], gap="medium")
    with right:
        readout = st.container()
        sliders = st.container()
    # Two strips fit beside the plane; more of them fill the room below it.
    walks = right if space.dimensions <= 2 else left
    z = plane.choose_z(space, scatter=left, sliders=sliders)
    with readout:
        show_decoded(space, z)
    with walks:
        show_traversals(space, z)


def show_decoded(space: Space, z: np.ndarray) -> None:
    """x' = d(z), z in numbers, and what is near."""
    near = nearest(space.codes, z, NEIGHBOURS)
    names = [space.data.class_names[label] for label in space.data.labels[near]]
    image, numbers = st.columns([1.1, 1], gap="medium")
    with image:
        gallery.label("x′ = d(z)")
        gallery.picture(
            space.run.model.decode(z[None])[0], f"Decoded image at z; its nearest test image is: {names[0]}"
        )
    with numbers:
        gallery.label("z")
        text = ", ".join(number(value, 2) for value in z[:32])
        st.html(f'<div class="vx-z{" vx-long" if len(z) > 4 else ""}">({text}{", …" if len(z) > 32 else ""})</div>')
        alts = [f"{name}, test #{index}" for name, index in zip(names, near, strict=True)]
        gallery.strip(space.data.images[near], "nearest test images", alts, columns=3)
        gallery.facts(facts(space, z, near, names))


def number(value: float, digits: int = 1) -> str:
    """With a true minus sign, and none before a zero."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")


def facts(space: Space, z: np.ndarray, near: np.ndarray, names: list[str]) -> list[tuple[str, str]]:
    """What to know of z, as names and values."""
    shares = sorted({name: names.count(name) for name in names}.items(), key=lambda pair: -pair[1])
    rows = [("looks like", " or ".join(name for name, count in shares[:2] if count > 1) or "mixed")]
    if space.has_prior:
        rows.append(("distance to 0", f"{np.linalg.norm(z):.2f} σ"))
    index = int(near[0])
    if np.allclose(space.codes[index], z, atol=2e-3):
        rows.append(("code of", f"test #{index}"))
        rows.append(("error |x − x′|²", f"{space.error[index]:.1f}"))
        if space.kl is not None:
            rows.append(("KL", f"{space.kl[index]:.1f} nats"))
    return rows


def show_traversals(space: Space, z: np.ndarray) -> None:
    """What each of the most informative dimensions does when z moves along it alone."""
    dimensions = space.order[:MOST_WALKS]
    ranges = space.traversal_range
    steps = {d: np.linspace(ranges[d, 0], ranges[d, 1], WALK, dtype=np.float32) for d in dimensions}
    walks = [traversal(z, dimension, steps[dimension]) for dimension in dimensions]
    images = space.run.model.decode(np.concatenate(walks)).reshape(len(walks), WALK, 28, 28)
    for dimension, strip in zip(dimensions, images, strict=True):
        name, values = axis_name(dimension), steps[dimension]
        here = int(np.abs(values - z[dimension]).argmin())
        alts = [f"{name} = {number(value, 2)}" for value in values]
        caption = f"traversal of {name} from {number(values[0])} to {number(values[-1])}"
        gallery.strip(strip, caption, alts, marked=here)


def show_manifold(space: Space) -> None:
    """The decoded grid of a 2-D space; a click on a cell makes it z."""
    st.subheader("The manifold", anchor=False)
    with st.container(border=True, key="manifold-card"):
        choices = [EQUAL, LINEAR] if space.has_prior else [LINEAR]
        steps = st.segmented_control("Grid", choices, key=state.GRID, required=True, default=choices[0])
        st.plotly_chart(
            _manifold(space.key, steps or LINEAR, space),
            key=state.MANIFOLD,
            on_select=lambda: _clicked_cell(space),
            selection_mode="points",
            config=plane.CHART,
            alt=f"{GRID} by {GRID} images decoded from a grid over the latent plane of {space.name}.",
        )


@st.cache_resource(max_entries=24, show_spinner=False)
def _manifold(key: str, steps: str, _space: Space) -> Figure:
    if steps == EQUAL:
        across = up = prior_quantiles(GRID)
        title = "Each image, an equal share of the prior"
    else:
        across, up = (np.linspace(low, high, GRID, dtype=np.float32) for low, high in _space.traversal_range)
        title = "What the far corners decode to"
    return manifold(_space.run.model.decode(grid(across, up)), across, up, title=title)


def _clicked_cell(space: Space) -> None:
    custom = plane.clicked(state.MANIFOLD)
    if custom is not None:
        state.keep_z(space.name, np.array(custom[:2], dtype=np.float32))


def codes_csv(space: Space) -> str:
    """Index, label, error, KL and code of every test image."""
    columns = [np.arange(len(space.data)), space.data.labels, space.error]
    names = ["index", "label", "squared_error"]
    if space.kl is not None:
        columns.append(space.kl)
        names.append("kl_nats")
    table = np.column_stack([*columns, space.codes])
    names += [f"z{dimension + 1}" for dimension in range(space.dimensions)]
    text = io.StringIO()
    np.savetxt(text, table, fmt="%.7g", delimiter=",", header=",".join(names), comments="")
    return text.getvalue()


prose.heading(prose.EXPLORE)
space = controls.chosen_space()
explore(space)
prose.notes(prose.EXPLORE)
if space.dimensions == 2:
    show_manifold(space)
st.download_button(
    "Download the codes (CSV)", lambda: codes_csv(space), f"{space.name}-codes.csv", "text/csv", on_click="ignore"
)
controls.data_source(space)
