"""How typical a chosen pair is: the shipped figures, and how they are measured."""

from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.results.midpoints import load_midpoints, measure, save_midpoints, starting_pairs
from vaeexplorer.runs.folder import load_run
from vaeexplorer.spaces.space import Space, open_run


@pytest.fixture(scope="module")
def pair(mnist_test: ImageDataset) -> tuple[Space, Space]:
    vae, ae = (open_run(load_run(name), mnist_test) for name in ("mnist-vae-2d", "mnist-ae-2d"))
    return vae, ae


def test_the_shipped_pair_says_how_typical_it_is(pair: tuple[Space, Space]) -> None:
    found = load_midpoints(*pair)
    assert found is not None
    assert found.count == 3563
    assert 1 - found.share == pytest.approx(0.41, abs=0.005)  # the AE's is the farther one, of 60,000 training images
    assert found.nearest_of == 60_000
    turned = load_midpoints(pair[1], pair[0])
    assert turned == found.swapped()
    assert turned is not None
    assert turned.share == 1 - found.share
    assert turned.first_worse == found.second_worse


def test_pairs_come_by_turns_and_the_exemplar_first(pair: tuple[Space, Space]) -> None:
    found = load_midpoints(*pair)
    assert found is not None
    turns = starting_pairs(found, example=1)["pairs"]
    assert [turn["worse"] for turn in turns] == 3 * [1, 0, None]
    assert turns[0]["pair"] == list(found.second_worse[0])
    assert starting_pairs(None) == {"pairs": [], "shares": [0, 0], "count": 0}


def test_it_is_measured_from_decoded_midpoints(
    pair: tuple[Space, Space], mnist_train: ImageDataset, tmp_path: Path
) -> None:
    found = measure(*pair, mnist_train, pairs=300)
    nearest = NearestImages(mnist_train.images)
    drawn = np.random.default_rng(0).integers(0, 10_000, (300, 2))
    labels = pair[0].data.labels
    drawn = drawn[labels[drawn[:, 0]] != labels[drawn[:, 1]]]
    vae, ae = (nearest.distance(each.decode((each.codes[drawn[:, 0]] + each.codes[drawn[:, 1]]) / 2)) for each in pair)
    assert found.count == len(drawn)
    assert found.first_farther == (vae > ae).sum()
    excess = {(int(a), int(b)): float(far) for (a, b), far in zip(drawn, vae - ae, strict=True)}
    assert min(excess[each] for each in found.first_worse) > 0
    assert max(excess[each] for each in found.second_worse) < 0
    save_midpoints(found, tmp_path)
    assert load_midpoints(*pair, tmp_path) == found
    assert load_midpoints(pair[0], pair[0], tmp_path) is None


def test_what_is_nearest_is_named(rng: np.random.Generator) -> None:
    images = rng.integers(0, 256, (500, 28, 28), dtype=np.uint8)
    queries = np.clip(images[[7, 400, 33]] / 255 + rng.normal(0, 0.05, (3, 28, 28)), 0, 1)
    which, far = NearestImages(images).find(queries)
    assert which.tolist() == [7, 400, 33]
    away = np.linalg.norm((queries[:, None] - images[None] / 255).reshape(3, 500, -1), axis=2)
    assert far == pytest.approx(away.min(axis=1), rel=1e-4)
