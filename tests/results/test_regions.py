"""A classifier over the plane: maps are what decoder, classifier and training images give, and a file is checked."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.classifier import load_classifier
from vaeexplorer.results import regions
from vaeexplorer.results.stored import store, stored
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.runs.images import images_of
from vaeexplorer.spaces.space import Space, open_run


@pytest.fixture(scope="module")
def space() -> Space:
    run = load_run("mnist-vae-2d")
    return open_run(run, images_of(run))


def test_a_cell_has_the_answer_to_its_decoded_image(space: Space, small_test: ImageDataset) -> None:
    seen: list[float] = []
    found = regions.measure(space, small_test, lambda share, doing: seen.append(share), cells=8)
    assert found.label.shape == (8, 8)
    assert (seen[0], seen[-1]) == (0, 1)
    assert found.x[0] <= -regions.PRIOR
    assert found.x[1] - found.x[0] == pytest.approx(found.y[1] - found.y[0])
    x = found.x[0] + (found.x[1] - found.x[0]) * 5.5 / 8  # the sixth column, the third row from above
    y = found.y[1] - (found.y[1] - found.y[0]) * 2.5 / 8
    image = space.decode(np.array([[x, y]], np.float32))
    said = load_classifier("mnist").probabilities(image)[0]
    assert (found.label[2, 5], found.confidence[2, 5]) == (said.argmax(), pytest.approx(said.max(), abs=1e-4))
    pixels = small_test.images.reshape(len(small_test), -1) / 255
    nearest = np.linalg.norm(pixels - image.reshape(1, -1), axis=1).min()
    assert found.distance[2, 5] == pytest.approx(nearest, abs=1e-3)
    assert 0.7 < found.hit < 1


def test_what_was_stored_is_read_again_and_that_of_other_weights_is_not(runs_folder: Path) -> None:
    shutil.copytree(SHIPPED / "mnist-vae-2d", runs_folder / "mine")
    run = load_run("mine")
    found = stored(run, regions.Regions)
    assert found is not None
    store(run, found)
    again = stored(run, regions.Regions)
    assert again is not None
    assert np.array_equal(again.label, found.label)
    assert np.array_equal(again.confidence, found.confidence)
    assert np.array_equal(again.distance, found.distance)
    assert (again.x, again.y, again.far, again.hit) == (found.x, found.y, found.far, found.hit)
    assert stored(dataclasses.replace(run, key="another"), regions.Regions) is None
    (run.path / "regions.npz").write_bytes(b"nothing")
    assert stored(run, regions.Regions) is None
    (run.path / "regions.npz").unlink()
    assert stored(run, regions.Regions) is None


def test_every_shipped_plane_has_its_maps() -> None:
    for card in list_runs()[0]:
        found = stored(card, regions.Regions)
        assert (found is not None) == (card.config.model.latent_dim == 2), card.name
        if found is not None:
            assert found.label.max() < 10
            assert found.hit > 0.6
            assert 0 < (found.distance > found.far).mean() < 0.5
