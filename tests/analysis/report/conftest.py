"""What several tests of the report need."""

import pytest

from vaeexplorer.analysis.report.classifier import held_out, learning, networks
from vaeexplorer.analysis.report.classifier.networks import Recipe


@pytest.fixture
def quick_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classifiers that learn in less than a second: enough for what is plain to see."""
    monkeypatch.setattr(held_out, "SHORT", Recipe(30, 3e-3, 0.3))
    monkeypatch.setattr(held_out, "LONG", Recipe(80, 3e-3, 0.1))
    monkeypatch.setattr(held_out, "FINE", 121)
    monkeypatch.setattr(held_out, "PRIOR_DRAWS", 20_000)
    monkeypatch.setattr(networks, "BATCH", 128)
    monkeypatch.setattr(networks, "WIDTH", 32)
    monkeypatch.setattr(learning, "PRIOR_DRAWS", 10_000)
    monkeypatch.setattr(learning, "WIDTHS", (0.0, 1.0, 3.0))


@pytest.fixture
def idle_classifier(quick_classifier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classifiers that learn next to nothing, where nothing depends on what they learn."""
    for name in ("SHORT", "LONG"):
        monkeypatch.setattr(held_out, name, Recipe(2, 3e-3, 0.3))
