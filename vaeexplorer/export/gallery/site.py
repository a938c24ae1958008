"""A static site: the explorer of every run, AE and VAE side by side, the dial over beta, and an index.

It opens from a disk and from any web host, below any path; nothing is asked of any other host, and no page asks for
anything but files. What several pages need, they share: see `places.Beside`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.browser import bundle
from vaeexplorer.browser.links import dial, table
from vaeexplorer.browser.packing.sweep import pack_sweep, prior_noise
from vaeexplorer.config import DATASETS, Dataset
from vaeexplorer.data.datasets import load_dataset, title
from vaeexplorer.export import explorer, training
from vaeexplorer.export.gallery import index, lecture, pair
from vaeexplorer.export.gallery.folders import whole_folder
from vaeexplorer.export.html import PAGE_STYLE, ExportError, render
from vaeexplorer.export.places import Beside
from vaeexplorer.figures.theme import classes
from vaeexplorer.results.sweep import BETAS, DIMENSIONS, load_sweep
from vaeexplorer.runs.folder import Run
from vaeexplorer.runs.partners import are_partners

INDEX, TRAIN = "index.html", "train.html"


def write_gallery(folder: Path, runs: Sequence[Run]) -> Iterator[str]:
    """Write the site, whole or not at all.

    Args:
        folder: new, empty, or an earlier gallery, which is replaced.
        runs: those to show; AE and VAE of a kind are also shown side by side, and the sweeps of their data sets.

    Returns:
        The file name of each page, once it is made. The folder is there when the iterator has ended.

    Raises:
        ExportError: two runs share a name, the folder holds anything but an earlier gallery, or cannot be written.
        DataError, SweepError: test images or a sweep cannot be read.
    """
    runs = sorted(runs, key=_rank)
    addresses = [INDEX, TRAIN, *(_address(run) for run in runs)]
    if twice := {address for address in addresses if addresses.count(address) > 1}:
        raise ExportError(f"Two pages would be called {min(twice)}: rename a run.")
    with whole_folder(folder) as new:
        place = Beside(new)
        files = {TRAIN, *(_address(run) for run in runs), *(_address(*pair) for pair in _pairs(runs))}
        files |= {_beta_address(*sweep) for sweep in _sweeps(runs)}
        strip = lecture.strip(files, place, TRAIN)
        for name, text in _pages(runs, place, lecture.first_scene(files, TRAIN)):
            (new / name).write_text(text.replace("</body>", f"{strip}</body>"), encoding="utf-8")
            yield name


def count_pages(runs: Sequence[Run]) -> int:
    """How many pages `write_gallery` makes."""
    return len(runs) + len(_pairs(runs)) + len(_sweeps(runs)) + 2


def _pages(runs: Sequence[Run], place: Beside, first_scene: str) -> Iterator[tuple[str, str]]:
    """The file name and the text of each page; the index comes last."""
    sections = index.sections()
    for run in runs:
        yield _address(run), explorer.page(run, place, _links(run, runs))
        sections[0].cards.append(index.run_card(run, _address(run), place))
    for vae, ae in _pairs(runs):
        address = _address(vae, ae)
        links = [_link("All pages", INDEX), *(_link(run.name, _address(run)) for run in (vae, ae))]
        yield address, pair.page(vae, ae, place, links)
        sections[1].cards.append(index.pair_card(vae, ae, address, place))
    sweeps = _sweeps(runs)
    for dataset, dimensions in sweeps:
        address = _beta_address(dataset, dimensions)
        links = [
            _link(f"{title(a)}, {d} dimensions", _beta_address(a, d), a == dataset and d == dimensions)
            for a, d in sweeps
        ]
        yield address, _beta_page(dataset, dimensions, links, place)
        sections[2].cards.append(index.beta_card(dataset, dimensions, address, place))
    yield TRAIN, training.page(place, [_link("All pages", INDEX)])
    yield INDEX, index.page(sections, place, first_scene)


def _beta_page(dataset: Dataset, dimensions: int, links: list[dict[str, Any]], place: Beside) -> str:
    data, points = load_dataset(dataset, "test", download=False), load_sweep(dataset, dimensions)
    rotations = aligned([point.mean for point in points], BETAS.index(1))
    packed = pack_sweep(points, rotations, data.labels[: len(points[0].mean)], prior_noise(dimensions))
    return render(
        "gallery/beta.html",
        title=f"{title(dataset)}, {dimensions} latent dimensions",
        policy=place.policy,
        style=place.style(PAGE_STYLE + bundle.style("style/legend.css", "beta/beta.css")),
        script=place.script(bundle.script("standalone/export_beta.js")),
        facts=[f"Images: {explorer.SOURCES[dataset]}. Made with vaeexplorer."],
        links=[_link("All pages", INDEX), *links],
        given={**classes(data.class_names), "keys": table(dial(tuple(map(float, BETAS))))},
        data=[place.data("sweep", packed)],
    )


def _links(run: Run, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """From the page of a run: to the index, and to what else there is of it."""
    links = [_link("All pages", INDEX)]
    for vae, ae in _pairs(runs):
        if run in (vae, ae):
            other = ae if run is vae else vae
            links += [_link(other.name, _address(other)), _link("AE vs VAE", _address(vae, ae))]
    dataset, dimensions = run.config.data.dataset, run.config.model.latent_dim
    has_sweep = dataset in get_args(Dataset) and dimensions in DIMENSIONS
    return [*links, _link("Turn β", _beta_address(dataset, dimensions))] if has_sweep else links


def _link(text: str, address: str, here: bool = False) -> dict[str, Any]:
    return {"text": text, "address": address, "here": here}


def _address(*runs: Run) -> str:
    return "--".join(run.name for run in runs) + ".html"


def _beta_address(dataset: str, dimensions: int) -> str:
    return f"beta-{dataset}-{dimensions}d.html"


def _rank(run: Run) -> tuple[int, int, bool, bool]:
    """The simplest first."""
    config = run.config
    place = DATASETS.index(config.data.dataset) if config.data.dataset in DATASETS else len(DATASETS)
    return place, config.model.latent_dim, config.objective.likelihood != "bernoulli", config.model.model == "ae"


def _pairs(runs: Sequence[Run]) -> list[tuple[Run, Run]]:
    """VAE and AE that differ in the KL term alone."""
    vaes = [run for run in runs if run.config.model.model == "vae"]
    return [(vae, ae) for vae in vaes for ae in runs if are_partners(vae.config, ae.config)]


def _sweeps(runs: Sequence[Run]) -> list[tuple[Dataset, int]]:
    used = {run.config.data.dataset for run in runs}
    return [(dataset, dimensions) for dataset in get_args(Dataset) if dataset in used for dimensions in DIMENSIONS]
