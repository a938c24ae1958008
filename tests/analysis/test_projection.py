import numpy as np
import pytest

from vaeexplorer.analysis.projection import umap_plane


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
