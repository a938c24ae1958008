"""A report of anybody's arrays: an npz file of codes, and images and samples where there are some."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from vaeexplorer.analysis.report.coverage import Coverage, coverage
from vaeexplorer.analysis.report.diagnostics import Diagnostic, Estimate
from vaeexplorer.analysis.report.measurements import PAIRWISE, SEEDS, Progress
from vaeexplorer.analysis.report.posteriors import FEWEST, WIDEST, as_floats, stream
from vaeexplorer.analysis.report.report import Report, report
from vaeexplorer.analysis.report.verdicts import verdicts
from vaeexplorer.codes import Codes
from vaeexplorer.config import PIXELS
from vaeexplorer.errors import UserError
from vaeexplorer.files import MOST_ITEMS, array_shapes, content_hash, read_arrays, read_file, user_path, why
from vaeexplorer.version import __version__

AXES = {"mean": 2, "logvar": 2, "images": 3, "samples": 3}
MOST = 8 * MOST_ITEMS * 2 * (WIDEST + PIXELS)  # bytes of a file: full sets of codes, images and samples


class CodesFileError(UserError):
    """A file of codes that cannot be read; the message is one sentence."""


def read_codes(path: Path) -> dict[str, np.ndarray]:
    """`mean` [N, D], and where they are there `logvar` [N, D], `images` [N, H, W] and `samples` [M, H, W].

    Sizes are checked before bytes are read, headers before they are decompressed; nothing is unpickled.

    Raises:
        CodesFileError: it cannot be read, holds other arrays, or they do not fit together.
    """

    def wrong(what: str) -> CodesFileError:
        return CodesFileError(f"The codes {path.name} cannot be read: {what}.")

    try:
        content = read_file(user_path(path), MOST)
        shapes = array_shapes(content)
        if problem := next(_problems(shapes), None):
            raise wrong(problem)
        arrays = read_arrays(content, shapes)
    except OSError as error:
        raise wrong(why(error)) from None
    except CodesFileError:
        raise
    except ValueError as error:
        raise wrong(str(error)) from None
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            raise wrong(f"{name} holds what is no finite number")
        if AXES[name] == 3 and array.dtype != np.uint8 and not ((array >= 0) & (array <= 1)).all():
            raise wrong(f"{name} must be bytes, or numbers in [0, 1]")
    return arrays


def _problems(shapes: dict[str, tuple[int, ...]]) -> Iterator[str]:
    """What is wrong with arrays of these shapes, as ends of a sentence; each only makes sense without those before."""
    if unknown := shapes.keys() - AXES.keys():
        yield f"it holds {min(unknown)}, and may hold {', '.join(AXES)}"
    if "mean" not in shapes:
        yield "it does not hold mean [N, D]"
    if "samples" in shapes and "images" not in shapes:
        yield "samples need images to be compared with"
    for name, shape in shapes.items():
        if len(shape) != AXES[name] or not all(1 <= length <= MOST_ITEMS for length in shape):
            yield f"{name} must have {AXES[name]} axes of 1 to {MOST_ITEMS:,}, not {list(shape)}"
    if sum(map(math.prod, shapes.values())) > MOST / 8:
        yield f"it holds more than {MOST // 8:,} numbers"
    if shapes["mean"][1] > WIDEST:
        yield f"mean may have {WIDEST} dimensions, not {shapes['mean'][1]:,}"
    if shapes.get("logvar", shapes["mean"]) != shapes["mean"]:
        yield f"logvar must be {list(shapes['mean'])} as mean is, not {list(shapes['logvar'])}"
    if shapes.get("samples", shapes.get("images", ()))[1:] != shapes.get("images", ())[1:]:
        yield "samples and images must have pixels alike"
    for name in ("images", "samples"):
        if shapes.get(name, (FEWEST,))[0] < FEWEST:
            yield f"{name} must be {FEWEST} or more"


def report_arrays(
    name: str, arrays: Mapping[str, np.ndarray], on_progress: Progress | None = None, *, seed: int = 0
) -> Report:
    """The report of such arrays: what needs a decoder is n/a, and `about["not_asked"]` lists it.

    Args:
        name: of what they are of.
        arrays: as `read_codes` gives them.
        on_progress: see `analysis.report.report`.
        seed: of all draws.

    Raises:
        ValueError: codes that no report can be made of.
    """
    mean, logvar = arrays["mean"], arrays.get("logvar")
    given = mean if logvar is None else Codes(mean, logvar)
    found = report(given, seed=seed, on_progress=on_progress)
    unasked = ["likelihood and its gaps (no decoder)", "what each dimension does to the image (no decoder)"]
    if logvar is None:
        unasked.append("whether z is informative (no logvar: codes are taken for points)")
    if "samples" in arrays:
        found = _with_samples(found, as_floats(arrays["images"]), as_floats(arrays["samples"]), seed)
        unasked.append("whether samples are as good as reconstructions (there are none)")
    else:
        unasked.append("whether samples are as good as reconstructions (no samples)")
    unasked.append("by a classifier that learns from training images (either half of the codes is tested by the other)")
    about = {"model": name, "file": _hash(arrays), "vaeexplorer": __version__, "not_asked": unasked}
    return replace(found, about=about | found.about)


def _with_samples(found: Report, images: np.ndarray, samples: np.ndarray, seed: int) -> Report:
    """The same with what samples cover of the images, by pixels."""
    size, rng = min(PAIRWISE, len(images) // 2, len(samples)), stream(seed)
    flat = {"": samples.reshape(len(samples), -1), "real images": images.reshape(len(images), -1)}
    splits: dict[str, list[Coverage]] = {"real images": [], "": []}
    for _ in range(SEEDS):
        one, other = rng.permutation(len(images))[: 2 * size].reshape(2, -1)
        real = flat["real images"][one]
        splits["real images"].append(coverage(real, flat["real images"][other])[0])
        splits[""].append(coverage(real, flat[""][rng.permutation(len(samples))[:size]])[0])
    measured = []
    for of, each in splits.items():
        for key, values in zip(Coverage._fields, np.array(each).T, strict=True):
            share, spread = float(values.mean()), float(values.std(ddof=1))
            error = 0.0 if key == "density" else (max(0.0, share * (1 - share)) / size) ** 0.5
            estimate = Estimate.of_mean(share, max(error, spread))
            flag = "compared by pixels, which rewards blur"
            measured.append(Diagnostic.estimated(key, "samples", estimate, of=of, flag=flag).in_short())
    kept = [each for each in found.diagnostics if each.key not in Coverage._fields]
    diagnostics = [*kept, *measured]
    answers = verdicts(
        diagnostics,
        count=found.count,
        dimensions=found.dimensions,
        used=found.about["dimensions_used"],
        trained=2 * found.about["training_images"],
        judge="",
    )
    return replace(found, diagnostics=diagnostics, verdicts=answers)


def _hash(arrays: Mapping[str, np.ndarray]) -> str:
    return content_hash(b"".join(name.encode() + arrays[name].tobytes() for name in sorted(arrays)))
