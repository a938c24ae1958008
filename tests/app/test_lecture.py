"""The scenes of the shipped lecture: each opens by its address, and what it shows is made before."""

from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from vaeexplorer.app import ready, state
from vaeexplorer.app.lecture import ahead, strip
from vaeexplorer.app.server import assets
from vaeexplorer.app.views.linear import training, widgets
from vaeexplorer.errors import UserError
from vaeexplorer.lecture.scenes import DEFAULT

VIEWS = {"": "explore", "from-x": "from_x", "ae-vs-vae": "ae_vs_vae", "regularized": "report"}
SHOWS = {
    "": "latent_plane",
    "from-x": "from_x",
    "linear": "linear_ae",
    "beta": "beta_dial",
    "training": "train_now",
    "ae-vs-vae": "pair",
}


def test_each_scene_opens_by_its_address_and_has_its_line(app: AppTest) -> None:
    app.run()
    for scene in strip.read(DEFAULT).scenes:
        query = dict(parse_qsl(scene.address))
        del app.session_state[state.ADDRESS]  # as in a new session
        app.query_params.update({"frame": "1"} | query)
        app.switch_page(f"views/{VIEWS.get(scene.page, scene.page)}/page.py").run()
        assert not app.exception, scene.title
        assert not app.warning, scene.title  # where the address asks for what is not here
        assert not app.error, scene.title
        for key in state.PAGES[scene.page].choices:
            if key.name in query:
                assert app.session_state[key.name] == key.parse(query[key.name]), scene.title
        shown = {each.proto.component_name for each in app.get("bidi_component")}
        assert SHOWS.get(scene.page, "figures") in shown, scene.title
        assert scene.say
        app.query_params.clear()


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
