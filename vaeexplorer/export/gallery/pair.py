"""AE and VAE side by side: their page, which shows codes, and images on straight ways between them, in few bytes."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import numpy as np

from vaeexplorer.analysis.rounding import Dense, rounded_chain
from vaeexplorer.analysis.smoothness.fields import FieldKind, Window
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.verdict import verdict
from vaeexplorer.browser import bundle
from vaeexplorer.browser.links import PAIR, table
from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.codes import Codes
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.export import explorer
from vaeexplorer.export.behind.fields import measured, on_one_scale
from vaeexplorer.export.html import PAGE_STYLE, render
from vaeexplorer.export.places import Beside
from vaeexplorer.export.tables import comparison_conditions, comparison_table
from vaeexplorer.figures.theme import classes
from vaeexplorer.network.architecture import layers
from vaeexplorer.results.comparison import load_comparison
from vaeexplorer.results.midpoints import load_midpoints, starting_pairs
from vaeexplorer.results.regions import window
from vaeexplorer.results.smoothness import subject
from vaeexplorer.runs.folder import Run
from vaeexplorer.spaces.space import Space, open_run

FINENESS = 2.0**7.4  # steps in a standard deviation of a layer's weights
_SEEN, _BETWEEN = 10_000, 4096  # codes, and points between two of them, for which weights are rounded
_MOST = 2**15  # steps from 0, as the file has room for them
_SMALL = 2**16  # weights of a layer that is left as it is
_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
}


def page(vae: Run, ae: Run, place: Beside, page_links: Sequence[dict[str, Any]]) -> str:
    """The page of a VAE and an AE of the same images, as text.

    Raises:
        RunError: the codes of a run are not those of the test images here.
        DataError: the images cannot be had.
        OSError: a file beside the page cannot be written.
    """
    data = load_dataset(vae.config.data.dataset, "test", download=False)
    train = load_dataset(vae.config.data.dataset, "train", download=False)
    opened = open_run(vae, data), open_run(ae, data)
    pieces = [
        place.data("sprite", explorer.packed_sprite(vae.config.data.dataset), planes=False),
        place.data("fields", _fields(opened, train), planes=False),
    ]
    spaces: list[dict[str, Any]] = []
    for run in (vae, ae):
        urls = {"network": f"network-{len(spaces)}", "codes": f"codes-{len(spaces)}", "sprite": "sprite"}
        is_flat = run.config.model.latent_dim <= 2
        pieces += [
            place.data(urls["network"], decoder(run)),
            place.data(urls["codes"], explorer.packed_codes(run) if is_flat else _codes(run, data)),
        ]
        spaces.append({"name": run.name, "kind": run.config.model.model.upper(), "image": data.shape, "urls": urls})
    found = load_comparison(*opened, train)
    return render(
        "gallery/pair.html",
        names=(vae.name, ae.name),
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style("style/legend.css", "pair/pair.css")),
        script=place.script(bundle.script("standalone/export_pair.js")),
        facts=[*explorer.facts(vae)[:-1], *explorer.facts(ae)],
        links=page_links,
        given={**classes(data.class_names), "count": len(data), "keys": table(PAIR), "spaces": spaces}
        | {"start": starting_pairs(load_midpoints(*opened)), "ways": None},
        data=pieces,
        rows=comparison_table(found, "all") if found else [],
        verdict=verdict(found.rows, found.runs, found.conditions) if found else [],
        conditions=comparison_conditions(found) if found else "",
    )


def decoder(run: Run) -> bytes:
    """A run's decoder with the weights of its large layers in steps; of convolutions, as it is.

    Of images at the codes of the shipped runs and between them the worst pixel is moved by 0.4/255 at the most in the
    median image, by 1/255 in one of a thousand, by 1.3/255 in any. Rounding one by one takes three bits more a weight.
    """
    weights, steps = in_steps(run)
    return pack_network(run.config, weights, encoder=False, steps=steps)


def in_steps(run: Run) -> tuple[Mapping[str, np.ndarray], dict[str, float]]:
    """Weights by their names, and the step of those that are whole numbers of steps; none where it cannot be."""
    chain = layers(run.config.model, run.config.objective.likelihood)["decoder"]
    if any(layer.kind != "dense" for layer in chain):
        return run.weights, {}
    dense = [
        Dense(run.weights[f"{each.name}.weight"], run.weights[f"{each.name}.bias"], _ACTIVATIONS[each.activation])
        for each in chain
    ]
    steps = [float(each.weight.std()) / FINENESS or None if each.weight.size > _SMALL else None for each in dense]
    with np.errstate(over="ignore"):  # e^-x of a far negative x: the activation is 0 there
        whole = rounded_chain(dense, _seen(run.codes.mean), steps)
    if any(step is not None and np.abs(each).max() >= _MOST for each, step in zip(whole, steps, strict=True)):
        return run.weights, {}
    names = [f"{each.name}.weight" for each in chain]
    found = {name: step for name, step in zip(names, steps, strict=True) if step is not None}
    return {**run.weights, **dict(zip(names, whole, strict=True))}, found


def _seen(codes: np.ndarray) -> np.ndarray:
    """Codes and points between two of them, the same ones every time, [N, D]."""
    random = np.random.default_rng(0)
    a, b = (codes[random.integers(len(codes), size=_BETWEEN)] for _ in range(2))
    return np.concatenate([codes[:_SEEN], a + random.random((_BETWEEN, 1)) * (b - a)])


def _codes(run: Run, data: ImageDataset) -> bytes:
    """Means and labels alone, which are all that a pair shows of more than two dimensions."""
    count = len(run.codes.mean)
    return pack_codes(Codes(run.codes.mean, None), data.labels, np.zeros(count, np.float32), None)


def _fields(spaces: Sequence[Space], train: ImageDataset) -> bytes:
    """JSON of every kind of field over all planes, and how each plane lies; some seconds.

    Args:
        spaces: of the same images.
        train: what "unlike training images" means.
    """
    subjects, nearest = [subject(space) for space in spaces], NearestImages(train.images)
    windows = [_window(space) for space in spaces]
    kinds = {}
    for kind in get_args(FieldKind):
        found = [
            measured(kind, each, where, nearest) if where else None
            for each, where in zip(subjects, windows, strict=True)
        ]
        kinds[kind] = on_one_scale(kind, windows, found, nearest.count)
    planes = [where and {"across": where.across.tolist(), "up": where.up.tolist()} for where in windows]
    return json.dumps({"kinds": kinds, "planes": planes}, separators=(",", ":")).encode()


def _window(space: Space) -> Window | None:
    """What a plane shows first: the dimensions, or the two principal axes of more than two; None for one dimension."""
    codes = space.codes.astype(np.float64)
    if space.dimensions == 1:
        return None
    if space.dimensions == 2:
        return window(codes, space.has_prior)
    centre = codes.mean(axis=0)
    across, up = np.linalg.eigh(np.cov(codes.T))[1].T[:-3:-1]
    seen = window((codes - centre) @ np.stack([across, up], axis=1), has_prior=False)
    return Window(centre, across, up, seen.x, seen.y)
