"""Everything that the pages show of the runs, made before the first visitor asks: for a class, and for a public app.

First what pages open on, 22 s of CPU time for the shipped runs; then the linear autoencoders of every k, which
train in a process of a lower priority. Visitors who come earlier are served meanwhile.
"""

import gc
import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import get_args

from vaeexplorer.analysis.sampling import Source
from vaeexplorer.app import caches
from vaeexplorer.app.server import assets
from vaeexplorer.app.state import K
from vaeexplorer.config import Dataset
from vaeexplorer.results.sweep import DIMENSIONS
from vaeexplorer.runs.folder import RunCard

_log = logging.getLogger(__name__)
MOST = 12  # runs: as many as the caches have room for
WORKERS = 2  # threads: products of matrices leave Python to others


def make_ready() -> None:
    """Fill the caches; what cannot be made is left to the page, which says why."""
    start = time.monotonic()
    for works, what in ((_works(), "Every page"), (_every_k(), "Every k of the linear page")):
        with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
            list(pool.map(_attempt, works))
        gc.collect()
        gc.freeze()
        print(f"{what} is ready, after {time.monotonic() - start:.0f} s.", flush=True)


def _attempt(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # also a mistake of ours: the rest is made, and the page will show what is wrong
        _log.exception("Not made ready.")


def _works() -> Iterator[Callable[[], object]]:
    for dataset in get_args(Dataset):
        for dimensions in DIMENSIONS:
            yield partial(assets.sweep_url, dataset, dimensions)
        yield partial(_linear, dataset)
        yield partial(_linear_at, dataset, K.default)
        yield partial(assets.training_images, dataset)
        yield partial(assets.pack_every, dataset)
    for card in caches.run_cards()[0][:MOST]:
        yield from (partial(page, card) for page in PAGES)


def _every_k() -> Iterator[Callable[[], object]]:
    """Those near the one that the page opens on come first."""
    for k in sorted(range(K.limits[0], K.limits[1] + 1), key=lambda k: abs(k - K.default)):
        for dataset in get_args(Dataset):
            yield partial(_linear_at, dataset, k)


def _linear(dataset: Dataset) -> None:
    from vaeexplorer.app.views.linear import training

    training.test_moments(dataset)
    training.prepare(dataset)


def _linear_at(dataset: Dataset, k: int) -> None:
    from vaeexplorer.app.views.linear import widgets

    widgets.make_ready(dataset, k)


def files(card: RunCard) -> None:
    """What a browser fetches of a run."""
    space = caches.space(card)
    for encoder in (False, True):
        for url in assets.urls(space, encoder=encoder).values():
            assets.find(*url.split("/")[1:])


def compared(card: RunCard) -> None:
    """What AE vs VAE shows of a run."""
    from vaeexplorer.app.views.ae_vs_vae import comparison

    space = caches.space(card)
    for source in get_args(Source):
        comparison.samples(space, source)
    comparison.reconstructed(space)
    comparison.warm_up(space)


def report(card: RunCard) -> None:
    """What Is it regularized? shows of a run."""
    from vaeexplorer.app.views.report import measured, reports

    space = caches.space(card)
    if found := reports.kept(space):
        reports.exhibits(space, found)
        reports.strips(space)
        reports.seeds(space)
    if instruments := caches.instruments(space):
        measured.exhibits(space, instruments, measured.stability(space))


PAGES = (files, compared, report)
"""what is made of a run"""
