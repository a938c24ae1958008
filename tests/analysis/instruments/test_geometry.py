"""Distances under planted decoders: geodesics that are known, and seeds that differ in their coordinates alone."""

import numpy as np
import pytest

from vaeexplorer.analysis.instruments.geometry import geodesics, stability

CELLS = 48


def test_geodesics_of_a_linear_decoder_are_straight(rng: np.random.Generator) -> None:
    stretch = np.array([[2.0, 0.3], [0.0, 1.0], [0.5, 0.5]])
    codes = rng.uniform(-1, 1, (60, 2))
    first, second = np.arange(30), np.arange(30, 60)
    found = geodesics(lambda z: z @ stretch.T, codes, first, second, cells=CELLS)
    straight = np.linalg.norm((codes[first] - codes[second]) @ stretch.T, axis=1)
    assert (found > straight - 1e-5).all()
    assert found == pytest.approx(straight, rel=0.04, abs=0.03)


def test_geodesics_go_round_what_is_far_and_not_through_the_space_of_images(rng: np.random.Generator) -> None:
    """A cylinder: rolled up, the two ends of the plane touch, but the way over it is as long as on paper."""

    def cylinder(z: np.ndarray) -> np.ndarray:
        return np.column_stack([np.cos(z[:, 0]), np.sin(z[:, 0]), z[:, 1]])

    codes = np.concatenate([rng.uniform([-3, -1], [3, 1], (40, 2)), [[-3.0, 0], [3.0, 0]]])
    first, second = np.array([*range(20), 40]), np.array([*range(20, 40), 41])
    found = geodesics(cylinder, codes, first, second, cells=CELLS)
    assert found == pytest.approx(np.linalg.norm(codes[first] - codes[second], axis=1), rel=0.03, abs=0.03)
    assert found[-1] > 5.8  # where the images are .28 apart


def test_an_image_that_changes_within_a_cell_is_no_shortcut(rng: np.random.Generator) -> None:
    """A cylinder that goes round every four cells: edges are as long as the way along them, not as their chords."""
    turns = 2 * np.pi * CELLS / 2 / 4

    def cylinder(z: np.ndarray) -> np.ndarray:
        return np.column_stack([np.cos(turns * z[:, 0]), np.sin(turns * z[:, 0]), turns * z[:, 1]])

    codes = rng.uniform(-1, 1, (60, 2))
    first, second = np.arange(30), np.arange(30, 60)
    found = geodesics(cylinder, codes, first, second, cells=CELLS)
    assert found == pytest.approx(turns * np.linalg.norm(codes[first] - codes[second], axis=1), rel=0.03)


def bump(z: np.ndarray) -> np.ndarray:
    return np.column_stack([z, 1.5 * np.exp(-2 * (z**2).sum(axis=1))])


@pytest.mark.parametrize("bent", [True, False])
def test_seeds_that_differ_in_coordinates_alone_have_the_same_geodesics(bent: bool, rng: np.random.Generator) -> None:
    """Each "seed" is the same surface, its plane bent in its own way; Euclidean distances vary, geodesics do not."""
    surface = rng.uniform(-1, 1, (60, 2))
    first, second = np.arange(30), np.arange(30, 60)
    euclidean, geodesic = [], []
    for seed in range(4):
        angle, power = seed, 1 + 0.3 * seed * bent

        def there(z: np.ndarray, power: float = power, angle: float = angle) -> np.ndarray:
            turned = z @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            return np.asarray(np.sign(turned) * np.abs(turned) ** power)

        def back(z: np.ndarray, power: float = power, angle: float = angle) -> np.ndarray:
            straight = np.sign(z) * np.abs(z) ** (1 / power)
            return np.asarray(straight @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]))

        codes = there(surface)
        euclidean.append(np.linalg.norm(codes[first] - codes[second], axis=1))
        geodesic.append(geodesics(lambda z: bump(back(z)), codes, first, second, cells=CELLS))
    found = stability(np.array(euclidean), np.array(geodesic))
    assert np.median(found.geodesic) < 0.03
    assert (np.median(found.euclidean) > 0.1) == bent
    assert (found.low > 1) == bent


def test_a_scale_alone_is_no_instability(rng: np.random.Generator) -> None:
    distances = rng.uniform(1, 2, 50)
    found = stability(np.array([distances, 7 * distances]), np.array([distances, distances]))
    assert found.euclidean.max() < 1e-12
