"""Where a network is trained, and one step of it: the loss, its gradient, Adam. On a GPU a step is one CUDA graph.

A small network's step is a hundred kernels that each run for microseconds and take longer to launch one by one; a graph
launches them together (Nguyen et al. 2021, "Accelerating PyTorch with CUDA Graphs").
"""

import os
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from vaeexplorer.network.history import TrainingError

WARM_UP = 3  # steps before a capture, in which torch chooses its kernels and takes its memory


def resolve_device(name: str) -> torch.device:
    """`auto` takes cuda, then mps, then cpu.

    Raises:
        TrainingError: the device asked for is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, available in there.items() if available)
    if not there[name]:
        raise TrainingError(f"This machine offers no {name} device to torch: use device auto or cpu.")
    if name == "cuda":  # cuBLAS is reproducible only with a fixed workspace
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return torch.device(name)


def resolve_precision(name: str, device: torch.device) -> str:
    """`auto` takes bfloat16 where products are faster in it: GPUs from Ampere on, CPUs with AVX512-BF16 or AMX."""
    if name != "auto":
        return name
    if device.type == "cuda":
        faster = torch.cuda.get_device_capability(device) >= (8, 0)
    elif device.type == "cpu":
        # torch has no public name for this before 2.10
        cpu = torch.cpu
        faster = any(getattr(cpu, test, bool)() for test in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    else:
        faster = False
    return "bfloat16" if faster else "float32"


def adam(network: nn.Module, device: torch.device, rate: float, eps: float = 1e-8) -> torch.optim.Adam:
    """Adam (Kingma & Ba 2015), in the form that a CUDA graph can hold where there is a GPU."""
    on_gpu = device.type == "cuda"
    lr = torch.tensor(rate, device=device) if on_gpu else rate
    return torch.optim.Adam(network.parameters(), lr=lr, eps=eps, fused=True, capturable=on_gpu)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Change the step size; on a GPU where it stands, since a graph reads it there."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


class Step:
    """A step on a batch: `figures = step(images, noise, ...)`.

    Args:
        loss: inputs -> (the scalar to minimise, figures of the batch to return). It draws no random numbers.
        network, optimizer: what the step changes; `adam` makes an optimizer that fits.
    """

    def __init__(
        self, loss: Callable[..., tuple[Tensor, Tensor]], network: nn.Module, optimizer: torch.optim.Optimizer
    ) -> None:
        self._loss, self._network, self._optimizer = loss, network, optimizer
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: list[Tensor] = []
        self._figures = torch.empty(0)

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Step once. Inputs lie on the network's device; a batch of another size than the first takes no graph."""
        if inputs[0].device.type != "cuda":
            return self._eager(*inputs)
        if self._graph is None:
            self._capture(inputs)
        if any(own.shape != given.shape for own, given in zip(self._inputs, inputs, strict=True)):
            return self._eager(*inputs)
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        assert self._graph
        self._graph.replay()
        return self._figures.clone()

    def _eager(self, *inputs: Tensor) -> Tensor:
        # A graph writes gradients where they lay when it was captured: from then on they stay there.
        self._optimizer.zero_grad(set_to_none=self._graph is None)
        loss, figures = self._loss(*inputs)
        loss.backward()
        self._optimizer.step()
        return figures.detach()

    def _capture(self, inputs: Sequence[Tensor]) -> None:
        """Record a step. The steps that warm it up leave no trace in the weights or in Adam's moments."""
        self._inputs = [given.clone() for given in inputs]
        before = {name: tensor.clone() for name, tensor in self._state().items()}
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self._eager(*self._inputs)
        torch.cuda.current_stream().wait_stream(stream)
        self._optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._figures = self._eager(*self._inputs)
        with torch.no_grad():
            for name, tensor in self._state().items():
                tensor.copy_(before[name]) if name in before else tensor.zero_()
        self._graph = graph

    def _state(self) -> dict[str, Tensor]:
        """Weights and Adam's state, by name."""
        state = {f"network.{name}": tensor for name, tensor in self._network.state_dict().items()}
        for index, parameter in enumerate(self._network.parameters()):
            moments = self._optimizer.state.get(parameter, {})
            state |= {f"optimizer.{index}.{name}": tensor for name, tensor in moments.items()}
        return state
