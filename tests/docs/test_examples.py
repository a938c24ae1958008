"""Every Python example of README.md and docs/ does what it says: run in order, on less data and for shorter."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vaeexplorer as vx
from vaeexplorer.analysis.report import measurements
from vaeexplorer.data.images import ImageDataset

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHORT = (
    "vx.RunConfig(vx.config.DataConfig(), vx.config.ModelConfig(hidden=(32,)), "
    "vx.config.ObjectiveConfig('bernoulli'), vx.config.TrainConfig(epochs=1, device='cpu'))"
)
# By page: what is replaced, and by what. Each must be found.
REPLACED: dict[str, dict[str, str]] = {
    "README.md": {
        "vx.train(vx.RunConfig())": f"vx.train({SHORT})",
        'data = vx.load_dataset("mnist", split="test")': 'data = few(vx.load_dataset("mnist", split="test"))',
        'vx.load_dataset("mnist", split="train").images': 'few(vx.load_dataset("mnist", split="train")).images',
        ', report.save_figures("figures", "pdf")': "",
        "vx.explore(encode, decode, data)  # opens the browser; Ctrl-C ends it. In a notebook it does not block\n": "",
        ", vx.explore(encode, decode, data)\n": "\n",
        'encode, decode = vx.from_pythae("folder", trust=True)': "pass",
        'explorer = vx.explore(encode, decode, vx.load_dataset("mnist"), name="mine", block=False)\n': "",
        "explorer.url": "pass",
        "@torch.inference_mode()\n": "",
    },
    "notebook.md": {"vx.train(vx.RunConfig())": f"vx.train({SHORT})"},
    "regularized.md": {
        'vx.load_dataset("mnist", split=split) for': 'few(vx.load_dataset("mnist", split=split)) for',
    },
}
SLOW = {"README.md", "regularized.md"}  # reports, in which classifiers learn
COUNT = 400


def few(data: ImageDataset) -> ImageDataset:
    return ImageDataset(data.name, data.split, data.images[:COUNT], data.labels[:COUNT], data.class_names, "a test")


def blocks(page: Path) -> list[str]:
    """The Python of a page, with its replacements."""
    found = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for old, new in REPLACED.get(page.name, {}).items():
        assert any(old in block for block in found), f"{page.name} no longer holds {old!r}"
        found = [block.replace(old, new) for block in found]
    return found


def surroundings() -> dict[str, Any]:
    """What a reader has at hand: two modules, and two pairs of functions."""
    import torch
    from torch import nn

    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
    decoder = nn.Sequential(nn.Linear(2, 784), nn.Sigmoid())
    encode, decode = vx.from_torch(encoder, decoder)
    network = nn.Module()
    network.encoder, network.decoder = encoder, decoder
    given = {"encode": encode, "decode": decode, "other_encode": encode, "other_decode": decode}
    return given | {
        "vx": vx,
        "np": np,
        "torch": torch,
        "encoder": encoder,
        "decoder": decoder,
        "network": network,
        "few": few,
    }


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if page.name in SLOW else []) for page in PAGES if blocks(page)],
    ids=lambda page: page.name,
)
def test_the_examples_of_a_page(
    page: Path, quick_classifier: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(measurements, "PAIRWISE", 100)
    names = surroundings()
    for block in blocks(page):
        names["data"] = few(vx.load_dataset("mnist", split="test"))
        exec(compile(block, page.name, "exec"), names)


def test_there_are_examples_and_every_replacement_is_found() -> None:
    assert sum(len(blocks(page)) for page in PAGES) >= 12
    assert set(REPLACED) <= {page.name for page in PAGES if blocks(page)}
