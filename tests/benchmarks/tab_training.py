"""Training in a browser's tab against PyTorch, TF.js and `vaeexplorer train`, in turns on the same machine.

    VAEEXPLORER_DATA=... python -m tests.benchmarks.tab_training

10,000 MNIST images, batch 128, images a second: (a) ours in one worker of Chromium, 784-256-2, 784-400-20 and the
page's default; (b) pytorch/examples' VAE, 784-400-20, with its DataLoader, as a bare loop over a tensor on one thread,
and on two; (c) the same network in TF.js, WebAssembly backend, if npm has it; (d) `vaeexplorer.train`. Each in turn,
several times over; the median counts. Ratios are of the same run, and the machine's load is printed: other work
disturbs what takes two cores more than what takes one.
"""

import argparse
import functools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from tests.benchmarks.tab_training_pages import DECODE, SESSION, TFJS, TRAIN
from tests.benchmarks.training import TutorialVAE
from tests.conftest import CHROMIUM, QUIET
from vaeexplorer.browser import bundle
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.network.training import train
from vaeexplorer.runs.folder import load_run

IMAGES, BATCH = 10_000, 128
NETWORKS: dict[str, dict[str, Any]] = {
    "784-256-2": {"widths": [256], "dim": 2},
    "784-400-20": {"widths": [400], "dim": 20, "activation": "relu"},
    "784-256-256-2": {"widths": [256, 256], "dim": 2},
}
CHOICES = {"dataset": "mnist", "model": "vae", "activation": "silu", "likelihood": "bernoulli", "beta": 1, "warmup": 0}
CHOICES |= {"rate": 2e-3, "schedule": "constant", "batch": BATCH, "seed": 0, "images": IMAGES}
TUTORIAL = "784-400-20"
TFJS_PACKAGES = ("@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0")


def torch_loop(kind: str) -> float:
    """Images a second of the tutorial's loop, by torch with as many threads as it has."""
    model = TutorialVAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step(x: torch.Tensor) -> None:
        optimizer.zero_grad()
        model.loss(x).backward()
        optimizer.step()

    epoch = loaded() if kind == "loader" else bare()
    for x in epoch():
        step(x)
    start = time.perf_counter()
    for x in epoch():
        step(x)
    return IMAGES / (time.perf_counter() - start)


def loaded() -> Callable[[], Iterator[torch.Tensor]]:
    """An epoch of torchvision's data set by a DataLoader, as pytorch/examples has it."""
    from torchvision import datasets, transforms

    images = datasets.MNIST(os.environ["VAEEXPLORER_DATA"], transform=transforms.ToTensor())
    part = torch.utils.data.Subset(images, range(IMAGES))
    loader = torch.utils.data.DataLoader(part, batch_size=BATCH, shuffle=True)
    return lambda: (x.view(-1, 784) for x, _ in loader)


def bare() -> Callable[[], Iterator[torch.Tensor]]:
    """An epoch of a tensor that holds all images as float32."""
    pixels = sample("train").float() / 255
    return lambda: (pixels[numbers] for numbers in torch.randperm(IMAGES).split(BATCH))


def sample(split: str) -> torch.Tensor:
    """uint8 [N, 784] of the shipped images."""
    found = SAMPLE.read("mnist", "train" if split == "train" else "test")
    assert found is not None
    return torch.tensor(found.images.reshape(-1, 784))


def in_torch(kind: str, threads: int) -> float:
    """The same in a process of its own, whose threads wait without spinning."""
    env = os.environ | {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE", "MKL_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", "tests.benchmarks.tab_training", "--torch", kind]
    return float(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()[-1])


def own_training() -> float:
    """Images a second of `vaeexplorer.train`, its test pass counted, on one thread."""
    config = RunConfig(
        model=ModelConfig(latent_dim=20, hidden=(400,), activation="relu"),
        train=TrainConfig(epochs=2, batch_size=BATCH, device="cpu"),
    )
    train_set, test_set = SAMPLE.read("mnist", "train"), SAMPLE.read("mnist", "test")
    *_, last = train(config, train_set=train_set, test_set=test_set)
    return IMAGES / last.seconds


def best_product() -> float:
    """GFLOP/s of torch's best matrix product on one thread: close to what a core can do."""
    a, b = torch.rand(2, 768, 768)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2 * 768**3 / min(times) / 1e9


def flops(widths: list[int], dim: int) -> int:
    """Of an image's step, as if its pixels were dense: forward, by weights, by inputs but the first layer's."""
    encoder, decoder = [784, *widths, 2 * dim], [dim, *reversed(widths), 784]
    products = [a * b for sizes in (encoder, decoder) for a, b in pairwise(sizes)]
    return 2 * (3 * sum(products) - products[0])


@contextmanager
def tab(folder: Path) -> Iterator[Any]:
    """A page in Chromium of files in a folder."""
    from playwright.sync_api import sync_playwright

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    with (
        ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        try:
            page = browser.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            yield page
        finally:
            browser.close()
            server.shutdown()


def plain(entry: str) -> str:
    """A module and all it imports, as a script whose names a script after it sees."""
    return re.sub(r"^export ", "", bundle.script(entry), flags=re.MULTILINE)


def files(folder: Path) -> None:
    """What the pages need, but for TF.js."""
    (folder / "index.html").write_text(
        '<!doctype html><link rel="icon" href="data:,"><script src="session.js"></script>'
    )
    (folder / "session.js").write_text(plain("learning/session.js") + "\nwindow.Session = Session;")
    (folder / "train.js").write_text(plain("learning/training.js") + TRAIN)
    (folder / "decode.js").write_text(plain("decoding/queue.js") + DECODE)
    (folder / "tfjs.js").write_text(TFJS)
    run = load_run("mnist-vae-2d")
    (folder / "network.bin").write_bytes(pack_network(run.config, run.weights))
    for split in ("train", "test"):
        (folder / f"{split}.bin").write_bytes(sample(split).numpy().tobytes())


def fetch_tfjs(folder: Path) -> bool:
    """Whether npm has brought TF.js."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    (folder / "package.json").write_text('{"private": true}')
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *TFJS_PACKAGES]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120).returncode == 0


WORK = """([script, data]) => new Promise((resolve, reject) => {
  const worker = new Worker(script);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.postMessage(data);
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=150, help="timed in the tab")
    parser.add_argument("--without", nargs="*", default=[], choices=["torch", "tfjs"], help="what to leave out")
    parser.add_argument("--torch", choices=["loader", "bare"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.torch:
        return print(torch_loop(options.torch))
    rates: dict[str, list[float]] = defaultdict(list)
    sessions: list[dict[str, float]] = []
    decodes: list[float] = []
    torch.set_num_threads(1)
    print(f"load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as name:
        files(Path(name))
        has_tfjs = "tfjs" not in options.without and fetch_tfjs(Path(name))
        with tab(Path(name)) as page:
            for _ in range(options.rounds):
                for network, sizes in NETWORKS.items():
                    asked = {"choices": CHOICES | sizes | {"epochs": 100}, "steps": options.steps}
                    rates[network].append(page.evaluate(WORK, ["train.js", asked]))
                asked = {"choices": CHOICES | NETWORKS["784-256-2"] | {"epochs": 100}, "steps": 10, "plain": True}
                rates["784-256-2, without WebAssembly"].append(page.evaluate(WORK, ["train.js", asked]))
                decodes.append(page.evaluate(WORK, ["decode.js", {}]))
                if has_tfjs:
                    rates["TF.js wasm"].append(page.evaluate(WORK, ["tfjs.js", {"steps": 20}]))
                if "torch" not in options.without:
                    rates["PyTorch, DataLoader, 1 thread"].append(in_torch("loader", 1))
                    rates["PyTorch, bare loop, 1 thread"].append(in_torch("bare", 1))
                    rates["PyTorch, bare loop, 2 threads"].append(in_torch("bare", 2))
                    rates["vaeexplorer train, 1 thread"].append(own_training())
                sessions.append(page.evaluate(SESSION, CHOICES | NETWORKS["784-256-256-2"] | {"epochs": 4}))
    median = {name: statistics.median(values) for name, values in rates.items()}
    peak = best_product()
    print(f"load {os.getloadavg()[0]:.1f} after\n\n{'images a second':36} {'median':>8} {'best':>8}")
    for name, values in rates.items():
        print(f"{name:36} {median[name]:8,.0f} {max(values):8,.0f}")
    print()
    for name, sizes in NETWORKS.items():
        work = flops(sizes["widths"], sizes["dim"]) * median[name] / 1e9
        print(f"{name}: {work:.0f} GFLOP/s, {work / peak:.0%} of torch's best product on one core ({peak:.0f})")
    ours = median[TUTORIAL]
    for name, goal in (
        ("PyTorch, DataLoader, 1 thread", 1.4),
        ("PyTorch, bare loop, 1 thread", 1.0),
        ("PyTorch, bare loop, 2 threads", None),
        ("TF.js wasm", 12),
        ("vaeexplorer train, 1 thread", None),
    ):
        if name in median:
            print(f"{ours / median[name]:.2f} times {name}" + (f" (at least {goal} wanted)" if goal else ""))
    if not has_tfjs:
        print("TF.js was not measured: npm did not bring it, or it was left out.")
    if "torch" not in options.without:
        print(f"{ours / median['PyTorch, DataLoader, 1 thread']:.1f} times the tutorial")
    print(f"10,000 images of the default: {IMAGES / median['784-256-256-2']:.2f} s (at most .8 wanted)")
    print(f"400 images of mnist-vae-2d decoded: {statistics.median(decodes):.1f} ms (at most 25 wanted)")
    print("A session of the default:")
    for key, words in (
        ("first", "s to the first step shown"),
        ("pictures", "pictures a second"),
        ("rate", "images a second"),
    ):
        print(f"{statistics.median(session[key] for session in sessions):,.2f} {words}")


if __name__ == "__main__":
    main()
