"""A run as one HTML file: the latent plane and the walk from x to x', with weights, codes and images, without a server.

It opens from a disk, an e-mail or any web host, asks the network for nothing, and is how a class of any size is served.
"""

import base64
import functools
import json
import zlib
from html import escape
from pathlib import Path
from string import Template

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.browser import bundle
from vaeexplorer.browser.packing import run as packing
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.figures.theme import CLASS_COLORS
from vaeexplorer.files import whole_file
from vaeexplorer.runs.folder import Run, RunError, list_runs, load_run, plain_partner

MOST = 10_000_000
"""bytes of a page that also holds the autoencoder beside a VAE; where both are too large, the VAE stays alone"""
SOURCES = {
    "mnist": "MNIST (LeCun, Cortes & Burges; CC BY-SA 3.0)",
    "fashion-mnist": "Fashion-MNIST (Xiao, Rasul & Vollgraf, Zalando 2017; MIT)",
}


def export_html(run: Run, path: Path) -> None:
    """Write the run's page, whole or not at all.

    Raises:
        RunError: its codes are not those of the test images, or the file cannot be written.
        DataError: the test images cannot be had.
    """
    text = page(run)
    try:
        with whole_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.") from None


def page(run: Run) -> str:
    """The run's page, as text.

    Raises:
        RunError: its codes are not those of the test images.
        DataError: the test images cannot be had.
    """
    data = load_dataset(run.config.data.dataset, "test", download=False)
    if len(run.codes.mean) != len(data):
        raise RunError(f"The run {run.name} has codes of {len(run.codes.mean):,} images, not of the {len(data):,}.")
    logvar = run.codes.logvar
    kl = None if logvar is None else kl_per_dimension(run.codes.mean, logvar).sum(axis=1)
    space = {"name": run.name, "classes": list(data.class_names), "colors": list(CLASS_COLORS)}
    template = Template((Path(__file__).parent / "explorer.html").read_text(encoding="utf-8"))
    fill = functools.partial(
        template.substitute,
        name=escape(run.name),
        style=bundle.style("plane/latent_plane.css", "from_x/from_x.css"),
        script=bundle.script("entries/export.js"),
        facts="\n".join(f"<p>{escape(fact)}</p>" for fact in _facts(run)),
        space=json.dumps(space).replace("<", "\\u003c"),
        network=_wrap(_planes(packing.pack(run))),
        codes=_wrap(_planes(packing.pack_codes(run.codes, data.labels, run.error, kl))),
        sprite=_wrap(packing.sprite(data.images, smaller=True)),
    )
    partner = plain_partner(run, list_runs()[0])
    if partner is None:
        return fill(partner="", autoencoder="", note="")
    both = fill(partner=partner.name, autoencoder=_wrap(_planes(packing.pack(load_run(partner.path)))), note="")
    if len(both.encode()) <= MOST:
        return both
    note = f"The autoencoder {partner.name} is left out, to keep this file below {MOST // 10**6} MB: the app has both."
    return fill(partner="", autoencoder="", note=f"<p>{escape(note)}</p>")


def _wrap(data: bytes) -> str:
    """The bytes as `html.js` reads them: base64 of a zlib stream."""
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
