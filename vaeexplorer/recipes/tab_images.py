"""The training images that are shipped for trainings in the browser: cut from the full sets, at 4 bits a pixel."""

import hashlib

from vaeexplorer.browser.packing.images import pack_images
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import DataError
from vaeexplorer.data.tab_images import COUNTS, FOLDER, path, sixteenths
from vaeexplorer.files import whole_file


def write_tab_images() -> None:
    """Write them, with their SHA256SUMS (for `sha256sum -c`): the same bytes wherever the full sets are.

    Raises:
        DataError: a set with as many images cannot be had.
    """
    sums = ""
    FOLDER.mkdir(exist_ok=True)
    for dataset, count in COUNTS.items():
        data = load_dataset(dataset, "train")
        if len(data) < count:
            raise DataError(
                f"{count:,} training images of {dataset} are wanted, but only {len(data):,} were found: set "
                "VAEEXPLORER_DATA to a folder that holds the full set"
            )
        packed = pack_images(sixteenths(data.images[:count]), bits=4, effort=9)
        with whole_file(path(dataset)) as file:
            file.write(packed)
        sums += f"{hashlib.sha256(packed).hexdigest()}  {path(dataset).name}\n"
    with whole_file(FOLDER / "SHA256SUMS") as file:
        file.write(sums.encode())
