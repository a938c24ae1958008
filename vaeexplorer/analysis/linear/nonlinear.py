"""What a covariance cannot carry: a bent output or a hidden layer, trained on images, by Adam, in float32."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from vaeexplorer.analysis.linear.film import Snapshot
from vaeexplorer.analysis.pca import PCA

if TYPE_CHECKING:
    import torch

Bend = Literal["sigmoid", "cross-entropy", "hidden"]
HIDDEN = 64
BATCH = 128
NUDGE = 0.05  # of the codes' spread, either side: the decoder's derivative by differences
MEASURED = 2000  # images on which the error of a step is taken
STEPS = {"sigmoid": 180, "cross-entropy": 140, "hidden": 220}
_RATES = {"sigmoid": 0.02, "cross-entropy": 0.02, "hidden": 0.01}
_FRAMES = 16


def train_on_images(
    images: np.ndarray,
    pca: PCA,
    k: int,
    bend: Bend,
    *,
    points: np.ndarray,
    shown: np.ndarray,
    steps: int | None = None,
    seed: int = 0,
) -> Iterator[Snapshot]:
    """Train an autoencoder that breaks one condition, and yield what it is at some steps, ever farther apart.

    `sigmoid`: x' = sigmoid(W2 z + b), squared error; `cross-entropy`: the same network with that loss; `hidden`: a
    hidden layer of 64 SiLU units on either side of the code, squared error. (A nonlinearity on the code alone would not
    do: outputs stay in a k-dimensional plane, and PCA's is the best; Bourlard & Kamp 1988.)

    Args:
        images: in [0, 1], [N, D]; errors are those of the first 2,000.
        pca: in whose coordinates the snapshots are.
        k: dimensions of the code.
        bend: what is broken.
        points: images of the scatter, [P, D].
        shown: images to reconstruct, [m, D].
        steps: batches of 128 images; by default what about half a second is enough for.
        seed: of weights and batches.

    Raises:
        UserError: k is out of range.
    """
    import torch
    from torch import nn

    pca.check(k)
    steps = steps or STEPS[bend]
    data, few, dots = (torch.from_numpy(np.asarray(part, dtype=np.float32)) for part in (images, shown, points))
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder, decoder = _networks(data.shape[1], k, bend)
    _centre(encoder, decoder, data.mean(dim=0), bend)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=_RATES[bend], fused=True)
    squash = nn.Identity() if bend == "hidden" else nn.Sigmoid()

    def output(z: torch.Tensor) -> torch.Tensor:
        image: torch.Tensor = squash(decoder(z))
        return image

    @torch.no_grad()
    def snapshot(step: int) -> Snapshot:
        codes = encoder(data[:MEASURED])
        error = (output(codes) - data[:MEASURED]).square().sum(dim=1).mean().item()
        centre, nudge = codes.mean(dim=0), NUDGE * codes.std(dim=0).mean() * torch.eye(k)
        ahead, behind = output(centre + nudge).double(), output(centre - nudge).double()  # [k, D]
        derivative = ((ahead - behind) / (2 * nudge[0, 0].item())).numpy().T
        return Snapshot(
            step,
            error,
            pca.axes.T @ derivative,
            np.atleast_2d(np.cov(codes.double().numpy().T)),
            (encoder(dots) - centre).double().numpy(),
            output(encoder(few)).double().numpy(),
        )

    kept = {int(step) for step in np.geomspace(1, steps, _FRAMES - 1).round()}
    yield snapshot(0)
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = _RATES[bend] * (1 + np.cos(np.pi * step / steps)) / 2
        batch = data[torch.randint(len(data), (BATCH,), generator=generator)]
        raw = decoder(encoder(batch))
        if bend == "cross-entropy":
            loss = nn.functional.binary_cross_entropy_with_logits(raw, batch, reduction="sum")
        else:
            loss = (squash(raw) - batch).square().sum()
        optimizer.zero_grad()
        (loss / BATCH).backward()
        optimizer.step()
        if step in kept:
            yield snapshot(step)


def _networks(D: int, k: int, bend: Bend) -> tuple["torch.nn.Sequential", "torch.nn.Sequential"]:
    from torch import nn

    if bend != "hidden":
        return nn.Sequential(nn.Linear(D, k)), nn.Sequential(nn.Linear(k, D))
    return (
        nn.Sequential(nn.Linear(D, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, k)),
        nn.Sequential(nn.Linear(k, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, D)),
    )


def _centre(encoder: "torch.nn.Sequential", decoder: "torch.nn.Sequential", mean: "torch.Tensor", bend: Bend) -> None:
    """Biases that take the mean image off at the start and put it back at the end: the rest is learned from there."""
    import torch

    with torch.no_grad():
        first, last = encoder[0], decoder[-1]
        assert isinstance(first, torch.nn.Linear)
        assert isinstance(last, torch.nn.Linear)
        first.bias.copy_(-(first.weight @ mean))
        last.bias.copy_(mean if bend == "hidden" else torch.logit(mean.clamp(1e-3, 1 - 1e-3)))
