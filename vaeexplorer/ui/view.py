"""Which plane through latent space is looked at: two of its dimensions, PCA or UMAP."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.analysis.neighbours import nearest
from vaeexplorer.runs import RunError
from vaeexplorer.ui import loading, state
from vaeexplorer.ui.loading import Space

DIMENSIONS, PCA, UMAP = "z", "PCA", "UMAP"


@dataclass(frozen=True)
class View:
    """A plane with the codes in it."""

    name: str
    """distinguishes the views of one space"""
    points: np.ndarray
    """[N, 2]"""
    axes: tuple[str, str]
    place: Callable[[np.ndarray], np.ndarray]
    """a point of latent space, [D], to its position in the plane, [2]"""
    has_prior_circles: bool = False
    note: str = ""


def axis_name(dimension: int) -> str:
    """z with the number of the dimension, from 1: z₁."""
    return "z" + str(dimension + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def choose_view(space: Space) -> View | None:
    """Let the visitor choose; None while a UMAP layout waits to be computed."""
    if space.dimensions == 1:
        return _line(space)
    if space.dimensions == 2:
        return _dimensions(space, 0, 1)
    kinds = [DIMENSIONS, PCA, UMAP]
    kind = st.segmented_control("Plane", kinds, default=DIMENSIONS, key=state.PLANE, bind="query-params", required=True)
    if kind == PCA:
        return _pca(space)
    if kind == UMAP:
        return _umap(space)
    names = [axis_name(dimension) for dimension in range(space.dimensions)]
    across = st.selectbox("Across", names, index=space.order[0], key=state.ACROSS, bind="query-params", width=80)
    up = st.selectbox("Up", names, index=space.order[1], key=state.UP, bind="query-params", width=80)
    return _dimensions(space, names.index(across or names[0]), names.index(up or names[1]))


def _line(space: Space) -> View:
    """A space of one dimension, spread out by how well each image is reconstructed."""
    points = np.stack([space.codes[:, 0], space.error], axis=1)
    return View("line", points, ("z₁", "error |x − x′|²"), lambda z: np.array([z[0], 0], dtype=np.float32))


def _dimensions(space: Space, across: int, up: int) -> View:
    axes = [across, up]
    names = (axis_name(across), axis_name(up))
    circles = space.has_prior and across != up
    return View(f"{across}-{up}", space.codes[:, axes], names, lambda z: z[axes], circles)


def _pca(space: Space) -> View:
    plane = space.principal_plane
    first, second = (f"{100 * share:.0f} % of variance" for share in plane.explained)
    axes = (f"first principal component · {first}", f"second · {second}")
    return View("pca", plane.points, axes, lambda z: plane.project(z[None])[0])


def _umap(space: Space) -> View | None:
    try:
        points = loading.stored_umap(space)
        place_for_progress = st.empty()
        if points is None and place_for_progress.button("Compute UMAP (about a minute, once)", key=state.UMAP_BUTTON):
            points = _compute_umap(space, place_for_progress)
    except RunError as error:
        st.error(str(error))
        return None
    if points is None:
        st.caption("UMAP has not been computed for this run yet.")
        return None
    note = "UMAP keeps neighbours together, not distances. z is marked at the nearest test image."

    def place(z: np.ndarray) -> np.ndarray:
        position: np.ndarray = points[nearest(space.codes, z, 1)[0]]
        return position

    return View("umap", points, ("UMAP 1", "UMAP 2"), place, note=note)


def _compute_umap(space: Space, place: DeltaGenerator) -> np.ndarray | None:
    place.progress(0.0, text="UMAP: finding neighbours")

    def show(share: float) -> None:
        place.progress(share, text=f"UMAP: laying out, {100 * share:.0f} %")

    loading.compute_umap(space, show)
    place.empty()
    return loading.stored_umap(space)
