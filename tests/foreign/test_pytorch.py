"""Modules of PyTorch: packed for the browser where they can be, named by layer where not, and left as they were."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import vaeexplorer as vx
from tests.spaces import colored as pictures
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.export.planes import plane_page
from vaeexplorer.foreign.pytorch import Decoder, PackingWarning
from vaeexplorer.spaces.own import ModelError, open_model

AGREEMENT = """
import { readFileSync } from "node:fs";
import { decode, unpack } from "./engine/network.js";
const bytes = (name) => { const b = readFileSync(name); return b.buffer.slice(b.byteOffset, b.byteOffset + b.length); };
const network = unpack(bytes("own.bin")), z = new Float32Array(bytes("z.bin"));
const images = new Float32Array(bytes("x.bin"));
const D = network.latentDim;
let worst = 0;
for (let i = 0; i * D < z.length; i++)
  decode(network, z.subarray(i * D, (i + 1) * D)).forEach((v, p) => {
    worst = Math.max(worst, Math.abs(v - images[network.format.size * i + p]));
  });
console.log(JSON.stringify({ worst, layers: network.decoder.length }));
"""


class Functional(nn.Module):
    """Written with functions, sizes and arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.up = nn.Linear(3, 4 * 49), nn.Conv2d(4, 5, 3, padding=1)
        self.last = nn.ConvTranspose2d(5, 1, 3, stride=2, padding=1, output_padding=1)

    def forward(self, z: Tensor) -> Tensor:
        x = functional.leaky_relu(self.first(z), 0.2).view(z.size(0), 4, 7, 7)
        x = functional.interpolate(functional.elu(self.up(x)), scale_factor=2)
        return (torch.tanh(self.last(x)) + 1) / 2


class Wrapped(nn.Module):
    """A module of modules, whose last part is reshaped."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 20), nn.BatchNorm1d(20), nn.GELU(), nn.Dropout(0.5), nn.Linear(20, 784))

    def forward(self, z: Tensor) -> Tensor:
        x: Tensor = self.net(z)
        return x.reshape(-1, 1, 28, 28)


DECODERS: dict[str, Callable[[], nn.Module]] = {
    "mlp": lambda: nn.Sequential(
        nn.Linear(3, 30), nn.ReLU(), nn.Linear(30, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))
    ),
    "conv": lambda: nn.Sequential(
        nn.Linear(3, 8 * 49),
        nn.BatchNorm1d(8 * 49),
        nn.SiLU(),
        nn.Unflatten(1, (8, 7, 7)),
        nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1),
        nn.BatchNorm2d(6),
        nn.LeakyReLU(0.1),
        nn.Upsample(scale_factor=2),
        nn.BatchNorm2d(6),
        nn.Softplus(),
        nn.Tanh(),
        nn.Conv2d(6, 1, 5, padding=2, bias=False),
        nn.Sigmoid(),
    ),
    "functional": Functional,
    "wrapped": Wrapped,
}


class Encoder(nn.Module):
    """[N, 784] -> mean and logvar."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(784, 6)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, logvar = self.body(x).chunk(2, dim=1)
        return mean, logvar - 3


def lively(module: nn.Module) -> nn.Module:
    """Random weights that move pixels, and running statistics that are not those of a new BatchNorm."""
    generator = torch.Generator().manual_seed(1)
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            assert part.running_mean is not None
            assert part.running_var is not None
            part.running_mean.copy_(torch.randn(part.num_features, generator=generator) / 4)
            part.running_var.copy_(torch.rand(part.num_features, generator=generator) + 0.5)
    return module


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize("name", DECODERS)
def test_what_is_packed_is_the_module(
    name: str, node: Callable[..., str], modules: Path, rng: np.random.Generator
) -> None:
    module = lively(DECODERS[name]())
    is_logits = name == "wrapped"
    decode = Decoder(module, 3, (28, 28), logits=is_logits)
    assert decode.unpackable == ""
    assert decode.network is not None
    z = rng.normal(size=(100, 3)).astype(np.float32) * 2
    images = decode(z)
    assert np.ptp(images, axis=0).mean() > 0.01  # it draws something
    for file, array in (("own.bin", decode.network), ("z.bin", z.tobytes()), ("x.bin", images.clip(0, 1).tobytes())):
        (modules / file).write_bytes(array)
    (modules / "own.mjs").write_text(AGREEMENT, encoding="utf-8")
    said = json.loads(node("own.mjs"))
    assert said["worst"] < 1e-4
    assert module.training


def colored() -> nn.Sequential:
    """Three dimensions to images of 64 x 64 in colour."""
    return nn.Sequential(
        nn.Linear(3, 4 * 64), nn.ReLU(), nn.Unflatten(1, (4, 8, 8)), nn.Upsample(scale_factor=4),
        nn.Conv2d(4, 6, 3, padding=1), nn.SiLU(), nn.ConvTranspose2d(6, 3, 4, stride=2, padding=1), nn.Sigmoid(),
    )  # fmt: skip


def test_colours_are_packed_in_their_order(node: Callable[..., str], modules: Path, rng: np.random.Generator) -> None:
    module = lively(colored())
    decode = Decoder(module, 3, (64, 64, 3), logits=False)
    z = rng.normal(size=(20, 3)).astype(np.float32)
    images = decode(z)
    assert images.shape == (20, 64, 64, 3)
    with torch.no_grad():
        np.testing.assert_allclose(images[..., 1], module.eval()(torch.tensor(z))[:, 1].numpy(), atol=1e-6)
    assert decode.network is not None
    planes = np.ascontiguousarray(np.moveaxis(images, 3, 1))
    for file, array in (("own.bin", decode.network), ("z.bin", z.tobytes()), ("x.bin", planes.tobytes())):
        (modules / file).write_bytes(array)
    (modules / "own.mjs").write_text(AGREEMENT, encoding="utf-8")
    assert json.loads(node("own.mjs"))["worst"] < 1e-4


def test_modules_and_images_have_one_shape() -> None:
    encoder = nn.Sequential(nn.Conv2d(3, 2, 64), nn.Flatten(), nn.Linear(2, 3))
    data = pictures.colored(10)
    functions = vx.from_torch(encoder, colored(), shape=data.shape)
    space = open_model(*functions, data, "mine")
    assert space.network == functions.decode.network
    assert space.decode(space.codes[:2]).shape == (2, 64, 64, 3)
    with pytest.raises(ModelError, match=r"neither as \[N, 1, 28, 28\] nor as \[N, 784\]"):
        vx.from_torch(encoder, colored())
    flat = vx.from_torch(nn.Linear(784, 2), nn.Linear(2, 784))
    with pytest.raises(ModelError, match=r"of shape \(64, 64, 3\): from_torch\(\.\.\., shape=\(64, 64, 3\)\)"):
        open_model(*flat, data, "mine")
    with pytest.raises(ModelError, match=r"shape must be \(H, W\) or \(H, W, 3\)"):
        vx.from_torch(encoder, colored(), shape=(3, 64, 64))
    with pytest.warns(PackingWarning, match="it gives 12288 numbers, and not 28 x 28"):
        vx.from_torch(nn.Linear(784, 3), colored())


def test_neighbours_are_folded_into_one_layer(node: Callable[..., str], modules: Path) -> None:
    """Dense layers with their BatchNorms stay dense, which the compiled kernel takes."""
    body = nn.Sequential(nn.Linear(3, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Linear(9, 784), nn.Sigmoid())
    decode = Decoder(lively(body), 3, (28, 28), logits=False)
    assert decode.network is not None
    (modules / "own.bin").write_bytes(decode.network)
    code = (
        'import { unpack } from "./engine/network.js"; import { isDense } from "./decoding/batch.js"; '
        'import { readFileSync } from "node:fs"; const b = readFileSync("own.bin"); '
        "const n = unpack(b.buffer.slice(b.byteOffset, b.byteOffset + b.length)); "
        "console.log(n.decoder.length, isDense(n))"
    )
    assert node("--input-type=module", "-e", code).split() == ["2", "true"]


class Skipping(nn.Module):
    """A residual connection."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(3, 3), nn.Linear(3, 784)

    def forward(self, z: Tensor) -> Tensor:
        x: Tensor = self.last(z + self.first(z))
        return x.sigmoid()


class Deciding(nn.Module):
    """Control flow that depends on numbers."""

    def forward(self, z: Tensor) -> Tensor:
        return torch.zeros(len(z), 784) if z.sum() > 0 else torch.ones(len(z), 784)


UNPACKABLE: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "attention": (lambda: nn.Sequential(nn.Linear(3, 784), nn.LayerNorm(784)), "the layer 1 is a LayerNorm"),
    "a skip": (Skipping, "the layer add takes more than what the layer before it gives"),
    "control flow": (Deciding, "it cannot be traced"),
    "dilation": (
        lambda: nn.Sequential(
            nn.Linear(3, 784), nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 1, 3, padding=2, dilation=2)
        ),
        "the layer 2 is a convolution with dilation",
    ),
    "bilinear": (
        lambda: nn.Sequential(
            nn.Linear(3, 196), nn.Unflatten(1, (1, 14, 14)), nn.Upsample(scale_factor=2, mode="bilinear")
        ),
        "the layer 2 upsamples by bilinear",
    ),
    "transposed": (
        lambda: nn.Sequential(nn.Linear(3, 784), nn.PixelShuffle(1), nn.Sigmoid()),
        "cannot be traced",
    ),
}


@pytest.mark.parametrize("name", UNPACKABLE)
def test_what_cannot_be_packed_is_named(name: str) -> None:
    make, words = UNPACKABLE[name]
    decoder = make()
    if name != "transposed":
        with pytest.warns(PackingWarning, match=words):
            decode = vx.from_torch(Encoder(), decoder).decode
        assert decode.network is None
        assert decode(np.zeros((2, 3), np.float32)).shape == (2, 28, 28)  # Python can
    else:
        assert words in Decoder(decoder, 3, (28, 28), logits=False).unpackable


def test_modules_are_one_model_everywhere(small_test: ImageDataset, tmp_path: Path) -> None:
    encoder, decoder = Encoder(), lively(DECODERS["conv"]())
    encoder.body.eval()
    functions = vx.from_torch(encoder, decoder)
    space = open_model(*functions, small_test, "mine")
    assert (space.dimensions, space.has_prior) == (3, True)
    assert encoder.training
    assert not encoder.body.training  # each part in the mode it was in
    assert space.network == functions.decode.network
    assert "function of Python" not in plane_page(space)
    explorer = vx.Explorer(*functions, small_test, name="mine")
    explorer.to_html(tmp_path / "mine.html")
    assert "mine: every point is an image" in (tmp_path / "mine.html").read_text(encoding="utf-8")
    with torch.no_grad():
        mean = encoder(torch.tensor(small_test.images[:5]).float().flatten(1) / 255)[0].numpy()
    np.testing.assert_allclose(space.codes[:5], mean, atol=1e-6)


def test_an_encoder_takes_images_as_it_likes() -> None:
    decoder = DECODERS["mlp"]()
    images = np.zeros((4, 28, 28), np.uint8)
    for encoder in (
        nn.Sequential(nn.Conv2d(1, 2, 28), nn.Flatten(), nn.Linear(2, 3)),
        nn.Sequential(nn.Linear(784, 3)),
        nn.Sequential(nn.Flatten(), nn.Linear(784, 3)),
    ):
        assert vx.from_torch(encoder, decoder).encode(images).shape == (4, 3)
    with pytest.raises(ModelError, match="neither as"):
        vx.from_torch(nn.Linear(5, 3), decoder)
    with pytest.raises(ModelError, match=r"must be a torch\.nn\.Module, not function"):
        vx.from_torch(lambda x: x, decoder)  # type: ignore[arg-type]


def pythae(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A library of that name that reads this folder; returns what it was asked to read."""
    read: list[str] = []

    class Output(dict[str, Tensor]):
        __getattr__ = dict.__getitem__

    class Encoding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = Encoder()

        def forward(self, x: Tensor) -> Any:
            mean, logvar = self.body(x.flatten(1))
            return Output(embedding=mean, log_covariance=logvar)

    class Decoding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = DECODERS["mlp"]()

        def forward(self, z: Tensor) -> Any:
            return Output(reconstruction=self.body(z))

    def load(path: str) -> Any:
        read.append(path)
        return SimpleNamespace(
            encoder=Encoding(), decoder=Decoding(), model_config=SimpleNamespace(input_dim=(1, 28, 28))
        )

    package, models = ModuleType("pythae"), ModuleType("pythae.models")
    models.AutoModel = SimpleNamespace(load_from_folder=load)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pythae", package)
    monkeypatch.setitem(sys.modules, "pythae.models", models)
    (folder / "model_config.json").write_text("{}", encoding="utf-8")
    return read


def test_a_pythae_model_is_unpickled_only_where_it_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = pythae(tmp_path, monkeypatch)
    with pytest.raises(ModelError, match="trust=True"):
        vx.from_pythae(tmp_path)
    assert read == []
    encode, decode = vx.from_pythae(tmp_path, trust=True)
    assert read == [str(tmp_path)]
    assert decode.network is not None
    mean, logvar = encode(np.zeros((4, 28, 28), np.uint8))
    assert mean.shape == logvar.shape == (4, 3)
    with pytest.raises(ModelError, match="There is no model of pythae"):
        vx.from_pythae(tmp_path / "nothing")
