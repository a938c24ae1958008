import numpy as np
import pytest

from vaeexplorer.codes import from_bytes, to_bytes


def test_codes_come_back_from_bytes_to_a_510th_of_their_spread(rng: np.random.Generator) -> None:
    codes = (rng.normal(size=(3, 50, 2)) * [1, 100]).astype(np.float32)
    kept = to_bytes(codes)
    spread = np.ptp(codes, axis=1, keepdims=True)
    assert {key: array.dtype.name for key, array in kept.items()} == {"codes": "uint8", "range": "float32"}
    assert (np.abs(from_bytes(kept["codes"], kept["range"]) - codes) <= spread / 509).all()
    assert from_bytes(kept["codes"], kept["range"]).min(axis=1) == pytest.approx(codes.min(axis=1))


def test_codes_that_do_not_move_come_back_as_they_were() -> None:
    kept = to_bytes(np.full((2, 4, 1), 7, np.float32))
    assert (from_bytes(kept["codes"], kept["range"]) == 7).all()
