"""Rounded weights against weights rounded one by one, and against what can be said of them exactly."""

import numpy as np

from vaeexplorer.analysis.rounding import Dense, rounded, rounded_chain


def test_what_no_input_needs_makes_up_for_the_error(rng: np.random.Generator) -> None:
    """Inputs in 5 of 40 directions, of which rounding one by one knows nothing."""
    inputs = rng.standard_normal((500, 5)) @ rng.standard_normal((5, 40))
    weight, step = rng.standard_normal((30, 40)), 0.25
    whole = rounded(weight, inputs, inputs, step)
    assert whole.dtype == np.int32
    by_one = inputs @ (np.rint(weight / step) * step - weight).T
    assert np.abs(inputs @ (whole * step - weight).T).max() < 0.25 * np.abs(by_one).max()


def test_independent_inputs_leave_nothing_to_make_up(rng: np.random.Generator) -> None:
    inputs, _ = np.linalg.qr(rng.standard_normal((100, 8)))
    weight = rng.standard_normal((5, 8))
    np.testing.assert_array_equal(rounded(weight, inputs, inputs, 0.125), np.rint(weight / 0.125))


def test_a_layer_makes_up_for_the_one_before(rng: np.random.Generator) -> None:
    z = rng.standard_normal((400, 2))
    first = Dense(rng.standard_normal((20, 2)), rng.standard_normal(20), np.tanh)
    second = Dense(rng.standard_normal((10, 20)), np.zeros(10), lambda x: x)
    coarse, fine = 0.5, 0.01
    one, two = rounded_chain([first, second], z, [coarse, fine])
    meant = np.tanh(z @ first.weight.T + first.bias)
    seen = np.tanh(z @ (one * coarse).T + first.bias)
    error = np.sqrt(((seen @ (two * fine).T - meant @ second.weight.T) ** 2).mean())
    assert error < 0.5 * np.sqrt((((seen - meant) @ second.weight.T) ** 2).mean())
    untouched, _ = rounded_chain([first, second], z, [None, fine])
    assert untouched is first.weight
