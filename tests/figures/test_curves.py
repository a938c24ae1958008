from vaeexplorer.figures.curves import Curve, Reference, learning_curves


def test_curves() -> None:
    figure = learning_curves(
        [Curve("a", [3, 2], [3.5, 2.5]), Curve("b", [1], [1])],
        title="t",
        unit="nats",
        references=[Reference("floor", 100)],
        log=True,
    )
    assert [trace.name for trace in figure.data] == ["a · test", "a · train", "b · test", "b · train"]
    assert list(figure.data[0].x) == [1, 2]
    assert figure.data[0].line.color == figure.data[1].line.color != figure.data[2].line.color
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].y0 == 100
    # plotly/plotly.py: an annotation of a logarithmic axis is placed by the exponent, or the axis goes up to 10^100
    assert figure.layout.annotations[0].y == 2
