"""The images that a run is of, found on this machine and compared with what the run says of them.

A run names its set in its configuration, but a folder of that name may hold anything. So a run keeps count and hash of
its images, and whatever puts images beside a run asks here.
"""

from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.published import are_training_images
from vaeexplorer.runs.folder import Run, RunError


def images_of(run: Run, *, download: bool = False) -> ImageDataset:
    """The images that the codes of a run are of, in their order.

    Raises:
        RunError: there are others on this machine.
        DataError: the images cannot be had.
    """
    data = load_dataset(run.config.data.dataset, "test", download=download)
    check_test_images(run, data)
    return data


def check_test_images(run: Run, data: ImageDataset) -> None:
    """Raise RunError unless a run's codes are of these images; runs of earlier versions kept the labels alone."""
    count = len(run.codes.mean)
    is_ours = count == len(data) and (run.labels == data.labels).all()
    if not is_ours or run.provenance.get("test_images_hash", data.content_hash) != data.content_hash:
        made_with = run.provenance.get("test_images", "images that it does not describe")
        raise RunError(
            f"The run {run.name} has codes of {count:,} other images than the {len(data):,} test images of {data.name} "
            f"here ({data.source}): it was made with {made_with}, so set VAEEXPLORER_DATA to a folder that holds those."
        )


def training_images_of(run: Run) -> ImageDataset | None:
    """The images that a run was trained on, or their first 10,000 where only these are here; None where others are.

    Raises:
        DataError: there are none at all.
    """
    data = load_dataset(run.config.data.dataset, "train", download=False)
    theirs, ours = str(run.provenance.get("train_images_hash", data.content_hash)), data.content_hash
    dataset = run.config.data.dataset
    both_published = are_training_images(dataset, theirs) and are_training_images(dataset, ours)
    return data if theirs == ours or both_published else None
