"""Training on the server: the form that the page makes of a configuration, and what it starts."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import components, opened
from vaeexplorer.app.views.training import form, server
from vaeexplorer.config import ModelConfig, RunConfig, TrainConfig
from vaeexplorer.trainings import ahead, dispatch, folder, queue
from vaeexplorer.trainings.listing import list_trainings
from vaeexplorer.trainings.lock import held

PAGE = "views/training/page.py"


@pytest.fixture(autouse=True)
def nobody_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits in the queue goes on waiting, and no process is started for what may come."""
    monkeypatch.setattr(ahead, "start", lambda: None)
    monkeypatch.setattr(queue, "wake", lambda: None)
    monkeypatch.setattr(dispatch, "wake", lambda: None)


def test_a_form_of_all_options_puts_a_training_in_the_queue(app: AppTest, runs_folder: Path) -> None:
    opened(app, PAGE, where="server")
    assert not app.exception
    labels = {each.label for each in (*app.number_input, *app.selectbox, *app.text_input, *app.toggle)}
    options = {name.replace("_", " ") for part in RunConfig().to_json().values() for name in part}
    assert options <= labels
    rate = app.number_input(key="new-training-learning_rate")
    assert (rate.min, rate.max, rate.help) == (0, 1, "Adam's largest step size.")
    assert "on 10,000 images" in app.caption[0].value
    rate.set_value(5e-3)
    app.number_input(key="new-training-latent_dim").set_value(3)
    app.text_input(key="new-training-hidden").set_value("64, 32").run()
    app.button(key="start-training").click().run()
    assert not app.exception
    (card,) = list_trainings()
    assert card.name == "mnist-vae-3d-bernoulli"
    assert card.config == RunConfig(
        model=ModelConfig(latent_dim=3, hidden=(64, 32)), train=TrainConfig(learning_rate=5e-3)
    )
    (shown,) = [data for data in components(app) if "token" in data]
    assert shown["at"] == "vx/trainings/mnist-vae-3d-bernoulli/"
    assert (shown["choices"]["dim"], shown["choices"]["widths"]) == (3, [64, 32])
    assert app.button(key="start-training").label == "Queue it"

    app.button(key="start-training").click().run()  # the same once more
    assert "There is a training mnist-vae-3d-bernoulli already" in app.error[0].value
    app.text_input(key=f"rename-{card.name}").set_value("mine").run()
    app.button(key=f"do-rename-{card.name}").click().run()
    assert [each.name for each in list_trainings()] == ["mine"]
    assert app.selectbox(key="served").value == "mine"
    app.button(key="do-delete-mine").click().run()
    assert list_trainings() == []
    assert not app.exception


def test_a_branch_is_asked_for_with_its_dial_and_name_or_refused_in_a_sentence(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.begin("one", RunConfig(train=TrainConfig(epochs=40)))
    with held(folder.path_of("one")):
        folder.write_status(folder.path_of("one"), folder.Status("stopped", 1, step=30, per_epoch=10))
    opened(app, PAGE, where="server")
    assert app.text_input(key="branch-name-one").value == "one-beta8"
    app.button(key="do-branch-one").click().run()
    assert [each.value for each in app.error] == [
        "The training one has not ended an epoch yet: there is nothing to branch from."
    ]
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(queue, "branch", lambda *given: asked.append(given))
    app.number_input(key="branch-value-one").set_value(4.0)
    app.text_input(key="branch-name-one").set_value("other").run()
    app.button(key="do-branch-one").click().run()
    assert asked == [("one", "other", "beta", 4.0, 40)]
    assert not app.exception
    assert not app.error


def test_options_that_do_not_go_together_are_a_sentence(app: AppTest) -> None:
    opened(app, PAGE, where="server")
    app.text_input(key="new-training-hidden").set_value("many").run()
    assert "hidden must be whole numbers" in app.error[0].value
    app.text_input(key="new-training-hidden").set_value("").run()
    app.selectbox(key="new-training-model").set_value("ae")
    app.selectbox(key="new-training-bound").set_value("iwae").run()
    assert "an autoencoder draws no samples" in app.error[0].value
    assert not list_trainings()


def test_an_app_that_is_open_to_everybody_offers_no_training(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    opened(app, PAGE, where="server")
    assert not app.exception
    assert not [each for each in app.button if each.key == "start-training"]
    assert [data for data in components(app) if "sets" in data]  # the tab's own


def test_every_option_has_its_sentence_and_every_model_its_choices() -> None:
    for part in ("data", "model", "objective", "train"):
        section = getattr(RunConfig(), part)
        assert form.sentences(section.__class__).keys() == RunConfig().to_json()[part].keys()
    linear = server.choices(RunConfig(model=ModelConfig("ae", "linear", 5)))
    assert (linear["model"], linear["widths"]) == ("linear-ae", [])
