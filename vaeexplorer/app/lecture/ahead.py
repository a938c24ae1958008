"""What the scenes of a lecture show, made on the server in their order, before their pages are opened.

A page that this server has not shown yet takes up to four seconds, and the scene after next may be such a page.
"""

import importlib
import logging
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue
from urllib.parse import parse_qsl

from vaeexplorer.app import caches, state
from vaeexplorer.app.server import assets, beside
from vaeexplorer.data.images import check_dataset
from vaeexplorer.lecture.scenes import Lecture, Scene

_log = logging.getLogger(__name__)
_asked: "SimpleQueue[Lecture]" = SimpleQueue()


def ask(lecture: Lecture) -> None:
    """Have the scenes of a lecture made ready, where a thread of the server does such work."""
    _asked.put(lecture)


def work() -> None:
    """Make ready what is asked for, for as long as the process lives; what cannot be made is left to its page."""
    known: set[str] = set()
    while True:
        lecture = _asked.get()
        if lecture.key not in known:
            known.add(lecture.key)
            beside.start()  # scenes have linear autoencoders trained, and the server may not have had time yet
            make_ready(lecture)


def make_ready(lecture: Lecture) -> None:
    """Fill the caches with what the scenes show; what cannot be made is left to the page, which says why."""
    for works in (_shown, _controls):
        for scene in lecture.scenes:
            try:
                for make in works(scene):
                    make()
            except Exception:  # also a mistake of ours: the rest is made, and the page will show what is wrong
                _log.exception("The scene %r was not made ready.", scene.title)


def _controls(scene: Scene) -> Iterator[Callable[[], object]]:
    """What makes that ready which the controls of a page need: three seconds, after all that is shown."""
    from vaeexplorer.app.views.linear import training

    if scene.page == "linear":
        yield partial(training.prepare, check_dataset(dict(parse_qsl(scene.address)).get("dataset", "mnist")))


def _shown(scene: Scene) -> Iterator[Callable[[], object]]:
    """What makes that ready which the page of a scene shows."""
    from vaeexplorer.app import ready
    from vaeexplorer.app.views.linear import training, widgets

    asked = dict(parse_qsl(scene.address))
    cards = {card.name: card for card in caches.run_cards()[0]}
    named = [cards[asked[name]] for name in ("run", "other", "beside") if asked.get(name) in cards]
    dataset = check_dataset(asked.get("dataset") or (named[0].config.data.dataset if named else "mnist"))
    if scene.page == "beta":
        yield partial(assets.sweep_url, dataset, int(asked.get("dims", state.DIMENSIONS.default)))
    elif scene.page == "linear":
        broken = state.BROKEN.parse(asked.get("break", "")) or state.BROKEN.default
        method = state.METHOD.parse(asked.get("by", "")) or state.METHOD.default
        yield partial(training.test_moments, dataset)
        yield partial(widgets.make_ready, dataset, int(asked.get("k", state.K.default)), broken, method)
    elif scene.page == "training":
        yield partial(assets.training_images, dataset)
        yield partial(importlib.import_module, "plotly.graph_objects")  # of its curves: a second
    for card in named:
        yield partial(ready.files, card)
        if scene.page == "ae-vs-vae":
            yield partial(ready.compared, card)
        elif scene.page == "regularized":
            yield partial(ready.report, card)
