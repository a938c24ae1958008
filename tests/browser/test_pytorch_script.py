"""The PyTorch script that a training in the browser leaves: short, and it runs as it stands."""

import contextlib
import gzip
import io
import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from vaeexplorer.browser.packing.images import pack_images
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.tab_images import sixteenths

MOST_LINES = 60
KINDS: list[dict[str, Any]] = [
    {},
    {"model": "ae", "activation": "relu", "schedule": "one-cycle"},
    {"model": "linear-ae", "likelihood": "gaussian"},
    {"model": "linear-vae", "likelihood": "gaussian-learned", "dim": 16, "schedule": "one-cycle"},
    {"likelihood": "continuous-bernoulli", "activation": "tanh", "warmup": 2, "schedule": "one-cycle"},
    {"likelihood": "gaussian", "reduction": {"pixels": "mean", "dims": "mean", "batch": "sum"}},
    {"dataset": "fashion-mnist", "widths": [512, 512, 256]},
]


@pytest.fixture
def script(node: Callable[..., str], modules: Path) -> Callable[..., str]:
    """The script for these choices."""

    def make(choices: dict[str, Any], events: list[dict[str, Any]], steps: int) -> str:
        (modules / "script.mjs").write_text("""
            import { DEFAULTS } from "./record/choices.js";
            import { pytorchScript } from "./record/pytorch.js";
            const { choices, events, steps } = JSON.parse(process.argv[2]);
            console.log(pytorchScript({ ...DEFAULTS, ...choices }, events, 150, steps).trimEnd());""")
        return node("script.mjs", json.dumps({"choices": choices, "events": events, "steps": steps}))

    return make


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped sample in `data`, as torchvision wants it: unpacked."""
    folder = tmp_path_factory.mktemp("script")
    for packed in SAMPLE.root.glob("*/raw/*.gz"):
        target = folder / "data" / packed.relative_to(SAMPLE.root).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


def said_by(text: str, folder: Path) -> str:
    """What a script prints, run as a whole program in a folder; not in a process of its own, as torch loads slowly."""
    (folder / "script.py").write_text(text, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as said, torch.random.fork_rng():
        runpy.run_path("script.py", run_name="__main__")
    return said.getvalue()


def test_every_kind_of_script_is_short_and_runs(script: Callable[..., str], sample: Path) -> None:
    events = [{"step": 3, "name": "beta", "value": 2}, {"step": 5, "name": "rate", "value": 0.001}]
    events.append({"step": 6, "name": "settle", "value": 1})
    texts = [script({"images": 640, **choices}, events, 8) for choices in KINDS]
    assert max(len(text.splitlines()) for text in texts) <= MOST_LINES
    assert max(len(line) for text in texts for line in text.splitlines()) <= 120
    for text in texts:
        assert re.fullmatch(r"test: -?[\d.]+ nats\n", said_by(text, sample))


@pytest.mark.slow  # gradients and many steps against torch's: test_training.py; that the script runs: above
def test_a_script_ends_where_the_training_in_the_browser_ended(
    node: Callable[..., str], modules: Path, sample: Path, mnist_train: ImageDataset, mnist_test: ImageDataset
) -> None:
    """Other first weights, order and noise, and the same loss to within a nat; beta was turned on the way."""
    (modules / "train.bin").write_bytes(pack_images(sixteenths(mnist_train.images), bits=4))
    (modules / "test.bin").write_bytes(pack_images(mnist_test.images[:2000], bits=8))
    (modules / "trained.mjs").write_text("""
        import { readFileSync } from "node:fs";
        import { unpackBytes } from "./learning/images.js";
        import { Session } from "./learning/session.js";
        import { DEFAULTS } from "./record/choices.js";
        import { pytorchScript } from "./record/pytorch.js";
        const read = async (name) => (await unpackBytes(Uint8Array.from(readFileSync(name)).buffer)).images;
        const images = { train: await read("train.bin"), test: await read("test.bin") };
        const choices = { ...DEFAULTS, images: 10_000, epochs: 4, widths: [128, 128] };
        const events = [{ step: 60, name: "beta", value: 4 }, { step: 140, name: "beta", value: 1 }];
        const session = new Session(choices, images, { onEnd: async (reason, sentence) => {
          const { total } = session.history.at(-1).test, { steps } = await session.record();
          const script = pytorchScript(choices, events, total, steps).trimEnd();
          console.log(JSON.stringify({ reason, sentence, total, script }));
          session.end();
        } }, { events });
        session.play();""")
    ended = json.loads(node("trained.mjs"))
    assert ended["reason"] == "done", ended["sentence"]
    found = re.fullmatch(r"test: ([\d.]+) nats\n", said_by(ended["script"], sample))
    assert found
    assert abs(float(found[1]) - ended["total"]) < 1
