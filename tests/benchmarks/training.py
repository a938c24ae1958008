"""Ours against the loop that tutorials write, to the same test loss, on the same machine, in one process.

    VAEEXPLORER_DATA=... python -m tests.benchmarks.training [--record "what changed"]

(a) torchvision's data set, ToTensor, a DataLoader, 784-400-20 ReLU, Adam 1e-3, float32, as pytorch/examples has it, to
the first epoch whose test loss is at most 106.7 nats; (b) `vaeexplorer.train` on the same sizes with settings of its
own, by six seeds, half of them before and half after (a). Seconds are those of training; ours count the test pass of
every epoch too. The rule: the mean over the seeds is at most 106.7 nats by a one-sided t-test at p < .01.

`--record` keeps the result in tests/benchmarks/records/, of which README has a table.
"""

import argparse
import datetime
import json
import os
import platform
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional

from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE
from vaeexplorer.network.training import train

TARGET = 106.7  # nats per image, binary cross-entropy of grey pixels + KL
RECORDS = Path(__file__).parent / "records"


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


def tutorial(most: int = 20) -> tuple[float, int]:
    """Seconds of training and epochs until the target; evaluation is not counted."""
    from torchvision import datasets, transforms

    root = os.environ["VAEEXPLORER_DATA"]
    sets = [datasets.MNIST(root, train=part, transform=transforms.ToTensor()) for part in (True, False)]
    loaders = [torch.utils.data.DataLoader(part, batch_size=128, shuffle=True) for part in sets]
    torch.manual_seed(1)
    model = TutorialVAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    seconds = 0.0
    for epoch in range(1, most + 1):
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
        print(f"  epoch {epoch:2}  test {test:7.2f}  {seconds:6.1f} s", flush=True)
        if test <= TARGET:
            return seconds, epoch
    raise SystemExit("The tutorial loop did not reach the target.")


def ours(settings: TrainConfig, hidden: tuple[int, ...]) -> tuple[float, float]:
    """Seconds of a training, the test pass of every epoch counted, and the test loss that it ends with."""
    config = RunConfig(model=ModelConfig(latent_dim=20, hidden=hidden), train=settings)
    sets = [load_dataset("mnist", split, download=False) for split in ("train", "test")]
    if len(sets[0]) != FULL_SIZE["train"]:
        raise SystemExit("This compares on the full training set: set VAEEXPLORER_DATA to a copy of it.")
    records = list(train(config, train_set=sets[0], test_set=sets[1]))
    seconds, loss = sum(record.seconds for record in records), records[-1].test.total
    print(f"  seed {settings.seed}  test {loss:7.2f}  {seconds:6.2f} s", flush=True)
    return seconds, loss


def floor(hidden: int, batch: int) -> float:
    """Seconds that the matrix products of an epoch take alone, in bfloat16: nothing trains faster here."""
    shapes = [(784, hidden), (hidden, 40), (20, hidden), (hidden, 784)]
    inputs = [torch.randn(batch, rows, dtype=torch.bfloat16) for rows, _ in shapes]
    weights = [torch.randn(rows, columns, dtype=torch.bfloat16) for rows, columns in shapes]
    gradients = [torch.randn(batch, columns, dtype=torch.bfloat16) for _, columns in shapes]
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(100):
            for number, (x, weight, gradient) in enumerate(zip(inputs, weights, gradients, strict=True)):
                _ = x @ weight
                _ = x.t() @ gradient
                if number:
                    _ = gradient @ weight.t()
        best = min(best, time.perf_counter() - start)
    return best / 100 * -(-FULL_SIZE["train"] // batch)


def machine() -> str:
    """Processor and number of cores, for the record."""
    info = Path("/proc/cpuinfo")
    name = re.search(r"model name\s*: (.*)", info.read_text(encoding="utf-8")) if info.exists() else None
    return f"{os.cpu_count()} cores, {name[1] if name else platform.processor()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=400)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=1.6e-2)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--record", default="", help="keep the result, with this sentence on what changed")
    options = parser.parse_args()
    settings = TrainConfig(
        epochs=options.epochs, batch_size=options.batch_size, learning_rate=options.learning_rate, device="cpu"
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, to {TARGET} nats; load {load:.1f}")

    def some(seeds: range) -> list[tuple[float, float]]:
        return [ours(TrainConfig(**{**vars(settings), "seed": seed}), (options.hidden,)) for seed in seeds]

    print("ours")
    results = some(range(options.seeds // 2))
    print("tutorial loop")
    slow, epochs = tutorial()
    print("ours")
    results += some(range(options.seeds // 2, options.seeds))
    seconds, losses = np.array(results).T
    p = float(stats.ttest_1samp(losses, TARGET, alternative="less").pvalue)
    ratio = slow / seconds.mean()
    least = floor(options.hidden, options.batch_size) * options.epochs
    print(f"{ratio:.1f} times the tutorial: {seconds.mean():.2f} s against {slow:.1f} s ({epochs} epochs)")
    print(f"test loss {losses.mean():.2f} +- {losses.std(ddof=1):.2f}; at most {TARGET} by p = {p:.1e}")
    print(f"matrix products alone: {least:.2f} s, {least / seconds.mean():.0%} of ours")
    if options.record:
        _keep(options, settings, results, {"slow": slow, "ratio": ratio, "p": p, "floor": least, "load": load})


def _keep(options: Any, settings: TrainConfig, results: list[tuple[float, float]], found: dict[str, float]) -> None:
    if found["p"] >= 0.01:
        raise SystemExit("That is no record: the mean over the seeds is not at most the target at p < .01.")
    today = datetime.date.today().isoformat()
    slug = re.sub(r"[^a-z0-9]+", "-", options.record.lower()).strip("-")[:40]
    document = {
        "date": today,
        "machine": machine(),
        "load": round(found["load"], 2),
        "torch": torch.__version__,
        "changed": options.record,
        "settings": {"hidden": [options.hidden]} | vars(settings),
        "target": TARGET,
        "test_losses": [round(loss, 3) for _, loss in results],
        "seconds": [round(seconds, 3) for seconds, _ in results],
        "p": found["p"],
        "tutorial_seconds": round(found["slow"], 2),
        "times_the_tutorial": round(found["ratio"], 2),
        "products_alone_seconds": round(found["floor"], 3),
    }
    RECORDS.mkdir(exist_ok=True)
    path = RECORDS / f"{today}-{slug}.json"
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"kept as {path.name}")


if __name__ == "__main__":
    main()
