"""AE vs VAE: the same pair of images in two latent spaces, the ways between them, and how smooth they are."""

import json
import math
from typing import get_args

import streamlit as st
from markupsafe import Markup

from vaeexplorer.analysis.sampling import Source
from vaeexplorer.analysis.smoothness.smoothness import Group, Row
from vaeexplorer.analysis.smoothness.verdict import balance, details, verdict
from vaeexplorer.app import address, sidebar, state
from vaeexplorer.app.caches import principal_space
from vaeexplorer.app.public import is_public
from vaeexplorer.app.server import assets, figures
from vaeexplorer.app.tables import table
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.ae_vs_vae import comparison, pair, words
from vaeexplorer.app.words import heading, key_numbers, notes
from vaeexplorer.errors import UserError
from vaeexplorer.export.tables import GROUPS, comparison_conditions, comparison_figures, comparison_table, to_csv
from vaeexplorer.results.comparison import Comparison
from vaeexplorer.spaces.space import Space

LARGEST = 4
"""differences that are in view; the others are folded"""


def chosen_partner(space: Space) -> Space:
    """The other space; without any, the page ends with a sentence."""
    others = comparison.partners(space)
    if not others:
        st.info("There is no second run of these images to compare with. Train one: `python -m vaeexplorer train`")
        st.stop()
    if state.has_changed("compared-run", space.name):
        st.session_state.pop(state.OTHER.name, None)  # this run's own partner
    name = address.choose(state.OTHER, list(others))
    st.selectbox(
        "Compare with", list(others), key=state.OTHER.name, persist_state="session", label_visibility="collapsed"
    )
    try:
        return comparison.opened(others[name])
    except UserError as error:
        st.error(literal(error))
        st.stop()


def found_or_measured(a: Space, b: Space) -> Comparison | None:
    """The comparison, or None and a button while there is none."""
    found = comparison.stored(a, b)
    place = st.empty()
    if found is None and is_public():
        st.caption("No comparison of these two was stored, and here none is measured.")
    elif found is None and place.button("Measure these two (about 15 seconds, once)", key=state.COMPARE_BUTTON):
        bar = place.progress(0.0, text="preparing")

        def show(share: float, doing: str) -> None:
            bar.progress(min(1.0, share), text=doing)

        try:
            found = comparison.compare(a, b, show)
        except UserError as error:
            st.error(literal(error))
        place.empty()
    return found


def show_forest(found: Comparison, spaces: tuple[Space, Space], group: Group) -> None:
    """Who is smoother in how many measures, and by how much in each."""
    a, b = spaces
    names = (a.kind, b.kind) if a.kind != b.kind else (a.name, b.name)
    labels = (f"← {names[0]} smoother", f"{names[1]} →")
    key_numbers([(str(count), label) for count, label in zip(balance(found.rows), labels, strict=False)])
    decided = sorted((row for row in found.rows if row.group == group and row.decided), key=_lead, reverse=True)
    undecided = [row for row in found.rows if row.group == group and not row.decided]
    folded = {"smaller": len(decided[LARGEST:]), "undecided": balance(found.rows)[2]}

    def show(rows: list[Row], key: str) -> None:
        if rows:
            figures.show([comparison.drawn(tuple(rows), found.runs, names, group)], key)

    show(decided[:LARGEST], state.FOREST)
    with st.expander(", ".join(f"{count} {what}" for what, count in folded.items() if count), expanded=not decided):
        show(decided[LARGEST:], f"{state.FOREST}-smaller")
        show(undecided, f"{state.FOREST}-undecided")


def _lead(row: Row) -> float:
    """How far the two models differ in a measure, whichever is ahead."""
    return abs(math.log(row.ratio.value)) if row.ratio and row.ratio.value > 0 else math.inf


def show_comparison(found: Comparison, group: Group) -> None:
    """The verdict; folded, the table, what each measure says, and the downloads."""
    st.header("How smooth, in figures", anchor=False)
    st.segmented_control(
        "Pairs",
        list(GROUPS),
        format_func=GROUPS.__getitem__,
        required=True,
        key=state.PAIRS.name,
        persist_state="session",
    )
    answer, *grounds = verdict(found.rows, found.runs, found.conditions)
    st.markdown(f"**{answer}**")
    for sentence in grounds:
        st.markdown(sentence)
    st.caption(words.FOREST)
    with st.expander("All figures"):
        for sentence in details(found.rows, found.runs, found.kept_dimensions):
            st.markdown(sentence)
        show_table(found, group)
    with st.expander("What each measure says, and when it misleads"):
        for text in words.MEASURES:
            st.markdown(text)


def show_table(found: Comparison, group: Group) -> None:
    """The figures of a group of pairs, and the downloads of all."""
    st.dataframe(
        table(comparison_table(found, group)),
        hide_index=True,
        height="content",
        alt=f"Measures of {found.runs[0]} and {found.runs[1]} with 95% intervals, and their differences",
    )
    st.caption(comparison_conditions(found))
    name = "--".join(found.runs)
    with st.container(horizontal=True):
        st.download_button(
            "Download (CSV)", lambda: to_csv(comparison_figures(found)), f"{name}.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Download (JSON)",
            lambda: json.dumps(found.to_json(), indent=2, allow_nan=False),
            f"{name}.json",
            "application/json",
            on_click="ignore",
        )


def show_samples(spaces: tuple[Space, Space]) -> None:
    """64 decoded draws a source, one row a space."""
    figure = Markup('<figure><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>')
    for space in spaces:
        st.markdown(f"**{space.kind}** · {space.name}")
        row = Markup()
        for source in get_args(Source):
            drawn, what = comparison.samples(space, source), words.SAMPLES[source]
            alt = f"64 images decoded by {space.name}: {what}"
            text = f"{what}: {drawn.distance:.2f} from the nearest training image"
            row += figure.format(assets.kept_url(drawn.sheet), alt, text)
        st.html(Markup('<div class="vx-samples">{}</div>').format(row))
        usual, count = comparison.reconstructed(space), comparison.nearest(space).count
        st.caption(
            f"For comparison: reconstructions of test images are {usual:.2f} from theirs. Medians; Euclidean distance "
            f"over the pixels, to the nearest of {count:,} training images."
        )


left, right = st.columns([2.2, 1], vertical_alignment="bottom", gap="medium")
with left:
    heading(words.PAGE)
space = sidebar.chosen_space()
with right:
    other = chosen_partner(space)
wants_pca = address.choose(state.PCA)
address.choose(state.PAIRS)
group: Group = st.session_state[state.PAIRS.name]
address.settle()
chosen = [space, other]
if wants_pca:
    try:
        chosen.append(principal_space(space))
    except UserError as error:
        st.info(literal(error))
left, right = st.columns([2.2, 1], gap="medium")
with left:
    pair.planes(chosen)
with right:
    found = found_or_measured(space, other)
    if found:
        show_forest(found, (space, other), group)
st.toggle("PCA as a third plane", key=state.PCA.name, persist_state="session")
if found:
    show_comparison(found, group)
st.header("Draws from the latent space", anchor=False)
st.markdown(words.SAMPLING)
show_samples((space, other))
notes(words.PAGE)
sidebar.data_source(space)
comparison.warm_up(space)
