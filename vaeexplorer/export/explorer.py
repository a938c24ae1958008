"""A run as one HTML file: the latent plane and the walk from x to x', with weights, codes and images, without a server.

It opens from a disk, an e-mail or any web host, asks the network for nothing, and is how a class of any size is served.
"""

import base64
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.browser import bundle, links
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.data.datasets import load_dataset, title
from vaeexplorer.export.behind.regions import packed_regions
from vaeexplorer.export.html import PAGE_STYLE, ExportError, render, write
from vaeexplorer.export.places import Inside
from vaeexplorer.figures.theme import classes
from vaeexplorer.results.instruments import InstrumentsDocument
from vaeexplorer.results.regions import Regions
from vaeexplorer.results.stored import stored
from vaeexplorer.runs.attachments import load_projection
from vaeexplorer.runs.folder import Run, list_runs, load_run
from vaeexplorer.runs.images import images_of
from vaeexplorer.runs.partners import partner

SHEETS = ("plane/latent_plane.css", "plane/now.css", "from_x/from_x.css", "posterior/posterior.css")
SOURCES: dict[str, str] = {
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


def page(run: Run, place: Inside | None = None, page_links: Sequence[dict[str, Any]] = ()) -> str:
    """The run's page, as text.

    Args:
        run: any whose codes are of the test images.
        place: where its data are; by default in the page.
        page_links: to other pages: address, text, and whether it is here.

    Raises:
        RunError: its codes are not those of the test images here.
        DataError: the test images cannot be had.
        OSError: a file beside it cannot be written.
    """
    place = place or Inside()
    data = images_of(run)
    decoder, encoder = packed(run)
    pieces = [
        place.data("network", decoder),
        place.data("encoder", encoder),
        place.data("codes", packed_codes(run)),
        place.data("sprite", packed_sprite(run.config.data.dataset), planes=False),
    ]
    maps = stored(run, Regions)
    if maps:
        pieces.append(place.data("regions", packed_regions(maps), planes=False))
    fill = functools.partial(
        render,
        "explorer.html",
        name=run.name,
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style(*SHEETS)),
        script=place.script(bundle.script("standalone/export.js")),
        facts=facts(run),
        links=page_links,
        space={
            "name": run.name,
            **classes(data.class_names),
            "image": data.shape,
            "keys": {"plane": links.table(links.PLANE), "walk": links.table(links.WALK)},
            **({"regions": "regions"} if maps else {}),
            **_measured(run),
        },
    )
    beside = None if run.codes.logvar is None else partner(run, list_runs()[0])
    none = [place.none("autoencoder"), place.none("autoencoder-encoder")]
    if beside is None:
        return fill(data=pieces + none, note="")
    decoder, encoder = packed(load_run(beside.path))
    plain = [place.data("autoencoder", decoder, name=beside.name), place.data("autoencoder-encoder", encoder)]
    both = fill(data=pieces + plain, note="")
    if place.most is None or len(both.encode()) <= place.most:
        return both
    limit = f"{place.most // 10**6} MB"
    note = f"The autoencoder {beside.name} is left out, to keep this file below {limit}: the app has both."
    return fill(data=pieces + none, note=note)


def _measured(run: Run) -> dict[str, Any]:
    """What was measured of a run of more than two dimensions, as the latent plane shows it."""
    if run.config.model.latent_dim <= 2:
        return {}
    found, points = stored(run, InstrumentsDocument), load_projection(run, "umap")
    effects = {} if found is None else {"effects": found.effects}
    return effects | ({} if points is None else {"umap": base64.b64encode(points.astype("<f4").tobytes()).decode()})


def packed(run: Run) -> tuple[bytes, bytes]:
    """A run's decoder, which is all that the plane needs, and what the whole network has besides.

    The second is the frame of the whole network without the decoder's arrays, which follow its header
    (`standalone/standalone.js` puts them there).
    """
    decoder, whole = (pack_network(run.config, run.weights, encoder=encoder) for encoder in (False, True))
    arrays, at = decoder[_end_of_header(decoder) :], _end_of_header(whole)
    if not whole[at:].startswith(arrays):  # the encoder alone needs single precision
        raise ExportError(f"The run {run.name} has decoder and encoder in different precision, which no page takes.")
    return decoder, whole[:at] + whole[at + len(arrays) :]


def packed_codes(run: Run) -> bytes:
    """The codes of the test images, and what is known of them.

    Raises:
        RunError: they are not those of the test images here.
        DataError: the test images cannot be had.
    """
    data, logvar = images_of(run), run.codes.logvar
    kl = None if logvar is None else kl_per_dimension(run.codes.mean, logvar).sum(axis=1)
    return pack_codes(run.codes, data.labels, run.error, kl)


def packed_sprite(dataset: str) -> bytes:
    """All test images of a data set on one sheet."""
    data = load_dataset(dataset, "test", download=False)
    return _sprite(dataset, data.content_hash)


@functools.lru_cache(maxsize=2)
def _sprite(dataset: str, images: str) -> bytes:
    """Making one takes seconds, and a gallery has many pages of one set. `images` is its content's hash."""
    return sprite(load_dataset(dataset, "test", download=False).images, smaller=True)


def _end_of_header(frame: bytes) -> int:
    return 8 + int.from_bytes(frame[4:8], "little")


def facts(run: Run) -> list[str]:
    """What the run is, and how good."""
    model, objective, metrics, dataset = run.config.model, run.config.objective, run.metrics, run.config.data.dataset
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
    return [*facts, f"Images: {SOURCES.get(dataset, title(dataset))}. Made with vaeexplorer."]
