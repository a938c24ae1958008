"""What the scenes of a lecture show is made before their pages are opened."""

import pytest

from vaeexplorer.app import ready
from vaeexplorer.app.lecture import ahead, strip
from vaeexplorer.app.server import assets
from vaeexplorer.app.views.linear import training, widgets
from vaeexplorer.errors import UserError
from vaeexplorer.lecture.scenes import DEFAULT


def test_each_scene_of_the_shipped_lecture_is_made_ready_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    for part in ("files", "compared", "report"):
        monkeypatch.setattr(ready, part, lambda card, part=part: made.append((part, card.name)))
    monkeypatch.setattr(widgets, "make_ready", lambda *given: made.append(given))
    monkeypatch.setattr(assets, "sweep_url", lambda *given: made.append(given))
    monkeypatch.setattr(assets, "training_images", made.append)
    monkeypatch.setattr(training, "prepare", lambda _: None)
    monkeypatch.setattr(training, "test_moments", lambda _: None)
    ahead.make_ready(strip.read(DEFAULT))
    vae, ae = "mnist-vae-2d", "mnist-ae-2d"
    expected: list[object] = [
        ("files", vae), ("files", ae),
        ("mnist", 2, "none", "gd"), ("mnist", 8, "none", "gd"), ("mnist", 2, "uncentred", "gd"),
        ("mnist", 2), ("mnist", 16), "mnist",
        ("compared", vae), ("compared", ae), ("report", vae), ("report", ae),
    ]  # fmt: skip
    assert list(dict.fromkeys(made)) == expected


def test_a_scene_that_cannot_be_made_ready_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[str] = []

    def fail(card: object) -> None:
        raise UserError("The run x cannot be read.")

    monkeypatch.setattr(ready, "files", lambda _: None)
    monkeypatch.setattr(ready, "compared", fail)
    monkeypatch.setattr(ready, "report", lambda card: made.append(card.name))
    lecture = strip.read(DEFAULT)
    del lecture.scenes[:-4]
    ahead.make_ready(lecture)
    assert made == ["mnist-vae-2d", "mnist-ae-2d", "mnist-vae-2d"]
    assert "'Unlike training images' was not made ready" in caplog.text
