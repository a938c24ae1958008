"""What training reports after each epoch, and the CSV text of it."""

import csv
import io
import math
from dataclasses import asdict, dataclass

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


def format_history(history: list[EpochRecord]) -> str:
    """A CSV text of one row an epoch: epoch, train_reconstruction, ..., test_total, seconds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FIELDS)
    for record in history:
        losses = (*asdict(record.train).values(), *asdict(record.test).values())
        writer.writerow([record.epoch, *(f"{value:.6g}" for value in losses), f"{record.seconds:.3f}"])
    return text.getvalue()


def parse_history(content: bytes) -> list[EpochRecord]:
    """The records of a CSV text, or none at all if anything is amiss."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return []
    if not rows or tuple(rows[0]) != _FIELDS:
        return []
    history = []
    for number, row in enumerate(rows[1:], 1):
        try:
            epoch, *losses, seconds = (float(cell) for cell in row)
        except ValueError:
            return []
        if len(losses) != 6 or epoch != number or not all(map(math.isfinite, (*losses, seconds))):
            return []
        history.append(EpochRecord(number, Losses(*losses[:3]), Losses(*losses[3:]), seconds))
    return history
