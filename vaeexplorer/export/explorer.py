"""A run as one HTML file: the latent plane and the walk from x to x', with weights, codes and images, without a server.

It opens from a disk, an e-mail or any web host, asks the network for nothing, and is how a class of any size is served.
"""

import base64
import functools
import zlib
from pathlib import Path

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.browser import bundle, links
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.export.html import render, write
from vaeexplorer.figures.theme import classes
from vaeexplorer.runs.folder import Run, list_runs, load_run
from vaeexplorer.runs.images import images_of
from vaeexplorer.runs.partners import partner

MOST = 10_000_000
"""bytes of a page that also holds the autoencoder beside a VAE; where both are too large, the VAE stays alone"""
SOURCES = {
    "mnist": "MNIST (LeCun, Cortes & Burges; CC BY-SA 3.0)",
    "fashion-mnist": "Fashion-MNIST (Xiao, Rasul & Vollgraf, Zalando 2017; MIT)",
}


def export_html(run: Run, path: Path) -> None:
    """Write the run's page, whole or not at all.

    Raises:
        ExportError: the file cannot be written.
        RunError: its codes are not those of the test images here.
        DataError: the test images cannot be had.
    """
    write(path, page(run))


def page(run: Run) -> str:
    """The run's page, as text.

    Raises:
        RunError: its codes are not those of the test images here.
        DataError: the test images cannot be had.
    """
    data = images_of(run)
    logvar = run.codes.logvar
    kl = None if logvar is None else kl_per_dimension(run.codes.mean, logvar).sum(axis=1)
    fill = functools.partial(
        render,
        "explorer.html",
        name=run.name,
        style=bundle.style("plane/latent_plane.css", "from_x/from_x.css"),
        script=bundle.script("entries/export.js"),
        facts=_facts(run),
        space={"name": run.name, **classes(data.class_names), "keys": links.tables()},
        network=_packed(run),
        codes=_wrap(_planes(pack_codes(run.codes, data.labels, run.error, kl))),
        sprite=_wrap(sprite(data.images, smaller=True)),
    )
    beside = None if logvar is None else partner(run, list_runs()[0])
    if beside is None:
        return fill(partner="", autoencoder="", note="")
    both = fill(partner=beside.name, autoencoder=_packed(load_run(beside.path)), note="")
    if len(both.encode()) <= MOST:
        return both
    note = f"The autoencoder {beside.name} is left out, to keep this file below {MOST // 10**6} MB: the app has both."
    return fill(partner="", autoencoder="", note=note)


def _packed(run: Run) -> str:
    return _wrap(_planes(pack_network(run.config, run.weights)))


def _wrap(data: bytes) -> str:
    """The bytes as `entries/export.js` reads them: base64 of a zlib stream."""
    return base64.b64encode(zlib.compress(data, 6)).decode()


def _planes(data: bytes) -> bytes:
    """Bytes at even places, then those at odd ones: of half-precision numbers, the second half packs well."""
    return data[::2] + data[1::2]


def _facts(run: Run) -> list[str]:
    """What the run is, and how good."""
    model, objective, metrics = run.config.model, run.config.objective, run.metrics
    kind = "variational autoencoder" if model.model == "vae" else "autoencoder"
    beta = f", β = {objective.beta:g}" if model.model == "vae" else ""
    facts = [
        f"{run.name}: {kind} ({model.arch}) with {model.latent_dim} latent dimensions, {objective.likelihood}{beta}."
    ]
    if "test_reconstruction" in metrics:
        figures = f"reconstruction {metrics['test_reconstruction']:.1f} nats"
        if model.model == "vae" and "test_kl" in metrics:
            figures += f", KL {metrics['test_kl']:.1f} nats"
        facts.append(f"On the {len(run.codes.mean):,} test images, per image: {figures}.")
    return [*facts, f"Images: {SOURCES[run.config.data.dataset]}. Made with vaeexplorer."]
