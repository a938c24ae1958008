"""reproduce: a published row, trained again, and its distance to the table."""

import json as jsonlib
from typing import Annotated, Literal

import tyro

from vaeexplorer.commands.console import Interruption, interrupted, progress
from vaeexplorer.config import ConfigError


def reproduce(
    row: Annotated[Literal["burda-vae1"], tyro.conf.Positional],
    *,
    stages: int | None = None,
    images: int = 10_000,
    samples: int = 5000,
    compile: bool = False,
    json: bool = False,
) -> None:
    """Train a published row again and say how far from the table it comes out.

    burda-vae1: the VAE of Burda et al. 2016 with one stochastic layer. Ctrl-C stops at the end of the epoch; the same
    command goes on from there, and one with more stages goes on from fewer.

    Args:
        row: of a published table
        stages: of the schedule, 1 to 8: 1, 4, 13, 40, 121, 364, 1093, 3280 epochs; by default 8 on a GPU, 4 on a CPU
        images: test images to measure the likelihood on, from the first
        samples: noise samples an image for the likelihood; the table has 5000
        compile: torch.compile the step
        json: print one JSON document and nothing else
    """
    from vaeexplorer.data.datasets import load_dataset
    from vaeexplorer.network.device import resolve_device
    from vaeexplorer.recipes.reproduce import CONFIG, STAGES, Reproduction, epochs_until, stage_of
    from vaeexplorer.runs.folder import runs_folder

    test = load_dataset("mnist", "test")
    if not 1 <= images <= len(test):
        raise ConfigError(f"images must be 1 to {len(test):,}, not {images}.")
    if samples < 1:
        raise ConfigError(f"samples must be at least 1, not {samples}.")
    if stages is None:
        stages = 4 if resolve_device(CONFIG.train.device).type == "cpu" else STAGES
    checkpoint = runs_folder() / ".checkpoints" / f"{row}.safetensors"
    made = Reproduction(stages, checkpoint=checkpoint, stop=interrupted(), compile=compile)
    with progress(epochs_until(stages), row) as bar:
        bar(made.done)
        for epoch in made:
            bar(1, f"stage {stage_of(epoch.number)}, {epoch.loss:.2f} nats")
    if not made.finished:
        raise Interruption(f"Stopped after {made.done} of {epochs_until(stages)} epochs: the same command goes on.")
    with progress(images, f"{samples} samples an image") as bar:
        result = made.result(test.images, samples=samples, nll_images=images, progress=bar)
    if json:
        print(jsonlib.dumps(result, indent=2))
        return
    figures, schedule, published = result["figures"], result["schedule"], result["published"]
    print(f"{published['source']}")
    print(f"trained for {schedule['epochs']} of {schedule['of_epochs']} epochs")
    print(f"NLL, {samples} samples, {images:,} test images: {figures['nll']:.2f} (published {published['nll']})")
    print(f"active units: {figures['active_units']} (published {published['active_units']}, from memory)")
    for difference in result["differences"]:
        print(f"differs: {difference}")
