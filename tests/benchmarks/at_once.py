"""Many models of one shape: trained one by one, and all in one step by `torch.func.vmap`.

    VAEEXPLORER_DATA=... python -m tests.benchmarks.at_once [--models 48] [--device cuda]

The models are those of a sweep over beta. They see the same batches, so one product over all of them takes the place of
one for each. Prints the seconds of an epoch of the default VAE by `vaeexplorer.train` (on a GPU each step is a CUDA
graph), the same compiled, and of an epoch of all models at once; and how far the losses of the first and the last model
lie from those that they have when trained alone.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

from tests.conftest import first
from vaeexplorer.config import RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.network import objectives
from vaeexplorer.network.dials import schedule
from vaeexplorer.network.evaluation import network_terms, to_device
from vaeexplorer.network.models import begin_at_mean_image, build
from vaeexplorer.network.step import Step, adam, set_rate
from vaeexplorer.network.training import train


def cross_entropy(x: Tensor, logits: Tensor) -> Tensor:
    """What `objectives.bernoulli_nll` computes, in a form that vmap can take."""
    return nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


class Loss(nn.Module):
    """A network's mean loss on a batch, as a module's call: what `functional_call` needs."""

    def __init__(self, network: nn.Module, config: RunConfig) -> None:
        super().__init__()
        self.network, self.config = network, config

    def forward(self, x: Tensor, eps: Tensor, beta: Tensor) -> Tensor:
        return network_terms(self.network, x, eps, self.config, beta)[0].total.mean()  # type: ignore[arg-type]


class Many(nn.Module):
    """Networks of one shape, their parameters stacked; one seed, a beta each."""

    def __init__(self, config: RunConfig, betas: Tensor, images: Tensor) -> None:
        super().__init__()
        network = build(config.model, config.objective.likelihood, config.train.seed).to(images.device)
        begin_at_mean_image(network, images)
        stacked, _ = stack_module_state([Loss(network, config) for _ in betas])
        self.loss, self.betas, self.names = [Loss(network, config)], betas, list(stacked)  # a list: no submodule
        self.parameters_ = nn.ParameterList([nn.Parameter(each.detach().clone()) for each in stacked.values()])

    def losses(self, images: Tensor, eps: Tensor) -> Tensor:
        """Of each model on a batch, uint8 [B, 784]: [models]."""
        state = dict(zip(self.names, self.parameters_, strict=True))
        x = images.float() / 255
        with torch.autocast(images.device.type, torch.bfloat16):
            one = torch.vmap(lambda own, beta: functional_call(self.loss[0], own, (x, eps, beta)))
            losses: Tensor = one(state, self.betas)
            return losses


def at_once(config: RunConfig, betas: Tensor, images: Tensor, test: Tensor) -> tuple[list[float], Tensor]:
    """Seconds of each epoch of all models, and their losses on the test images afterwards, [models]."""
    many, generator = Many(config, betas, images), torch.Generator().manual_seed(0)
    optimizer = adam(many, images.device, config.train.learning_rate)

    def loss(batch: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
        losses = many.losses(batch, eps)
        return losses.sum(), losses.detach()  # the sum's gradient is each model's own: they share no parameter

    step, seconds, batch_size = Step(loss, many, optimizer), [], config.train.batch_size
    steps = -(-len(images) // batch_size)
    for epoch in range(config.train.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(images), generator=generator).to(images.device)
        eps = torch.randn((len(images), config.model.latent_dim), generator=generator).to(images.device)
        for number, batch in enumerate(order.split(batch_size)):
            share = schedule(config.train.schedule, epoch * steps + number, config.train.epochs * steps)
            set_rate(optimizer, config.train.learning_rate * share)
            step(images[batch], eps[batch])
        _wait(images.device)
        seconds.append(time.perf_counter() - start)
    with torch.no_grad():
        eps = torch.randn((len(test), config.model.latent_dim), generator=generator).to(images.device)
        parts = zip(test.split(1000), eps.split(1000), strict=True)
        return seconds, torch.stack([many.losses(*part) for part in parts]).mean(0)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--images", type=int, default=60_000)
    options = parser.parse_args()
    device = torch.device(options.device)
    config = RunConfig(train=TrainConfig(epochs=options.epochs, device=options.device, precision="bfloat16"))
    whole = load_dataset("mnist", "train", download=False)
    test = load_dataset("mnist", "test", download=False)
    images = to_device(whole.images[: options.images], device)
    betas = torch.tensor(np.geomspace(1 / 16, 32, options.models), dtype=torch.float32, device=device)

    alone = {}
    for beta in (float(betas[0]), float(betas[-1])):
        own = replace(config, objective=replace(config.objective, beta=beta))
        records = list(train(own, train_set=first(whole, options.images), test_set=test))
        alone[beta] = records[-1].test.total
        print(f"alone, beta {beta:.3g}: {min(r.seconds for r in records):.3f} s an epoch, its test pass included")
    if device.type == "cuda":
        records = list(train(replace(config, train=replace(config.train, compile=True))))
        print(f"alone, compiled: {min(record.seconds for record in records):.3f} s an epoch")

    objectives.bernoulli_nll = cross_entropy
    seconds, losses = at_once(config, betas, images, to_device(test.images, device))
    print(f"{options.models} at once: {min(seconds):.3f} s an epoch ({', '.join(f'{each:.2f}' for each in seconds)})")
    for beta, loss in zip(alone, (losses[0], losses[-1]), strict=True):
        print(f"test loss at beta {beta:.3g}: alone {alone[beta]:.2f}, among {options.models} {float(loss):.2f}")


if __name__ == "__main__":
    main()
