"""A training that was interrupted, as one file: weights, the optimizer's state, and what the training adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from vaeexplorer.documents import from_json
from vaeexplorer.files import whole_file, why
from vaeexplorer.network.history import EpochRecord, TrainingError


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        tensors: weights as `network.NAME`, the optimizer's state as `optimizer.INDEX.NAME`, and the training's own.
        about: texts of the training's own, by key.
    """

    path: Path
    tensors: dict[str, Tensor]
    about: dict[str, str]

    def restore(self, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Put weights and state back where they came from.

        Raises:
            TrainingError: they are of another network.
        """
        weights = {k.removeprefix("network."): t for k, t in self.tensors.items() if k.startswith("network.")}
        state: dict[int, dict[str, Tensor]] = {}
        try:
            for name, tensor in self.tensors.items():
                if name.startswith("optimizer."):
                    _, index, key = name.split(".")
                    state.setdefault(int(index), {})[key] = tensor
            network.load_state_dict(weights)
            optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
        except (RuntimeError, ValueError, KeyError) as error:
            raise damaged(self.path, error) from None


def save_checkpoint(
    path: Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    about: dict[str, str],
    more: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a checkpoint in place of the one before.

    Args:
        path: its folder is made where it is not there.
        network, optimizer: as they are after an epoch.
        about: what the training must know to go on.
        more: tensors of its own.

    Raises:
        TrainingError: it cannot be written.
    """
    state = optimizer.state_dict()["state"]
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    tensors |= {f"optimizer.{i}.{name}": tensor for i, entry in state.items() for name, tensor in entry.items()}
    tensors |= more or {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(safetensors.torch.save({name: t.contiguous() for name, t in tensors.items()}, about))
    except OSError as error:
        raise TrainingError(f"The checkpoint {path.name} cannot be written: {why(error)}.") from None


def load_checkpoint(path: Path, device: torch.device) -> Checkpoint:
    """Read a checkpoint onto a device.

    Raises:
        TrainingError: it is missing or damaged.
    """
    try:
        with safetensors.safe_open(path, framework="pt", device=str(device)) as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
    except (safetensors.SafetensorError, OSError) as error:
        raise damaged(path, error) from None
    return Checkpoint(path, tensors, about)


def damaged(path: Path, error: Exception) -> TrainingError:
    """What to say of a checkpoint that cannot be read."""
    reason = f"it lacks {error}" if isinstance(error, KeyError) else (str(error).splitlines() or [""])[0].rstrip(".:")
    return TrainingError(f"The checkpoint {path.name} cannot be read ({reason}): delete it, and start anew.")


def epochs_in(checkpoint: Path) -> int:
    """How many epochs a checkpoint holds.

    Raises:
        TrainingError: it is damaged.
    """
    try:
        return len(from_json(load_checkpoint(checkpoint, torch.device("cpu")).about["history"], list[EpochRecord]))
    except (ValueError, KeyError) as error:
        raise damaged(checkpoint, error) from None
