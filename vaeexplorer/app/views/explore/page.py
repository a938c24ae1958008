"""Explore, the home page: every point of latent space is an image."""

import numpy as np
import streamlit as st

from vaeexplorer.app import sidebar
from vaeexplorer.app.views.explore import plane, words
from vaeexplorer.app.words import heading, notes, say_if_correlated
from vaeexplorer.export.tables import to_csv
from vaeexplorer.runs.folder import Run
from vaeexplorer.spaces.space import Space


def codes(space: Space) -> list[dict[str, object]]:
    """Index, label, error, KL and code of every image."""
    columns: dict[str, np.ndarray] = {"label": space.data.labels, "squared_error_at_mean": space.error}
    columns |= {} if space.kl is None else {"kl_nats": space.kl}
    columns |= {f"z{number}": values for number, values in enumerate(space.codes.T, 1)}
    cells = zip(*(values.tolist() for values in columns.values()), strict=True)
    return [{"index": index, **dict(zip(columns, row, strict=True))} for index, row in enumerate(cells)]


def exported(run: Run) -> str:
    """The explorer as one page."""
    from vaeexplorer.export import explorer  # which the first page does without

    return explorer.page(run)


heading(words.PAGE)
space = sidebar.chosen_space()
say_if_correlated(space)
plane.latent_plane(space)
notes(words.PAGE)
with st.container(horizontal=True):
    st.download_button(
        "Download the codes (CSV)",
        lambda: to_csv(codes(space)),
        f"{space.name}-codes.csv",
        "text/csv",
        on_click="ignore",
    )
    if space.run is not None:
        run = space.run
        st.download_button(
            "Download this explorer (HTML)",
            lambda: exported(run),
            f"{space.name}.html",
            "text/html",
            on_click="ignore",
            help="One file that works without a server and without a network, also on a phone.",
        )
sidebar.data_source(space)
