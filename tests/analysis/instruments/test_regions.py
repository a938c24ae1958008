import numpy as np
import pytest

from vaeexplorer.analysis.instruments.regions import answers, changes, neighbours


def decode(z: np.ndarray) -> np.ndarray:
    return np.repeat(z[:, :1], 4, axis=1).reshape(-1, 2, 2)


def probabilities(images: np.ndarray) -> np.ndarray:
    right = 1 / (1 + np.exp(-10 * images[:, 0, 0]))
    return np.column_stack([1 - right, right, np.zeros(len(images))])


def test_the_plane_is_coloured_by_the_answer_and_its_confidence() -> None:
    axis = np.linspace(-1, 1, 5)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1)  # [5, 5, 2]
    found = answers(decode, probabilities, plane)
    assert found.label[0].tolist() == [0, 0, 0, 1, 1]
    assert (found.label == found.label[0]).all()
    assert found.confidence[:, 2] == pytest.approx(np.full(5, 0.5))
    assert found.entropy[0, 2] == pytest.approx(np.log(2))
    assert found.entropy[0, 0] < 1e-3  # sure, and that far from where anything was seen
    way = np.column_stack([np.linspace(-1, 1, 9), np.zeros(9)])
    along = answers(decode, probabilities, way)
    assert changes(along.label).tolist() == [5]


def test_neighbours_in_z_and_in_x_differ_where_the_code_says_other_things(rng: np.random.Generator) -> None:
    codes = np.arange(20.0)[:, None]
    images = np.zeros((20, 2, 2))
    images[:, 0, 0] = np.arange(20.0)
    same = neighbours(codes, images, 10, 4)
    assert set(same.in_z.tolist()) == {8, 9, 11, 12}
    assert same.shared == 1
    images[:, 0, 0] = (7 * np.arange(20.0)) % 20
    other = neighbours(codes, images, 10, 4)
    assert other.in_z.tolist() == same.in_z.tolist()
    assert other.shared == 0
    assert 10 not in other.in_x
