"""A training in the browser: what the page must know of the images, and its page in the gallery, without a server."""

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from vaeexplorer.browser import bundle
from vaeexplorer.browser.links import TRAIN, table
from vaeexplorer.browser.packing.images import pack_images
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.published import TITLES
from vaeexplorer.data.tab_images import COUNTS, shipped_images, sixteenths
from vaeexplorer.export.places import Inside
from vaeexplorer.figures.theme import classes
from vaeexplorer.files import content_hash
from vaeexplorer.version import __version__

SHEETS = ("train/train.css", "style/train_controls.css", "style/train_race.css")
SHOWN = 2_000  # test images that a training is tested on, and whose codes it moves
_OFFERED = (1_000, 5_000, 10_000, 15_000, 30_000, 60_000)  # numbers of training images


def pack_test(data: ImageDataset) -> bytes:
    """The test images that are shown, as they are, and the labels of all."""
    return pack_images(data.images[:SHOWN], bits=8, labels=data.labels)


def pack_training(images: np.ndarray) -> bytes:
    """Training images, uint8 [N, 28, 28], in 16 grey levels."""
    return pack_images(sixteenths(images), bits=4)


def about(test: ImageDataset, train: bytes, urls: dict[str, str | None], most: int) -> dict[str, Any]:
    """What the widget must know of a set of images (`ImageSet` in `browser/train/home.js`).

    Args:
        test: all its test images.
        train: the packed training images that are shipped.
        urls: of `train`, `test`, `sprite`, the sheet of all test images, and `every`: all training images, or None.
        most: how many training images can be had.
    """
    dataset: Dataset = "fashion-mnist" if test.name == "fashion-mnist" else "mnist"
    about = described(test, urls, title=TITLES[dataset], count=COUNTS[dataset], content=content_hash(train))
    return about | {"counts": [count for count in _OFFERED if count <= most]}


def described(
    test: ImageDataset, urls: dict[str, str | None], *, title: str, count: int, content: str
) -> dict[str, Any]:
    """What the widget must know of any set.

    Args:
        test: all its test images.
        urls: as those of `about`.
        title: for people.
        count: of the training images at the address `train`.
        content: their hash.
    """
    return {
        "name": title,
        **classes(test.class_names),
        **urls,
        "shipped": count,
        "counts": [*(each for each in _OFFERED if each < count), count],
        "hash": content,
        "testSource": test.source,
        "testHash": test.content_hash,
    }


def page(place: Inside, links: Sequence[dict[str, Any]]) -> str:
    """The page of the gallery, as text: everything that it trains on comes with it.

    Raises:
        DataError: images cannot be had.
        OSError: a file beside it cannot be written.
    """
    from vaeexplorer.export import explorer  # what makes a page, which the app does without at its start
    from vaeexplorer.export.html import PAGE_STYLE, render

    sets, pieces = {}, []
    for dataset in get_args(Dataset):
        test, train = load_dataset(dataset, "test", download=False), shipped_images(dataset)
        content = {"train": train, "test": pack_test(test), "sprite": explorer.packed_sprite(dataset)}
        names = {kind: f"{kind}-{dataset}" for kind in content}
        pieces += [place.data(names[kind], content[kind], planes=False) for kind in content]
        sets[dataset] = about(test, train, {**names, "every": None}, COUNTS[dataset])
    return render(
        "gallery/train.html",
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style(*SHEETS)),
        script=place.script(bundle.script("standalone/export_train.js")),
        facts=[f"Images: {explorer.SOURCES[dataset]}." for dataset in sets] + ["Made with vaeexplorer."],
        links=links,
        given={"place": "gallery", "dataset": "mnist", "sets": sets, "version": __version__, "keys": table(TRAIN)},
        data=pieces,
    )
