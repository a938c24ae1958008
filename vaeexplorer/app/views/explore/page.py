"""Explore, the home page: every point of latent space is an image."""

import io

import numpy as np
import streamlit as st

from vaeexplorer.app import sidebar
from vaeexplorer.app.views.explore import plane, words
from vaeexplorer.app.words import heading, notes
from vaeexplorer.export import explorer as export
from vaeexplorer.spaces.space import Space


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


heading(words.PAGE)
space = sidebar.chosen_space()
plane.latent_plane(space)
notes(words.PAGE)
with st.container(horizontal=True):
    st.download_button(
        "Download the codes (CSV)", lambda: codes_csv(space), f"{space.name}-codes.csv", "text/csv", on_click="ignore"
    )
    if space.run is not None:
        run = space.run
        st.download_button(
            "Download this explorer (HTML)",
            lambda: export.page(run),
            f"{space.name}.html",
            "text/html",
            on_click="ignore",
            help="One file that works without a server and without a network, also on a phone.",
        )
sidebar.data_source(space)
