"""The regularization report of a run or of a model of one's own: measured once, kept with the run, shipped."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self, get_args

import numpy as np

from vaeexplorer.analysis.report.diagnostics import Estimate
from vaeexplorer.analysis.report.evidence import QUANTILES, STRIP, Evidence, Field
from vaeexplorer.analysis.report.evidence import evidence as make_evidence
from vaeexplorer.analysis.report.measurements import Progress
from vaeexplorer.analysis.report.posteriors import codes_hash
from vaeexplorer.analysis.report.report import Report, report
from vaeexplorer.codes import Codes, Model
from vaeexplorer.config import IMAGE_SIZE, Dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import Shape, read_arrays
from vaeexplorer.network.classifier import load_classifier
from vaeexplorer.network.evaluation import negative_log_likelihoods
from vaeexplorer.results.gaps import GapsDocument
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.attachments import EVIDENCE, load_report, save_report
from vaeexplorer.runs.folder import Run, RunCard
from vaeexplorer.runs.images import images_of, training_images_of
from vaeexplorer.version import __version__

NLL_IMAGES = 500
NLL_SAMPLES = 500
ELBO_REPEATS = 10
LOOKED_AT = 1000  # images by which a judge is chosen
UNDERSTOOD = 0.8  # of them, which a classifier must name right to be a judge of such images

_HALF = 6e4  # the largest size of a number in half precision

Features = Callable[[np.ndarray], np.ndarray]


def report_run(run: Run, on_progress: Progress | None = None, *, seed: int = 0) -> Report:
    """Measure a run: its codes of the test images, by a classifier that learns from those of the training images.

    Where the images that it was trained on are not on this machine, the test images are halved.

    Args:
        run: of which the codes, as kept, and the decoder are looked at.
        on_progress: see `analysis.report.report`.
        seed: of all draws.

    Raises:
        RunError: the test images here are others than those of the run.
        DataError, ClassifierError: images or classifier cannot be had.
        ValueError: codes that no report can be made of.
    """
    if on_progress:
        on_progress(0.0, "codes of the training images")
    test, train = images_of(run), training_images_of(run)
    found = report_codes(
        run.name,
        run.codes,
        run.model,
        test,
        training=None if train is None else run.model.encode(train.images),
        seed=seed,
        on_progress=on_progress,
    )
    source = train.source if train else f"not here: {run.provenance.get('train_images', 'unknown')}"
    found = replace(found, about=found.about | {"dataset": run.config.data.dataset, "training_source": source})
    return _with_gaps(run, found)


def report_codes(
    name: str,
    codes: Codes,
    model: Model,
    data: ImageDataset,
    *,
    training: Codes | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Report:
    """The one recipe of runs and of models of one's own.

    Args:
        name: of the model.
        codes: of all images, in their order.
        model: whose decoder is looked at.
        data: the images. Decoded ones are compared with them by the features of the shipped classifier that understands
            these images, if any does, else by pixels.
        training: codes of the training images; without them the images are halved.
        seed: of all draws.
        on_progress: see `analysis.report.report`.

    Raises:
        ValueError: codes that no report can be made of.
    """
    judge, features = judge_of(data)
    found = report(
        codes,
        training=training,
        decode=model.decode,
        images=data.images,
        features=features,
        judge=judge,
        seed=seed,
        on_progress=on_progress,
    )
    return replace(
        found,
        about={
            "model": name,
            "dataset": data.name,
            "images": data.content_hash,
            "vaeexplorer": __version__,
        }
        | found.about,
    )


def judge_of(data: ImageDataset) -> tuple[str, Features | None]:
    """In what images of this kind are compared: features of a shipped classifier that names most of them right.

    Returns:
        What it is, in words, and the features; empty and None where no classifier understands the images, as none
        understands images of another size than 28 x 28 grey.

    Raises:
        ClassifierError: the shipped classifiers cannot be read.
    """
    if data.shape != (IMAGE_SIZE, IMAGE_SIZE):
        return "", None
    for dataset in get_args(Dataset):
        classifier = load_classifier(dataset)
        named = classifier.probabilities(data.images[:LOOKED_AT]).argmax(axis=1)
        if (named == data.labels[:LOOKED_AT]).mean() >= UNDERSTOOD:
            return f"features of the shipped {dataset} classifier", classifier.features
    return "", None


def nll_gap(run: Run, on_progress: Progress | None = None) -> Estimate:
    """-ELBO - NLL on 500 test images, nats per image: the mean KL(q(z|x) || p(z|x)), at least 0 but for noise.

    By how much the ELBO understates ln p(x). The likelihood is importance-sampled with 500 draws an image, which leaves
    the gap a little too small. Its interval is over images.

    Raises:
        ValueError: an autoencoder, which has no likelihood.
        RunError: the test images here are others than those of the run.
        DataError: images cannot be had.
    """
    images = images_of(run).images[:NLL_IMAGES]
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        if on_progress:
            on_progress(done / len(images), f"likelihood of {done} of {len(images)} images")

    network, config = run.model.network, run.config
    seeded = [replace(config, train=replace(config.train, seed=seed)) for seed in range(ELBO_REPEATS)]
    # With one sample the importance-weighted bound is the ELBO.
    bound = sum(negative_log_likelihoods(network, each, images, 1) for each in seeded) / ELBO_REPEATS  # [N]
    gap = bound - negative_log_likelihoods(network, config, images, NLL_SAMPLES, told)
    return Estimate.of_mean(float(gap.mean()), float(gap.std()) / math.sqrt(len(gap)))


def kept_report(run: Run) -> Report | None:
    """The report that was kept with the run, or None where there is none that can be read, or one of other codes.

    Gaps that were stored with the run are in it.
    """
    try:
        kept = load_report(run)
        found = None if kept is None else Report.from_json(kept)
    except ValueError:
        return None
    if found is None or found.about.get("codes") != codes_hash(run.codes.mean, run.codes.logvar):
        return None
    images = found.about.get("images")
    if run.provenance.get("test_images_hash", images) != images:
        return None
    return _with_gaps(run, found)


def _with_gaps(run: Run, found: Report) -> Report:
    """The fourth answer is measured by itself and stored apart."""
    measured = stored(run, GapsDocument)
    return found if measured is None else measured.added_to(found)


def keep(run: RunCard, found: Report) -> None:
    """Keep a report with its run.

    Raises:
        RunError: the run folder cannot be written.
    """
    save_report(run, found.to_json())


@dataclass(frozen=True)
class StoredEvidence:
    """The evidence of a run with this key: ratios in half precision, the rest in single."""

    WHAT = "evidence"
    FILE = EVIDENCE
    MOST = 5_000_000

    evidence: Evidence
    key: str

    @property
    def keys(self) -> list[str]:
        """Of the run that it is of."""
        return [self.key]

    def to_bytes(self) -> bytes:
        """An npz file."""
        found, packed = self.evidence, io.BytesIO()
        ratios = [np.clip(each.log_ratio, -_HALF, _HALF) for each in found.fields]
        np.savez_compressed(
            packed,
            key=np.array(self.key),
            of=np.array([each.of for each in found.fields], "<U40"),
            planes=np.array([each.plane for each in found.fields], np.uint16),
            axis=found.fields[0].axis.astype(np.float32),
            log_ratio=np.array(ratios, np.float16),
            bins=found.bins.astype(np.float32),
            marginals=found.marginals.astype(np.float32),
            normal_quantiles=found.normal_quantiles.astype(np.float32),
            quantiles=found.quantiles.astype(np.float32),
            sources=np.array(list(found.strips), "<U60"),
            strips=np.array(list(found.strips.values()), np.float32),
        )
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """What a file holds.

        Raises:
            ValueError: it is no such file.
        """
        found = read_arrays(content, _SHAPES)
        numbers = [each for each in found.values() if each.dtype.kind == "f"]
        bins, dimensions, (count, rows, columns) = (
            len(found["bins"]),
            len(found["marginals"]),
            found["log_ratio"].shape,
        )
        fit = (
            found["marginals"].shape[1] == bins,
            found["quantiles"].shape == (dimensions, len(QUANTILES)),
            found["strips"].shape == (len(found["sources"]), STRIP, dimensions),
            count == len(found["of"]) == len(found["planes"]),
            rows == columns == len(found["axis"]),
            len(numbers) == len(_SHAPES) - 4,
            all(np.isfinite(each).all() for each in numbers),
            ((found["planes"] >= 0) & (found["planes"] < dimensions)).all(),
        )
        if not all(fit):
            raise ValueError("it does not hold the arrays it should")
        named = zip(found["of"], found["planes"], found["log_ratio"], strict=True)
        fields = [
            Field(str(of), (int(plane[0]), int(plane[1])), found["axis"], ratio.astype(np.float32))
            for of, plane, ratio in named
        ]
        strips = {str(source): strip for source, strip in zip(found["sources"], found["strips"], strict=True)}
        arrays = [found[name] for name in ("bins", "marginals", "normal_quantiles", "quantiles")]
        return cls(Evidence(fields, arrays[0], arrays[1], arrays[2], arrays[3], strips), str(found["key"]))


_SHAPES: dict[str, Shape] = {
    **{"key": (), "of": (None,), "planes": (None, 2), "axis": (None,), "log_ratio": (None, None, None)},
    **{"bins": (None,), "marginals": (None, None), "normal_quantiles": (len(QUANTILES),), "quantiles": (None, None)},
    **{"sources": (None,), "strips": (None, None, None)},
}


def evidence_of(run: Run) -> Evidence:
    """What was stored with a run, or is made now, in a second or two."""
    found = stored(run, StoredEvidence)
    return make_evidence(run.codes) if found is None else found.evidence


def keep_evidence(run: RunCard, found: Evidence) -> None:
    """Store it with its run; of one dimension, which has no plane, it is soon made again and not stored.

    Raises:
        RunError: the run folder cannot be written.
    """
    if found.fields:
        store(run, StoredEvidence(found, run.key))
