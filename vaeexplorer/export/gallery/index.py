"""The index of a gallery: a card for each page, with a picture and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.config import Dataset, RunConfig
from vaeexplorer.data.datasets import load_dataset, title
from vaeexplorer.export.explorer import SOURCES
from vaeexplorer.export.gallery import thumbnails
from vaeexplorer.export.html import PAGE_STYLE, render
from vaeexplorer.export.places import Beside
from vaeexplorer.results.sweep import BETAS, load_sweep
from vaeexplorer.runs.folder import Run

_STYLE = (Path(__file__).parent / "gallery.css").read_text(encoding="utf-8")
_FEW, _MANY = 2.0, 1.3  # radius of dots, pixels
_SHOWN_BETAS = (1 / 16, 1.0, 8.0)  # in the picture of a sweep


@dataclass(frozen=True)
class Card:
    """A page, as the index shows it; picture is the address of one of so many pixels."""

    dataset: str
    address: str
    title: str
    sentence: str
    picture: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Section:
    """Pages of one kind."""

    title: str
    sentence: str
    wide: bool
    cards: list[Card] = field(default_factory=list)


def sections() -> tuple[Section, Section, Section]:
    """Of runs, of pairs and of sweeps, without cards."""
    return (
        Section(
            "Every point is an image",
            "Choose a network, drag through its latent space, and watch what the decoder draws; then draw a digit of "
            "your own and follow it from x to x′.",
            wide=False,
        ),
        Section(
            "AE vs VAE",
            "Two networks that differ in the KL term alone, with one pair of images in both: what lies on the way "
            "between them?",
            wide=True,
        ),
        Section("Turn β", "One slider over twelve VAEs that differ in the weight of the KL term alone.", wide=True),
    )


def page(filled: Sequence[Section], place: Beside, first_scene: str = "") -> str:
    """The index, as text; with a link to the first scene of the lecture, where there is one."""
    used = list(dict.fromkeys(card.dataset for part in filled for card in part.cards))
    return render(
        "gallery/index.html",
        first_scene=first_scene,
        policy=place.policy,
        style=place.style(PAGE_STYLE + _STYLE),
        facts=[
            f"Images: {'; '.join(SOURCES.get(dataset, title(dataset)) for dataset in used)}. Made with vaeexplorer."
        ],
        links=[],
        sections=[part for part in filled if part.cards],
        names={dataset: title(dataset) for dataset in used},
    )


def run_card(run: Run, address: str, place: Beside) -> Card:
    """Of a run: its codes, in the two dimensions that vary most."""
    plane, labels = thumbnails.two_dimensions(run.codes.mean), _labels(run.config.data.dataset)
    return _card(
        place,
        [thumbnails.dots(plane, labels, _MANY)],
        dataset=run.config.data.dataset,
        address=address,
        title=_title(run.config),
        sentence=_sentence(run.config),
        alt=f"The codes of {len(plane):,} test images, coloured by class",
    )


def pair_card(vae: Run, ae: Run, address: str, place: Beside) -> Card:
    """Of a VAE and an AE: the codes of both, each on its own scale."""
    labels = _labels(vae.config.data.dataset)
    return _card(
        place,
        [thumbnails.dots(thumbnails.two_dimensions(run.codes.mean), labels, _MANY) for run in (vae, ae)],
        dataset=vae.config.data.dataset,
        address=address,
        title=f"{vae.config.model.latent_dim} dimensions",
        sentence=f"{vae.name} beside {ae.name}: planes, ways from A to B, and fourteen figures of smoothness.",
        alt="The codes of the VAE, and those of the autoencoder",
    )


def beta_card(dataset: Dataset, dimensions: int, address: str, place: Beside) -> Card:
    """Of a sweep: codes for a small, a middle and a large beta."""
    points, labels = load_sweep(dataset, dimensions), _labels(dataset)
    rotations = aligned([point.mean for point in points], BETAS.index(1))
    shown = [BETAS.index(beta) for beta in _SHOWN_BETAS]
    planes = [(points[number].mean @ rotations[number])[:, :2] for number in shown]
    return _card(
        place,
        [thumbnails.dots(plane, labels[: len(plane)], _FEW) for plane in planes],
        dataset=dataset,
        address=address,
        title=f"{dimensions} dimensions",
        sentence="Codes sprawl, then match the prior, then say little."
        if dimensions == 2
        else f"Watch {dimensions} dimensions collapse, one by one.",
        alt="The codes of 2,000 test images for β = 1/16, 1 and 8",
    )


def _card(
    place: Beside,
    pictures: Sequence[Image.Image],
    *,
    dataset: str,
    address: str,
    title: str,
    sentence: str,
    alt: str,
) -> Card:
    file = place.file("picture", thumbnails.side_by_side(pictures), "webp")
    width = thumbnails.SIDE * len(pictures)
    return Card(dataset, address, title, sentence, file, width, thumbnails.SIDE, alt)


def _labels(dataset: str) -> np.ndarray:
    return load_dataset(dataset, "test", download=False).labels


def _title(config: RunConfig) -> str:
    model, likelihood = config.model, config.objective.likelihood
    kind = "VAE" if model.model == "vae" else "Autoencoder"
    return f"{kind}, {model.latent_dim} dimensions" + ("" if likelihood == "bernoulli" else f", {likelihood}")


def _sentence(config: RunConfig) -> str:
    """What there is to see in a run."""
    model, objective = config.model, config.objective
    if model.model == "ae" and objective.likelihood == "gaussian":
        return "Squared error alone, the loss that an autoencoder is introduced with."
    if model.model == "ae":
        if model.latent_dim == 2:
            return "No KL term: codes sprawl, and between them are holes where the decoder draws nonsense."
        return "No KL term: the sharpest reconstructions, and random points that decode to nothing."
    if objective.likelihood == "gaussian":
        return "The same network with the loss of many lectures, squared error plus KL."
    if model.latent_dim == 2:
        return "Codes are held near N(0, I), so that almost every point decodes to something sensible."
    return f"{model.latent_dim} sliders, the most informative first; the plane shows any two, or PCA."
