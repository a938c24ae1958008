"""What the published images are known by: a folder's name says nothing of what is in it."""

from vaeexplorer.data.images import ImageDataset, Split
from vaeexplorer.files import content_hash

TITLES: dict[str, str] = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}
"""of the sets whose images are known by their hashes"""

FULL: dict[tuple[str, Split], tuple[str, str]] = {
    ("mnist", "train"): ("741c988805d008ac", "1feba77c54802fa5"),
    ("mnist", "test"): ("6d87418db22cc802", "ddeff807876a9661"),
    ("fashion-mnist", "train"): ("2e487a6c89124f78", "657fbd221bfc9f41"),
    ("fashion-mnist", "test"): ("c867c93ff9536059", "3d0e6c6ea990b53b"),
}
"""of each set, `content_hash` of all images and of all labels as bytes"""

FIRST_10_000: dict[tuple[str, Split], tuple[str, str]] = {
    ("mnist", "train"): ("2f7182bf021ffc5c", "2f345bad07338ec5"),
    ("fashion-mnist", "train"): ("2929ae1c7b89e0ee", "1022e4632874e71b"),
}
"""the same of the shipped sample"""


def is_published(data: ImageDataset) -> bool:
    """Whether these are the published images with the published labels, all of them or the shipped sample."""
    known = [hashes[data.name, data.split] for hashes in (FULL, FIRST_10_000) if (data.name, data.split) in hashes]
    labels = content_hash(data.labels.astype("u1").tobytes())  # a few bytes: most other sets are known by them
    return any(labels == theirs for _, theirs in known) and (data.content_hash, labels) in known


def are_training_images(dataset: str, images_hash: str) -> bool:
    """Whether a hash is that of published training images, all of them or the shipped sample."""
    return dataset in TITLES and images_hash in (FULL[dataset, "train"][0], FIRST_10_000[dataset, "train"][0])
