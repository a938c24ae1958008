"""Two models on the same pairs: worlds with known answers, and nothing that depends on the axes of a latent space."""

import numpy as np
import pytest

from vaeexplorer.analysis.smoothness import magnification, smoothness
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.analysis.smoothness.smoothness import MEASURES, Array, Material, Subject, measure

pytestmark = pytest.mark.usefixtures("few_resamples")
IMAGE_SPACE = [m.key for m in MEASURES if m.number in (1, 2, 3)] + ["realism", "entropy"]
COUNT, DIM = 120, 3


class World:
    """Images that a smooth, nonlinear decoder drew of known codes; its encoder knows the way back."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.z = rng.normal(size=(COUNT, DIM))
        self.matrix = rng.normal(size=(DIM, 784)) / 3
        self.bend = rng.normal(size=(DIM, 784)) / 3
        self.labels = rng.integers(0, 4, COUNT)
        judge = rng.normal(size=(784, 12)) / 28
        images = np.clip(self.decode(self.z) * 255, 0, 255).astype(np.uint8)
        self.material = Material(
            images,
            self.labels,
            NearestImages(images),
            lambda x: x.reshape(len(x), -1) @ judge,
            lambda x: np.exp(s := x.reshape(len(x), -1) @ judge[:, :4]) / np.exp(s).sum(axis=1, keepdims=True),
            pair_count=80,
        )

    def decode(self, z: Array) -> Array:
        return (0.5 + 0.2 * np.sin(z @ self.matrix) + 0.1 * np.sin(2 * z @ self.bend)).reshape(-1, 28, 28)

    def encode(self, images: Array) -> Array:
        return np.asarray((images.reshape(len(images), -1) - 0.5) @ np.linalg.pinv(0.2 * self.matrix))

    def subject(self, forward: Array, shift: float = 0.0) -> Subject:
        back = np.linalg.inv(forward)
        return Subject(
            "world",
            lambda images: self.encode(images) @ forward + shift,
            lambda u: self.decode((u.astype(np.float64) - shift) @ back),
            self.z @ forward + shift,
        )


@pytest.fixture(scope="module")
def world() -> World:
    return World(np.random.default_rng(1))


@pytest.fixture(scope="module")
def plain(world: World) -> dict[str, Array]:
    """What is measured of the model itself."""
    return measure(world.subject(np.eye(DIM)), world.material)


def test_nothing_changes_under_another_choice_of_coordinates(
    world: World, plain: dict[str, Array], rng: np.random.Generator
) -> None:
    forward = rng.normal(size=(DIM, DIM)) + 2 * np.eye(DIM)
    moved = measure(world.subject(forward, shift=0.7), world.material)
    assert set(plain) == {m.key for m in MEASURES}
    for key in IMAGE_SPACE:
        np.testing.assert_allclose(moved[key], plain[key], rtol=1e-4, atol=1e-4, err_msg=key)
    for key in set(plain) - set(IMAGE_SPACE):
        np.testing.assert_allclose(moved[key], plain[key], rtol=1e-3, atol=1e-4, err_msg=key)


@pytest.mark.parametrize("condition", [1, 30, 1e3])
def test_the_jacobian_by_differences_does_not_know_the_axes(
    condition: float, world: World, rng: np.random.Generator
) -> None:
    """Of a decoder that bends, under a random affine map of z: also where one axis is 1,000 times the other."""

    def figures(subject: Subject) -> list[Array]:
        metrics = smoothness.whitened_metrics(subject, subject.codes)
        return [magnification.log_magnification(metrics), magnification.anisotropy(metrics)]

    first, last = (np.linalg.qr(rng.normal(size=(DIM, DIM)))[0] for _ in range(2))
    forward = first @ np.diag(np.geomspace(1, condition, DIM)) @ last
    moved = figures(world.subject(forward, shift=3.0))
    for found, wanted in zip(moved, figures(world.subject(np.eye(DIM))), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-3, atol=2e-3)


def test_a_model_is_no_different_from_itself_and_a_rougher_one_is(world: World, plain: dict[str, Array]) -> None:
    smooth = world.subject(np.eye(DIM))
    rough = Subject(
        "rough",
        smooth.encode,
        lambda z: world.decode(z) + 0.2 * np.sin(9 * z @ world.bend).reshape(-1, 28, 28),
        smooth.codes,
    )
    observed = [plain, measure(rough, world.material)]
    same, _ = smoothness.rows(observed[0], observed[0], world.material.pairs, (DIM, DIM))
    assert not any(row.decided for row in same)
    assert all(row.difference is not None and row.difference.value == 0 for row in same)
    table, confidence = smoothness.rows(observed[0], observed[1], world.material.pairs, (DIM, DIM))
    assert 0.99 < confidence < 1
    rows = {(row.key, row.group): row for row in table}
    for key in ("detour_pixels", "curvature_pixels", "error"):
        row = rows[key, "all"]
        assert row.decided
        assert row.difference is not None
        assert row.difference.high < 0  # the smooth one has less of each
    assert rows["detour_pixels", "within"].count == rows["detour_pixels", "between"].count == 40
    assert ("error", "within") not in rows


def test_a_linear_decoder_is_perfectly_smooth(world: World) -> None:
    linear = Subject(
        "linear",
        lambda images: (images.reshape(len(images), -1) - 0.5) @ np.linalg.pinv(world.matrix),
        lambda z: (0.5 + z @ world.matrix).reshape(-1, 28, 28),
        world.z,
    )
    observed = measure(linear, world.material)
    for key in ("detour_pixels", "unevenness_pixels", "detour_features", "unevenness_features"):
        np.testing.assert_allclose(observed[key], 1, atol=1e-4)
    np.testing.assert_allclose(observed["curvature_pixels"], 0, atol=0.05)
    np.testing.assert_allclose(observed["cycle"], 0, atol=1e-5)
    assert observed["magnification"].std() < 1e-3


def test_a_permuted_latent_space_has_no_fidelity(
    world: World, plain: dict[str, Array], rng: np.random.Generator
) -> None:
    order = rng.permutation(COUNT)
    subject = world.subject(np.eye(DIM))
    shuffled = Subject("shuffled", subject.encode, subject.decode, subject.codes[order])
    bad = measure(shuffled, world.material)
    assert plain["trustworthiness"].mean() > 0.9
    assert bad["trustworthiness"].mean() == pytest.approx(0.5, abs=0.1)
    assert bad["continuity"].mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("codes", ["constant", "dead"])
def test_constant_codes_have_no_figures_and_a_dead_dimension_does_no_harm(
    codes: str, world: World, plain: dict[str, Array]
) -> None:
    subject = world.subject(np.eye(DIM))
    if codes == "constant":
        broken = Subject("constant", lambda x: np.zeros((len(x), DIM)), subject.decode, np.ones((COUNT, DIM)))
    else:
        pad = np.zeros((COUNT, 1))
        broken = Subject(
            "dead",
            lambda x: np.hstack([world.encode(x), np.zeros((len(x), 1))]),
            lambda z: world.decode(z[:, :DIM]),
            np.hstack([world.z, pad]),
        )
    good, bad = plain, measure(broken, world.material)
    table, _ = smoothness.rows(good, bad, world.material.pairs, (DIM, broken.whitening.kept))
    rows = {row.key: row for row in table}
    if codes == "constant":
        assert broken.whitening.kept == 0
        assert [key for key, row in rows.items() if row.difference is not None] == ["error"]
        assert rows["detour_pixels"].count == 0
    else:
        assert broken.whitening.kept == DIM
        assert all(row.difference is not None for row in rows.values())
        np.testing.assert_allclose(bad["magnification"], good["magnification"], atol=2e-2)


def test_what_grows_with_the_dimension_counts_only_between_models_of_as_many(
    world: World, plain: dict[str, Array]
) -> None:
    """An isometry of eight dimensions has a larger spread, anisotropy and cycle error than its part in two."""
    larger = plain | {key: 3 * plain[key] for key in ("magnification", "anisotropy", "cycle")}
    alike, _ = smoothness.rows(plain, larger, world.material.pairs, (DIM, DIM))
    apart, _ = smoothness.rows(plain, larger, world.material.pairs, (DIM, DIM + 5))
    grows = {measure.key for measure in MEASURES if measure.grows}
    assert grows == {"magnification", "anisotropy", "cycle"}
    for row, other in zip(alike, apart, strict=True):
        assert other.a == row.a
        assert row.decided == (row.key in grows)
        assert not other.decided
        assert other.note == ("not comparable: D differs" if row.key in grows else "undecided")
        assert (other.difference is None) == (other.ratio is None) == (row.key in grows)


def test_without_a_classifier_its_measures_have_no_figure(world: World) -> None:
    plain = Material(world.material.images, world.labels, world.material.nearest, pair_count=40)
    observed = measure(world.subject(np.eye(DIM)), plain)
    assert np.isnan(observed["entropy"]).all()
    assert np.isnan(observed["detour_features"]).all()
    assert np.isfinite(observed["detour_pixels"]).all()
