"""A training in the output of a cell: the plane fills while it learns."""

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from vaeexplorer.figures.theme import classes
from vaeexplorer.notebook import still
from vaeexplorer.notebook.widget import Widget

if TYPE_CHECKING:
    from vaeexplorer.network.history import EpochRecord
    from vaeexplorer.network.training import Training

SHOWN = 2000  # test images, of which a training keeps the codes


class Watched(Widget):
    """The codes of the first 2,000 test images after the last epoch; of more than two dimensions, their first two
    principal components."""

    def __init__(self, training: "Training") -> None:
        test = training.test_set
        self._labels = test.labels[:SHOWN]
        self._axes: np.ndarray | None = None
        self._plane = np.zeros((len(self._labels), 2))
        self._epochs = training.config.train.epochs
        self.text = f"{training.config.default_name}: no epoch has ended yet."
        data = {"name": training.config.default_name, "labels": self._labels.tolist(), **classes(test.class_names)}
        super().__init__("watched", data)

    def show(self, record: "EpochRecord", codes: np.ndarray) -> None:
        """An epoch has ended: its losses, and the codes then, [N, D]."""
        plane = self._projected(codes)
        self._plane = plane
        test = record.test
        terms = f"{test.total:.2f} = {test.reconstruction:.2f} + {test.kl:.2f} nats per image"
        self.text = f"Epoch {record.epoch} of {self._epochs}: test {terms}"
        content = base64.b64encode(plane.astype("<f4").tobytes()).decode()
        self._frame = {"text": self.text, "codes": content, "reach": float(np.abs(plane).max())}

    def _projected(self, codes: np.ndarray) -> np.ndarray:
        """[N, 2], turned so that it looks like the epoch before."""
        if codes.shape[1] == 1:
            return np.column_stack([codes, np.zeros(len(codes))])
        if codes.shape[1] == 2:
            return codes
        centred = codes - codes.mean(axis=0)
        axes: np.ndarray = np.linalg.svd(centred, full_matrices=False)[2][:2]  # [2, D]
        if self._axes is not None:
            left, _, right = np.linalg.svd(self._axes @ axes.T)
            axes = left @ right @ axes
        self._axes = axes
        plane: np.ndarray = centred @ axes.T
        return plane

    def _can_be_copied(self) -> bool:
        return False

    def _picture(self) -> still.Picture:
        return still.codes(self._plane, self._labels, self.text)


def watch(training: "Training") -> "Iterator[EpochRecord]":
    """Iterate over a training, and see its plane fill in the output of the cell.

    Args:
        training: what `train` gives.

    Returns:
        The records of the training, one an epoch, as it gives them.
    """
    from IPython.display import display

    widget = Watched(training)
    display(widget)
    for record in training:
        widget.show(record, training.snapshots[-1])
        yield record
