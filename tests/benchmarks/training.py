"""Ours against the loop that tutorials write, to the same test loss, on the same machine, in one process.

    VAEEXPLORER_DATA=... python -m tests.benchmarks.training

(a) torchvision's data set, ToTensor, a DataLoader, 784-400-20 ReLU, Adam 1e-3, float32, as pytorch/examples has it;
(b) `vaeexplorer.train` with settings of its own. Both stop at the first epoch whose test loss is at most 106.7 nats.
"""

import argparse
import os
import time

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE
from vaeexplorer.network.training import train

TARGET = 106.7  # nats per image, binary cross-entropy of grey pixels + KL


class TutorialVAE(nn.Module):
    """784-400-20-400-784, ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.mean, self.logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.decode = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid())

    def loss(self, x: Tensor) -> Tensor:
        """Summed over the batch."""
        features = functional.relu(self.hidden(x))
        mean, logvar = self.mean(features), self.logvar(features)
        z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        error = functional.binary_cross_entropy(self.decode(z), x, reduction="sum")
        return error - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())


def tutorial(epochs: int) -> float:
    """Seconds of training until the target, evaluation not counted."""
    from torchvision import datasets, transforms

    root = os.environ["VAEEXPLORER_DATA"]
    sets = [datasets.MNIST(root, train=part, transform=transforms.ToTensor()) for part in (True, False)]
    loaders = [torch.utils.data.DataLoader(part, batch_size=128, shuffle=True) for part in sets]
    torch.manual_seed(1)
    model = TutorialVAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    seconds = 0.0
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        model.train()
        for x, _ in loaders[0]:
            optimizer.zero_grad()
            loss = model.loss(x.view(-1, 784))
            loss.backward()
            optimizer.step()
        seconds += time.perf_counter() - start
        model.eval()
        with torch.no_grad():
            test = sum(model.loss(x.view(-1, 784)).item() for x, _ in loaders[1]) / len(sets[1])
        print(f"  epoch {epoch:2}  test {test:7.2f}  {seconds:6.1f} s")
        if test <= TARGET:
            return seconds
    raise SystemExit("The tutorial loop did not reach the target.")


def ours(config: RunConfig) -> float:
    """Seconds until the target, the test pass of every epoch counted."""
    train_set, test_set = (load_dataset("mnist", split, download=False) for split in ("train", "test"))
    if len(train_set) != FULL_SIZE["train"]:
        raise SystemExit("This compares on the full training set: set VAEEXPLORER_DATA to a copy of it.")
    seconds = 0.0
    for record in train(config, train_set=train_set, test_set=test_set):
        seconds += record.seconds
        print(f"  epoch {record.epoch:2}  test {record.test.total:7.2f}  {seconds:6.1f} s")
        if record.test.total <= TARGET:
            return seconds
    raise SystemExit("Ours did not reach the target.")


def share_in_products(config: RunConfig) -> float:
    """The share of an epoch's processor time that matrix products take: what is left is ours to save."""
    records = iter(train(config))
    next(records)  # the first epoch warms up
    with profile(activities=[ProfilerActivity.CPU]) as record:
        next(records)
    times = {event.key: event.self_cpu_time_total for event in record.key_averages()}
    products = sum(times.get(key, 0.0) for key in ("aten::mm", "aten::addmm", "aten::bmm"))
    return float(products / sum(times.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--hidden", type=int, nargs="+", default=[400])
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=5e-3)
    parser.add_argument("--skip-tutorial", action="store_true")
    options = parser.parse_args()
    config = RunConfig(
        model=ModelConfig(latent_dim=20, hidden=tuple(options.hidden)),
        train=TrainConfig(
            epochs=options.epochs, batch_size=options.batch_size, learning_rate=options.learning_rate, device="cpu"
        ),
    )
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, to {TARGET} nats")
    print("ours")
    quick = ours(config)
    if not options.skip_tutorial:
        print("tutorial loop")
        print(f"{tutorial(20) / quick:.1f} times faster")
    print(f"matrix products take {share_in_products(config):.0%} of our epoch")


if __name__ == "__main__":
    main()
