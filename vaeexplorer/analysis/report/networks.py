"""Networks that tell draws of q(z) from draws of the prior, many of them trained in the same steps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from vaeexplorer.analysis.report.posteriors import World

if TYPE_CHECKING:
    from torch import Tensor

WIDTH, BATCH, CLAMP = 128, 512, 8.0
AHEAD = 10  # steps whose draws are made at once on a GPU, where calls are what takes time


@dataclass(frozen=True)
class Recipe:
    """How long and how carefully a network is trained: AdamW, one cycle up to `rate`."""

    steps: int
    rate: float
    decay: float


@dataclass(frozen=True)
class Network:
    """A trained network: three layers of SiLU units, and a linear skip from the inputs to the logit.

    Attributes:
        weights: see `_initial`; of one network, [1, ...] each.
        centre, scale: by which points are standardized, [D].
    """

    weights: "list[Tensor]"
    centre: np.ndarray
    scale: np.ndarray

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float64 [M]."""
        import torch

        points = torch.as_tensor((z - self.centre) / self.scale, dtype=torch.float32).to(self.weights[0].device)
        with torch.inference_mode():
            parts = [_scores(self.weights, block[None])[0] for block in points.split(8192)]
        return np.asarray(torch.cat(parts).double().cpu().numpy())


def fit_networks(
    worlds: Sequence[World], pool: np.ndarray | None, recipe: Recipe, seeds: Sequence[int], device: str = "cpu"
) -> list[Network]:
    """A network for each world between fresh draws of its posteriors and of the prior, 512 of each a step.

    By cross-entropy of as many draws of either kind, so that the logit estimates ln q/p (Sugiyama et al. 2012). The E
    networks are trained in one set of steps, each on draws of its own, to what it would become alone.

    Args:
        worlds: the training images' posteriors, or points; all of D dimensions, and all of one kind.
        pool: draws from the prior, [M, D]; None for N(0, I).
        recipe: how long.
        seeds: of weights and draws, one a world.
        device: torch's name of where to train.
    """
    import torch
    from torch.nn import functional

    count, dimensions = len(worlds), worlds[0].mean.shape[1]
    centre, scale = np.zeros(dimensions), np.ones(dimensions)
    if pool is not None:
        centre, scale = pool.mean(axis=0, dtype=np.float64), pool.std(axis=0, dtype=np.float64) + 1e-12
    weights = [
        torch.stack(each).to(device) for each in zip(*(_initial(dimensions, seed) for seed in seeds), strict=True)
    ]
    for each in weights:
        each.requires_grad_(True)
    optimizer = torch.optim.AdamW(
        weights, lr=recipe.rate, weight_decay=recipe.decay, fused=torch.device(device).type == "cuda"
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=recipe.steps, pct_start=0.1)
    draws = _Draws(worlds, pool, centre=centre, scale=scale, seeds=seeds, device=device)
    is_q = torch.cat([torch.ones(BATCH), torch.zeros(BATCH)]).expand(count, -1).to(device)
    ahead = 1 if torch.device(device).type == "cpu" else AHEAD
    for step in range(recipe.steps):
        if step % ahead == 0:
            z = draws.next(min(ahead, recipe.steps - step))
        logits = _scores(weights, z[step % ahead])
        loss = functional.binary_cross_entropy_with_logits(logits, is_q, reduction="sum") / (2 * BATCH)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    for each in weights:
        each.requires_grad_(False)
    return [Network([each[[e]] for each in weights], centre, scale) for e in range(count)]


def _initial(dimensions: int, seed: int) -> "list[Tensor]":
    """Weights [in, out] and biases [1, out] of four layers, and last the skip [in, 1], as torch begins them."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        widths = (2 * dimensions, WIDTH, WIDTH, WIDTH, 1)
        layers = [nn.Linear(one, other) for one, other in pairwise(widths)]
        skip = nn.Linear(2 * dimensions, 1, bias=False)
    parts = [part for layer in layers for part in (layer.weight.T, layer.bias[None])]
    return [part.detach().contiguous() for part in (*parts, skip.weight.T)]


def _scores(weights: "list[Tensor]", z: "Tensor") -> "Tensor":
    """Logits [E, B] of standardized points [E, B, D]. Points beyond 8 prior deviations count as if at 8."""
    import torch
    from torch.nn import functional

    *layers, skip = weights
    z = z.clamp(-CLAMP, CLAMP)
    inputs = torch.cat([z, (z.square() - 1) / math.sqrt(2)], dim=2)  # [E, B, 2D]
    hidden = inputs
    for weight, bias in zip(layers[:-2:2], layers[1:-2:2], strict=True):
        hidden = functional.silu(torch.baddbmm(bias, hidden, weight))
    return (torch.baddbmm(layers[-1], hidden, layers[-2]) + torch.bmm(inputs, skip)).squeeze(2)


class _Draws:
    """Fresh draws of E worlds and of the prior, of each world by its own random numbers."""

    def __init__(
        self,
        worlds: Sequence[World],
        pool: np.ndarray | None,
        *,
        centre: np.ndarray,
        scale: np.ndarray,
        seeds: Sequence[int],
        device: str,
    ) -> None:
        import torch

        def joined(parts: list[np.ndarray]) -> "Tensor":
            return torch.as_tensor(np.concatenate(parts)).to(device).double()

        middle, unit = (torch.as_tensor(each).to(device) for each in (centre, scale))
        self.counts = [len(world.mean) for world in worlds]
        self.first = torch.tensor([0, *np.cumsum(self.counts)[:-1].tolist()], device=device)[:, None]  # [E, 1]
        self.mean = ((joined([world.mean for world in worlds]) - middle) / unit).float()  # [N_1 + ... + N_E, D]
        self.sigma, self.pool = None, None
        if worlds[0].logvar is not None:
            logvar = joined([world.logvar for world in worlds if world.logvar is not None])
            self.sigma = ((logvar / 2).exp() / unit).float()
        if pool is not None:
            self.pool = ((joined([pool]) - middle) / unit).float()
        self.generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]

    def next(self, steps: int) -> "Tensor":
        """Of q and then of the prior, [steps, E, 2 BATCH, D]."""
        import torch

        shape = (len(self.counts), steps, BATCH)
        rows, others = self.mean.new_empty(shape, dtype=torch.int64), self.mean.new_empty(shape, dtype=torch.int64)
        noise = self.mean.new_empty((shape[0], 2, *shape[1:], self.mean.shape[1]))
        for e, generator in enumerate(self.generators):
            rows[e].random_(self.counts[e], generator=generator)
            noise[e].normal_(generator=generator)
            if self.pool is not None:
                others[e].random_(len(self.pool), generator=generator)
        rows += self.first[:, :, None]
        q = self.mean[rows]  # [E, steps, BATCH, D]
        if self.sigma is not None:
            q += self.sigma[rows] * noise[:, 0]
        p = noise[:, 1] if self.pool is None else self.pool[others]
        return torch.cat([q, p], dim=2).transpose(0, 1).contiguous()
