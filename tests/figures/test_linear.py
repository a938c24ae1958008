from vaeexplorer.figures.linear import singular_values


def test_predicted_as_bars_and_measured_as_dots() -> None:
    figure = singular_values([0.9, 0.5], [0.91, 0.5])
    bars, dots = figure.data
    assert (bars.type, dots.mode) == ("bar", "markers")
    assert list(bars.y) == [0.9, 0.5]
    assert list(dots.y) == [0.91, 0.5]
    assert list(dots.x) == [1, 2]
    assert figure.layout.title.text
