import numpy as np
import pytest

from vaeexplorer.analysis.projection import principal_plane, umap_plane


def plane_in_five_dimensions(count: int = 2000) -> np.ndarray:
    rng = np.random.default_rng(1)
    directions = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    spread = np.array([3.0, 2.0, 0.1, 0.1, 0.1])
    return np.asarray(4 + (rng.standard_normal((count, 5)) * spread) @ directions.T, dtype=np.float32)


def test_pca_finds_the_plane() -> None:
    codes = plane_in_five_dimensions()
    plane = principal_plane(codes)
    assert sum(plane.explained) > 0.99
    assert plane.points.std(axis=0) == pytest.approx([3, 2], rel=0.06)
    assert plane.points.mean(axis=0) == pytest.approx([0, 0], abs=1e-4)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-5)
    assert np.corrcoef(plane.points, rowvar=False)[0, 1] == pytest.approx(0, abs=1e-5)


def test_pca_projects_new_points_as_it_did_the_old() -> None:
    codes = plane_in_five_dimensions()
    plane = principal_plane(codes)
    assert plane.project(codes[:7]) == pytest.approx(plane.points[:7], abs=1e-5)


def test_pca_has_one_sign() -> None:
    codes = plane_in_five_dimensions()
    plane = principal_plane(codes)
    assert all(axis[np.abs(axis).argmax()] > 0 for axis in plane.axes)
    assert principal_plane(codes[::-1]).points[::-1] == pytest.approx(plane.points, abs=1e-3)


def test_pca_of_equal_codes_is_a_point() -> None:
    plane = principal_plane(np.ones((10, 3), np.float32))
    assert np.isfinite(plane.points).all()
    assert plane.explained == (0, 0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_umap_keeps_two_clusters_apart_and_reports() -> None:
    rng = np.random.default_rng(2)
    codes = rng.standard_normal((200, 8)).astype(np.float32)
    codes[100:] += 20
    shares: list[float] = []
    points = umap_plane(codes, on_progress=shares.append)
    assert points.shape == (200, 2)
    gap = np.linalg.norm(points[:100].mean(0) - points[100:].mean(0))
    assert gap > 3 * points[:100].std()
    assert shares == sorted(shares)
    assert shares[-1] == 1
