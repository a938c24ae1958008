"""Figures of the instruments: what is drawn is what was measured."""

import numpy as np
import pytest

from vaeexplorer.figures import instruments as draw


def test_a_side_that_is_dead_is_a_bar_of_no_height_and_an_autoencoder_has_no_active_units() -> None:
    figure = draw.effect_bars([2, 1], [4.0, 0.0], [3.0, 2.0], [0.5, 0.001])
    above, below, activity = figure.data
    assert (list(above.y), list(below.y), list(activity.y)) == ([4, 0], [3, 2], [0.5, 0.001])
    assert list(above.x) == ["z<sub>2</sub>", "z<sub>1</sub>"]
    assert list(activity.marker.symbol) == ["circle", "x"]
    assert len(draw.effect_bars([1], [4.0], [3.0], [None]).data) == 2


def test_the_histogram_of_a_normal_direction_lies_on_the_curve() -> None:
    bins = np.linspace(-4, 4, 61)
    density = np.exp(-(bins**2) / 2) / np.sqrt(2 * np.pi)
    null, own, bars, curve = draw.worst_direction(list(bins), list(density), 0.02, [0.001, 0.002], "z").data
    assert (list(null.x), list(own.x)) == ([0.001, 0.002], [0.02])
    assert list(bars.y) == pytest.approx(list(curve.y))


def test_maps_of_one_row_share_their_colours() -> None:
    maps = {
        f"{what}, {of}": np.full((2, 3), value).tolist()
        for what, of, value in (
            ("mean", "samples", 0.1),
            ("mean", "test images", 0.4),
            ("variance", "samples", 0.2),
            ("variance", "test images", 0.1),
        )
    }
    figure = draw.pixel_maps(maps)
    assert [trace.coloraxis for trace in figure.data] == ["coloraxis", "coloraxis", "coloraxis2", "coloraxis2"]
    assert (figure.layout.coloraxis.cmax, figure.layout.coloraxis2.cmax) == (0.4, 0.2)
    assert [each.text for each in figure.layout.annotations] == list(maps)


def test_pairs_lie_below_the_diagonal_where_geodesics_are_the_more_stable() -> None:
    diagonal, pairs = draw.variations([0.4, 0.2], [0.1, 0.1]).data
    assert diagonal.x == diagonal.y
    assert [list(pairs.x), list(pairs.y)] == [[0.4, 0.2], [0.1, 0.1]]
