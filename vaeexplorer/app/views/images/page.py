"""Your images: what a browser brings is shown as it would be learned, and stored as a set where the visitor agrees."""

from collections import Counter

import numpy as np
import streamlit as st

from vaeexplorer.app import address, caches, tables
from vaeexplorer.app.public import is_public
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.images import words
from vaeexplorer.app.words import heading, notes
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own import library, preview
from vaeexplorer.data.own.prepare import Gathered, Prepared, prepare
from vaeexplorer.data.own.uploads import read_uploads

MOST_MEGABYTES = 500
ROWS, COLUMNS = 12, 16  # of the preview
NAMED = 20  # classes whose images are counted
_INVERT = {"auto": None, "light ink": False, "dark ink": True}


@st.cache_resource(max_entries=2, show_spinner="Reading the images")
def _read(ids: tuple[str, ...], _files: list[st.runtime.uploaded_file_manager.UploadedFile]) -> Gathered:
    return read_uploads([(file.name, file) for file in _files])


@st.cache_resource(max_entries=2, show_spinner="Bringing the images to 28 × 28")
def _prepared(ids: tuple[str, ...], invert: bool | None, _gathered: Gathered) -> Prepared:
    return prepare(_gathered, invert=invert)


def bring() -> None:
    """Files, what they come to, and a button that stores it."""
    files = st.file_uploader(
        "A zip of pictures in a folder a class, arrays, a CSV or IDX files",
        accept_multiple_files=True,
        key="own-files",
        max_upload_size=MOST_MEGABYTES,
        help=words.FORMS,
    )
    if not files:
        return
    ground = st.segmented_control(
        "Ground and ink",
        list(words.GROUND),
        default="auto",
        required=True,
        format_func=words.GROUND.__getitem__,
        key="own-ground",
    )
    ids = tuple(file.file_id for file in files)
    try:
        prepared = _prepared(ids, _INVERT[ground or "auto"], _read(ids, files))
    except DataError as error:
        st.error(literal(_sentence(error)))
        return
    show(prepared)
    if st.button("Store this set", key="own-store"):
        try:
            name = library.store(prepared)
        except DataError as error:
            st.error(literal(_sentence(error)))
            return
        caches.test_images.clear()  # a set of this name may have been deleted, and may be back
        st.success(
            f"{literal(prepared.title)} is stored as {name}. Train on it: choose it in Training, in the tab or on the "
            f"server, or run `python -m vaeexplorer train --dataset {name}`; then it is on every page."
        )


def show(prepared: Prepared) -> None:
    """A set before it is stored: images, counts, and what was assumed."""
    picture, facts = st.columns([3, 2], gap="large")
    counts = {split: len(pixels) for split, pixels in prepared.images.items()}
    picture.image(
        preview.png(prepared, ROWS, COLUMNS),
        caption=f"{literal(prepared.title)}: the first training images of each class, as they will be learned",
        width="stretch",
    )
    classes = f"{len(prepared.class_names)} class{'es' * (len(prepared.class_names) > 1)}"
    with facts:
        st.markdown(f"**{counts['train']:,} training and {counts['test']:,} test images of {classes}**")
        for remark in prepared.remarks:
            st.markdown(f"- {literal(remark)}")
        labels = np.concatenate([prepared.labels["train"], prepared.labels["test"]])
        found = Counter(labels.tolist())
        rows = [{"class": name, "images": found[number]} for number, name in enumerate(prepared.class_names[:NAMED])]
        st.dataframe(tables.table(rows), hide_index=True, alt="Images of each class")
        if len(prepared.class_names) > NAMED:
            st.caption(f"The first {NAMED} of {len(prepared.class_names)} classes.")


def stored() -> None:
    """The sets that are on this machine."""
    sets, errors = library.list_sets()
    st.header("Sets on this machine", anchor=False)
    for error in errors:
        st.warning(literal(_sentence(error)))
    if not sets:
        st.caption("None yet.")
        return
    runs = Counter(card.config.data.dataset for card in caches.run_cards()[0])
    rows: list[dict[str, object]] = [
        {
            "images of": each.title,
            "training images": each.counts["train"],
            "test images": each.counts["test"],
            "classes": len(each.class_names),
            "runs": runs[each.name],
            "name": each.name,
        }
        for each in sets
    ]
    st.dataframe(tables.table(rows), hide_index=True, alt="Stored sets of images, a row each")


def _sentence(error: DataError) -> str:
    """The message as a sentence; a file's name at its beginning stays as it is."""
    text = str(error)
    return f"{text}." if "." in text.split(maxsplit=1)[0] else f"{text[0].upper()}{text[1:]}."


address.settle()
heading(words.PAGE)
if is_public():
    st.info(words.READ_ONLY)
else:
    bring()
    stored()
notes(words.PAGE)
