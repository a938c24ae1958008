"""reproduce: a published row, trained again, and its distance to the table."""

import json as jsonlib
from typing import Annotated, Literal

import tyro

from vaeexplorer.commands.console import Interruption, interrupted, progress
from vaeexplorer.config import ConfigError

Name = Literal["burda-vae1", "burda-vae5", "burda-vae50", "burda-iwae5", "burda-iwae50"]


def reproduce(
    row: Annotated[Name, tyro.conf.Positional],
    *,
    schedule: Literal["published", "short", "longer"] = "published",
    stages: int | None = None,
    seed: int = 0,
    images: int = 10_000,
    samples: int = 5000,
    compile: bool = False,
    json: bool = False,
) -> None:
    """Train a row of Burda et al. 2016 again and say how far from the table it comes out.

    VAEs and IWAEs with one stochastic layer and k = 1, 5 or 50 samples. Ctrl-C stops at the end of the epoch; the same
    command goes on from there, and one with more stages goes on from fewer.

    Args:
        row: of the table
        schedule: published, the authors' 3,280 epochs in batches of 20; short, 600 epochs in batches of 128; longer,
            900 of them
        stages: of the published schedule, 1 to 8: 1, 4, 13, 40, 121, 364, 1093, 3280 epochs; by default 8, on a CPU 4
        seed: of initial weights, order and noise
        images: test images to measure the likelihood on, from the first
        samples: noise samples an image for the likelihood; the table has 5000
        compile: torch.compile the step
        json: print one JSON document and nothing else
    """
    from vaeexplorer.data.datasets import load_dataset
    from vaeexplorer.network.step import resolve_device
    from vaeexplorer.recipes.published import STAGES
    from vaeexplorer.recipes.reproduce import Reproduction
    from vaeexplorer.runs.folder import runs_folder

    test = load_dataset("mnist", "test")
    if not 1 <= images <= len(test):
        raise ConfigError(f"images must be 1 to {len(test):,}, not {images}.")
    if samples < 1:
        raise ConfigError(f"samples must be at least 1, not {samples}.")
    if schedule != "published" and stages is not None:
        raise ConfigError(f"The {schedule} schedule has no stages.")
    if stages is None:
        stages = 4 if resolve_device("auto").type == "cpu" else STAGES
    checkpoint = runs_folder() / ".checkpoints" / f"{row}-{schedule}-seed{seed}.safetensors"
    made = Reproduction(
        row, schedule, stages=stages, seed=seed, checkpoint=checkpoint, stop=interrupted(), compile=compile
    )
    epochs = made.schedule.epochs
    with progress(epochs, row) as bar:
        bar(made.done)
        for epoch in made:
            bar(1, f"{epoch.loss:.2f} nats")
    if not made.finished:
        raise Interruption(f"Stopped after {made.done} of {epochs} epochs: the same command goes on.")
    with progress(images, f"{samples} samples an image") as bar:
        result = made.result(test.images, samples=samples, nll_images=images, progress=bar)
    if json:
        print(jsonlib.dumps(result, indent=2))
        return
    figures, published = result["figures"], result["published"]
    print(f"{published['source']}")
    print(f"schedule: {schedule}; {made.done} of {result['schedule']['of_epochs']} epochs")
    error = f"{figures['nll']:.2f} +- {figures['nll_standard_error']:.2f}"
    print(f"NLL, {samples} samples, {images:,} test images: {error} (published {published['nll']})")
    known = "" if published["active_units"] is None else f" (published {published['active_units']}, from memory)"
    print(f"active units: {figures['active_units']}{known}")
    for difference in result["differences"]:
        print(f"differs: {difference}")
