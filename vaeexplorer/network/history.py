"""What training reports after each epoch, and the CSV file of it."""

import csv
import math
from dataclasses import asdict, dataclass
from pathlib import Path

_FIELDS = (
    "epoch",
    *(f"{s}_{t}" for s in ("train", "test") for t in ("reconstruction", "kl", "total")),
    "seconds",
)


class TrainingError(RuntimeError):
    """Training cannot go on; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Losses:
    """Mean over images, nats per image (the fixed gaussian's constant left out)."""

    reconstruction: float
    kl: float
    total: float


@dataclass(frozen=True)
class EpochRecord:
    """One pass: `train` averages over its steps, `test` is measured at its end, one noise sample an image."""

    epoch: int
    train: Losses
    test: Losses
    seconds: float


def write_history(path: Path, history: list[EpochRecord]) -> None:
    """One row an epoch: epoch, train_reconstruction, ..., test_total, seconds."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_FIELDS)
        for record in history:
            losses = (*asdict(record.train).values(), *asdict(record.test).values())
            writer.writerow([record.epoch, *(f"{value:.6g}" for value in losses), f"{record.seconds:.3f}"])


def read_history(path: Path) -> list[EpochRecord]:
    """The records, or none at all if any row is amiss."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) != _FIELDS:
        return []
    history = []
    for number, row in enumerate(rows[1:], 1):
        try:
            epoch, *losses, seconds = (float(cell) for cell in row)
            history.append(EpochRecord(int(epoch), Losses(*losses[:3]), Losses(*losses[3:]), seconds))
        except (TypeError, ValueError):
            return []
        if epoch != number or not all(map(math.isfinite, (*losses, seconds))):
            return []
    return history
