"""Latent planes of any spaces as one HTML page that needs no server: one plane, or several that share two images."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from vaeexplorer.browser import bundle, links
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.codes import Codes
from vaeexplorer.export.html import PAGE_STYLE, ExportError, render
from vaeexplorer.export.places import Inside
from vaeexplorer.figures.theme import classes
from vaeexplorer.spaces.space import Space

PAIR_KEYS = tuple(key for key in links.PAIR if key.name != "field")
"""what the address of planes side by side holds where nobody measures fields"""
NO_FIELDS = ".pair .toolbar .segments { display: none; }\n"


def packed_decoder(space: Space) -> bytes | None:
    """The decoder as a browser runs it; None where only Python can."""
    if space.config is None or space.weights is None:
        return space.network
    return pack_network(space.config, space.weights, encoder=False)


def packed_codes(space: Space, most: int | None = None) -> bytes:
    """The codes of the images, or of so many, and what is known of them."""
    mean, logvar = space.posterior.mean, space.posterior.logvar
    codes = Codes(mean[:most], None if logvar is None else logvar[:most])
    kl = None if space.kl is None else space.kl[:most]
    return pack_codes(codes, space.data.labels[:most], space.error[:most], kl)


def plane_page(space: Space, *, most: int | None = None, link: Mapping[str, str] | None = None) -> str:
    """One plane, as text.

    Args:
        space: any whose decoder a browser can run.
        most: images, from the first; by default all.
        link: what is chosen when it opens, as an address would hold it.

    Raises:
        ExportError: only Python can run the decoder.
    """
    place = Inside()
    given = {
        "name": space.name,
        **classes(space.data.class_names),
        "image": space.data.shape,
        "keys": {"plane": links.table(links.PLANE)},
    }
    return render(
        "planes.html",
        id="plane",
        title=f"{space.name}: every point is an image",
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style("plane/latent_plane.css")),
        script=place.script(bundle.script("standalone/export.js")),
        given=given | {"link": dict(link or {})},
        data=[*_elements(place, space, "", most), _sprite(place, space, most)],
        facts=_facts([space], most),
        links=[],
    )


def pair_page(spaces: Sequence[Space], *, most: int | None = None, link: Mapping[str, str] | None = None) -> str:
    """Planes side by side, with the same two images in all, as text.

    Args:
        spaces: of the same images; a browser can run their decoders.
        most, link: see `plane_page`.

    Raises:
        ExportError: only Python can run one of the decoders.
    """
    place, described, data = Inside(), [], []
    for number, space in enumerate(spaces):
        data += _elements(place, space, f"-{number}", most)
        urls = {"network": f"network-{number}", "codes": f"codes-{number}", "sprite": "sprite"}
        described.append({"name": space.name, "kind": space.kind, "image": space.data.shape, "urls": urls})
    images = spaces[0].data
    given = {"keys": links.table(PAIR_KEYS), "link": dict(link or {}), "spaces": described}
    return render(
        "planes.html",
        id="pair",
        title=f"{', '.join(space.name for space in spaces)}: the same images",
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style("pair/pair.css") + NO_FIELDS),
        script=place.script(bundle.script("standalone/export_pair.js")),
        given=given | classes(images.class_names) | {"count": len(images.images[:most])},
        data=[*data, _sprite(place, spaces[0], most)],
        facts=_facts(spaces, most),
        links=[],
    )


def _elements(place: Inside, space: Space, suffix: str, most: int | None) -> list[Markup]:
    network = packed_decoder(space)
    if network is None:
        raise ExportError(f"The decoder of {space.name} is a function of Python, which no page can run.")
    return [
        place.data(f"network{suffix}", network),
        place.data(f"codes{suffix}", packed_codes(space, most)),
    ]


def _sprite(place: Inside, space: Space, most: int | None) -> Markup:
    return place.data("sprite", sprite(space.data.images[:most], smaller=True), planes=False)


def _facts(spaces: Sequence[Space], most: int | None) -> list[str]:
    count, shown = len(spaces[0].data), len(spaces[0].data.images[:most])
    which = f"the first {shown:,} of {count:,} images" if shown < count else f"{count:,} images"
    named: list[Any] = [f"{space.name}: {space.dimensions} latent dimensions, {space.kind}." for space in spaces]
    return [*named, f"Shown are {which}. Made with vaeexplorer."]
