"""images: one's own images made a set, which `train` and the app take like any other."""

import json as jsonlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from vaeexplorer.commands.console import complain, console
from vaeexplorer.config import DATASETS
from vaeexplorer.files import user_path

_SHOWN = 10, 20  # rows and columns of a preview


def images(
    path: Annotated[Path, tyro.conf.Positional],
    invert: Literal["auto", "yes", "no"] = "auto",
    preview: Path | None = None,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Make a set of one's own images: brought to 28 x 28 grey, light ink on dark, without duplicates, split and stored.

    Args:
        path: a folder of pictures, whose sub-folders are classes (or are named train and test, and have the classes in
            them); an .npz or .npy; a .csv with an image a row and a label; IDX files as MNIST has them, or their folder
        invert: whether dark ink is on a light ground; by default as the borders of the images say
        preview: a picture to write, with the first images of each class as they will be learned
        dry_run: say what would be stored, and store nothing
        json: print one JSON document and nothing else
    """
    from vaeexplorer.data.own import library
    from vaeexplorer.data.own import preview as sheet
    from vaeexplorer.data.own.prepare import prepare
    from vaeexplorer.data.own.reading import read

    prepared = prepare(read(path), invert={"auto": None, "yes": True, "no": False}[invert])
    if preview:
        sheet.write(prepared, user_path(preview), *_SHOWN)
    name = None if dry_run else library.store(prepared)
    counts = {split: len(pixels) for split, pixels in prepared.images.items()}
    if json:
        document: dict[str, Any] = {
            "schema": 1,
            "name": name,
            "title": prepared.title,
            "images": counts,
            "class_names": prepared.class_names,
            "remarks": prepared.remarks,
        }
        print(jsonlib.dumps(document, indent=2))
        return
    _say(prepared.remarks)
    classes = ", ".join(prepared.class_names[:20]) + (", ..." if len(prepared.class_names) > 20 else "")
    console.print(
        f"{prepared.title}: {counts['train']:,} training and {counts['test']:,} test images of "
        f"{len(prepared.class_names)} classes ({classes}).",
        markup=False,
        highlight=False,
    )
    if name:
        print(name)


def of_own(arguments: Sequence[str]) -> list[str]:
    """The arguments, with a set's name for the path where `train --dataset` is given images of one's own.

    Raises:
        DataError: there is nothing at the path that can be read.
    """
    arguments = list(arguments)
    if not arguments or arguments[0] != "train":
        return arguments
    for at, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if option != "--dataset":
            continue
        if not equals:
            if at + 1 == len(arguments):
                break
            value = arguments[at + 1]
        path = user_path(value)
        if value in DATASETS or not (os.path.lexists(path) or os.sep in value or path.suffix):
            break
        from vaeexplorer.data.own import library
        from vaeexplorer.data.own.prepare import prepare
        from vaeexplorer.data.own.reading import read

        prepared = prepare(read(path))
        name = library.store(prepared)
        _say((*prepared.remarks, f"{prepared.title} is stored as {name}."))
        arguments[at : at + (1 if equals else 2)] = ["--dataset", name]
        break
    return arguments


def _say(remarks: Sequence[str]) -> None:
    for remark in remarks:
        complain(remark)
