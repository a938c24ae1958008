"""Where a network runs, and in which precision."""

import os

import torch

from vaeexplorer.network.history import TrainingError


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
