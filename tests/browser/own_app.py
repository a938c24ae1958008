"""Two models of one's own with known answers, opened in the app: python -m tests.browser.own_app PORT."""

import sys

import numpy as np

import vaeexplorer as vx
from tests.spaces import colored

LOGVAR = -3.0
_rng = np.random.default_rng(0)
A = _rng.normal(size=(784, 2)) / 40
W = _rng.normal(size=(2, 784)) / 4
B = _rng.uniform(0.3, 0.7, size=784)


def encode(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [N, 28, 28] -> x A and a constant spread."""
    mean = images.reshape(-1, 784) / 255 @ A
    return mean, np.full_like(mean, LOGVAR)


def decode(z: np.ndarray) -> np.ndarray:
    """[N, 2] -> clip(z W + b)."""
    return np.clip(z @ W + B, 0, 1).reshape(-1, 28, 28)


def decode_at_home(z: np.ndarray) -> np.ndarray:
    """The same, as long as this script is still `__main__`, which pickling relies on."""
    assert hasattr(sys.modules["__main__"], "decode_at_home")
    return decode(z)


if __name__ == "__main__":
    data = vx.load_dataset("mnist", download=False)
    port = int(sys.argv[1])
    vx.explore(encode, decode_at_home, data, name="linear", port=port, open_browser=False, block=False)
    vx.explore(colored.encode, colored.decode, colored.colored(), name="colored", open_browser=False, block=True)
