"""How smooth two latent spaces of the same images are: measured, as a `Comparison`."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial

import numpy as np

from vaeexplorer.analysis.smoothness import smoothness
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import Material, Subject
from vaeexplorer.codes import Codes
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network.classifier import load_classifier
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.results.comparison import Comparison, check_comparable, conditions_of
from vaeexplorer.spaces.space import Space


def compare(
    a: Space,
    b: Space,
    train: ImageDataset,
    progress: Callable[[float, str], None] = lambda share, doing: None,
    *,
    pairs: int = smoothness.PAIRS,
) -> Comparison:
    """Measure two latent spaces of the same images.

    Args:
        a, b: they hold the same images.
        train: the images that "nearest" means: the training images, or the spaces' own where there are none.
        progress: gets the share that is done, from 0 to 1, and what is being done.
        pairs: of images, half of them within classes.

    Raises:
        ComparisonError: they are of different images.
        ClassifierError: the classifier of these images is there but broken.
    """
    check_comparable(a, b)
    progress(0.0, "preparing the training images")
    on = material(a, train, pairs)
    subjects = subject(a), subject(b)
    observed = _side_by_side(subjects, on, progress)
    progress(0.95, "resampling")
    kept = subjects[0].whitening.kept, subjects[1].whitening.kept
    rows, confidence = smoothness.rows(observed[0], observed[1], on.pairs, kept)
    progress(1.0, "done")
    conditions = conditions_of(a, train, on.pair_count) | {
        "pairs_within_classes": int(on.pairs.within.sum()),
        "confidence_of_each_difference": confidence,
    }
    return Comparison((a.name, b.name), train.name, (a.key, b.key), kept, conditions, tuple(rows))


def _side_by_side(
    subjects: tuple[Subject, Subject], on: Material, progress: Callable[[float, str], None]
) -> list[dict[str, np.ndarray]]:
    """Measure both at once, each in a thread: two models keep two cores busier than two threads of torch do one.

    Progress is told from this thread: not everyone may be called from another.
    """
    shares = [0.0, 0.0]

    def run(number: int) -> dict[str, np.ndarray]:
        return smoothness.measure(subjects[number], on, partial(shares.__setitem__, number))

    for both in (on.pairs, on.image_ranks):  # made once, before both ask for it
        assert both is not None
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(run, number) for number in (0, 1)]
        while wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION).not_done:
            progress(0.05 + 0.45 * sum(shares), f"measuring {subjects[0].name} and {subjects[1].name}")
    return [future.result() for future in futures]


def material(space: Space, train: ImageDataset, pairs: int = smoothness.PAIRS) -> Material:
    """What models of these images are measured on; without a classifier where there is none for them.

    Raises:
        ClassifierError: the classifier is there but broken.
    """
    judge = load_classifier(space.dataset) if space.dataset else None
    return Material(
        space.data.images,
        space.data.labels,
        NearestImages(train.images),
        judge.features if judge else None,
        judge.probabilities if judge else None,
        pair_count=pairs,
    )


def subject(space: Space) -> Subject:
    """A space as functions on arrays. Our own networks are not clipped, so that a linear decoder stays linear."""
    model = space.model
    network = model if isinstance(model, LatentModel) else None
    codes = model.encode(space.data.images)
    return Subject(
        space.name,
        encode=lambda images: model.encode(images.clip(0, 1)).mean,
        decode=partial(network.decode, clip=False) if network else model.decode,
        codes=codes.mean,
        noise=_noise(codes),
        jacobian=network.jacobian if network else None,
    )


def _noise(codes: Codes) -> np.ndarray | None:
    if codes.covariance is not None:
        return np.asarray(codes.covariance.mean(axis=0))
    return None if codes.logvar is None else np.exp(codes.logvar).mean(axis=0)
