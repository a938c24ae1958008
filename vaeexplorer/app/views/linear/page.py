"""Linear AE vs PCA: a theorem as an experiment."""

from contextlib import nullcontext

import streamlit as st

from vaeexplorer.analysis.linear.experiments import BENDS, METHODS
from vaeexplorer.app import address, sidebar, state
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import figures
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.linear import conditions, widgets, words
from vaeexplorer.app.views.linear.training import Setting, prepare_later
from vaeexplorer.app.words import heading, notes
from vaeexplorer.config import Dataset
from vaeexplorer.errors import UserError
from vaeexplorer.export.tables import to_csv


def chosen_setting(dataset: Dataset) -> Setting:
    """What the controls at the top ask for."""
    broken = address.choose(state.BROKEN, list(conditions.CONDITIONS))
    st.pills(
        "Conditions: break one",
        list(conditions.CONDITIONS),
        required=True,
        format_func=lambda name: conditions.CONDITIONS[name].label,
        label_visibility="collapsed",
        key=state.BROKEN.name,
        persist_state="session",
    )
    with st.container(key="linear-how"):
        left, middle, right = st.columns([1, 1.6, 1], gap="medium", vertical_alignment="bottom")
    k = int(address.choose(state.K))
    left.slider("k", *state.K.limits, key=state.K.name, persist_state="session")
    if state.has_changed("condition", broken):
        st.session_state.pop(state.METHOD.name, None)  # the one that suits the former may hide what this one shows
    method = address.choose(state.METHOD, METHODS[broken])
    middle.segmented_control(
        "Trained by",
        METHODS[broken],
        required=True,
        format_func=conditions.METHOD_NAMES.__getitem__,
        label_visibility="collapsed",
        key=state.METHOD.name,
        wrap=True,
        persist_state="session",
    )
    share, longer = state.DECAY.default, state.LONGER.default
    if broken == "decay":
        share = address.choose(state.DECAY)
        right.slider(
            "weight decay λ as a share of λₖ",
            *state.DECAY.limits,
            step=0.05,
            key=state.DECAY.name,
            persist_state="session",
        )
    if broken in BENDS:
        longer = address.choose(state.LONGER)
        right.toggle(
            "Ten times longer",
            key=state.LONGER.name,
            persist_state="session",
            help="About ten seconds of training on images.",
            disabled=is_public(),
        )
    return Setting(dataset, k, broken, method, share, longer and not is_public())


heading(words.PAGE)
space = sidebar.chosen_space()
setting = chosen_setting(sidebar.shipped_set(space))
address.settle()
try:
    with st.spinner("Training on images", show_time=True) if setting.longer else nullcontext():
        shown = widgets.trained(setting)
except UserError as error:
    st.error(literal(error))
    st.stop()
widgets.show_training(shown.film, space)
left, right = st.columns(2, gap="medium")
left.markdown(f"**Predicted.** {shown.predicted}")
right.markdown(f"**Measured.** {shown.measured}")
if shown.decayed is not None:
    values = (shown.decayed.predicted.tolist(), shown.decayed.measured.tolist())
    figures.show([widgets.decayed(*map(tuple, values))], state.DECAYED)
st.caption(f"PCA and training: {shown.source}. Reconstructions and scatters: test images. Errors: |x − x′|² per image.")
st.download_button(
    "Download the curves (CSV)",
    lambda: to_csv(shown.curves),
    f"{setting.dataset}-linear-k{setting.k}-{setting.broken}.csv",
    "text/csv",
    on_click="ignore",
)
st.header("Linear VAE = probabilistic PCA", anchor=False)
st.markdown(words.LINEAR_VAE)
widgets.show_linear_vae(setting.dataset, setting.k)
notes(words.PAGE)
sidebar.data_source(space)
if not st.session_state[state.FRAME.name]:  # a lecture has it made when all of its scenes are ready
    prepare_later(setting.dataset)
