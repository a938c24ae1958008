"""Films of runs for the browser: read and packed once for all visitors."""

import streamlit as st

from vaeexplorer.app import caches
from vaeexplorer.app.server import assets
from vaeexplorer.app.views.runs import words
from vaeexplorer.browser.packing.run_film import pack_run_film
from vaeexplorer.figures.theme import classes
from vaeexplorer.runs.attachments import FILM
from vaeexplorer.runs.film import film_of
from vaeexplorer.runs.folder import RunCard, load_run

PARTS = ("total", "kl")


def described(card: RunCard) -> dict[str, object]:
    """What the widget must know of a film: its run, and where it is fetched.

    Raises:
        RunError: the run or its film cannot be read.
        DataError: its images are not on this machine.
    """
    asset, has_images = _packed(str(card.path), card.key, _stamp(card), card)
    model, objective = card.config.model, card.config.objective
    beta = f", β {objective.beta:g}" if model.model == "vae" else ""
    return {
        "name": card.name,
        "url": assets.kept_url(asset),
        "note": "" if has_images else words.NO_DECODER,
        "of": f"{model.model.upper()}, {model.latent_dim} dimensions, {objective.likelihood}{beta}",
        **classes(caches.test_images(card.config.data.dataset).class_names),
    }


@st.cache_resource(max_entries=12, show_spinner=False)
def _packed(path: str, key: str, stamp: int, _card: RunCard) -> tuple[assets.Asset, bool]:
    run = load_run(_card.path)
    film = film_of(run)
    parts = PARTS if run.config.model.model == "vae" else PARTS[:1]
    curves = {part: [getattr(record.test, part) for record in run.history] for part in parts}
    curves |= {f"train_{part}": [getattr(record.train, part) for record in run.history] for part in parts}
    data = pack_run_film(
        epochs=film.epochs,
        codes=film.codes,
        ends=film.ends,
        labels=run.labels[: film.codes.shape[1]],
        curves=curves,
        images=film.packed,
        boxes=film.boxes,
    )
    return assets.film(data), film.packed is not None


def _stamp(card: RunCard) -> int:
    """Another film of the same run has another one."""
    path = card.path / FILM
    return path.stat().st_mtime_ns if path.exists() else 0
