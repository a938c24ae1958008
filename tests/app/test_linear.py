from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import components, figures, opened, ordered
from vaeexplorer.analysis.linear.experiments import BENDS, METHODS
from vaeexplorer.analysis.linear.nonlinear import STEPS
from vaeexplorer.analysis.linear.vae import closed_form
from vaeexplorer.app import caches
from vaeexplorer.app.server import assets
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.linear import conditions, widgets
from vaeexplorer.app.views.linear.training import Setting
from vaeexplorer.data.moments import FOLDER

PAGE = "views/linear/page.py"


def told(app: AppTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the training and the linear VAE were told."""
    first, second = components(app)
    return first, second


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def choose(app: AppTest, broken: str) -> None:
    """One of the conditions."""
    pills: Any = app.get("button_group")[0]
    pills.set_value(broken).run(timeout=60)


@pytest.fixture
def page(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page(PAGE).run(timeout=60)


def test_the_page_opens_on_gradient_descent(page: AppTest) -> None:
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "A linear autoencoder is PCA, or is it?"
    training, vae = told(page)
    assert training["film"].startswith("vx/films/film-")
    assert training["link"] == {}
    assert vae["k"] == 8
    assert vae["measured"]["kl"] == pytest.approx(0.5 * np.log(np.array(vae["values"][:8]) / vae["best"]), abs=1e-4)
    assert "error 29.6863, all angles 0°" in texts(page)
    assert "steps of gradient descent: error 29.686" in texts(page)
    assert "all 60,000 training images" in page.caption[0].value


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What trains on images takes few steps."""
    for bend in BENDS:
        monkeypatch.setitem(STEPS, bend, 5)
    yield
    widgets.trained.clear()


@pytest.mark.usefixtures("few_steps")
def test_every_condition_has_a_prediction_and_a_measurement(page: AppTest) -> None:
    page.slider(key="k").set_value(2)
    for broken in METHODS:
        choose(page, broken)
        assert not page.exception, broken
        assert not page.error, broken
        predicted, measured = (element.value for element in page.markdown[:2])
        assert predicted.startswith("**Predicted.** " + conditions.CONDITIONS[broken].predicted[:20])
        assert measured.startswith("**Measured.** After ")
        assert "{" not in predicted + measured
        of_the_sample = "the first 10,000 training images" in page.caption[0].value
        assert of_the_sample == (broken in ("sigmoid", "cross-entropy", "hidden"))
    choose(page, "decay")
    assert "left singular vectors *are* PCA's axes" in page.markdown[0].value
    assert "|W₁ − W₂ᵀ| / |W₁| is" in page.markdown[1].value
    assert len(figures(page)) == 1
    page.slider(key="decay").set_value(1.0).run(timeout=60)
    assert not page.exception
    assert literal("The weight decay must be below lambda_2") in page.error[0].value


@pytest.mark.parametrize("link", [{"break": "decay", "by": "lbfgs"}, {"break": "weight decay", "by": "L-BFGS"}])
def test_what_is_in_the_address_is_opened(app: AppTest, link: dict[str, str]) -> None:
    """By what is stable, and by the labels that addresses of earlier versions hold."""
    opened(app, PAGE, **link, k="2", decay="0.2", step="12", s2="0.5", beta="2")
    if link["break"] != "decay":
        assert (ordered(app)["break"], ordered(app)["by"]) == ("decay", "lbfgs")
    assert "of L-BFGS" in texts(app)
    training, vae = told(app)
    assert training["link"] == {"step": "12"}
    assert (vae["k"], vae["link"]) == (2, {"s2": "0.5", "beta": "2"})
    assert (vae["measured"]["variance"], vae["measured"]["beta"]) == (0.5, 2.0)
    assert "λ = 0.7483" in texts(app)


def test_nonsense_in_the_address_is_dropped(app: AppTest) -> None:
    opened(app, PAGE, k="900", **{"break": "z"}, by="z", step="nan", s2="-1", beta="inf")
    assert not app.exception
    training, vae = told(app)
    assert training["link"] == vae["link"] == {}
    assert vae["k"] == 8
    assert (vae["measured"]["variance"], vae["measured"]["beta"]) == (vae["best"], 1.0)
    assert [warning.value.split()[4] for warning in app.warning] == ["break=z", "k=900", "by=z", "of"]


def test_a_covariance_that_is_gone_is_a_sentence(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    caches.full_pca.clear()
    widgets.trained.clear()
    monkeypatch.setattr("vaeexplorer.data.moments.FOLDER", tmp_path)
    app.run()
    app.switch_page(PAGE).run(timeout=60)
    assert not app.exception
    assert "cannot be read" in app.error[0].value
    assert FOLDER.exists()


def test_films_are_served_and_those_shown_longest_ago_are_dropped() -> None:
    first, often = assets.film(b"first"), assets.film(b"often")
    assets.kept_url(first)
    for number in range(assets.MOST_FILMS):
        assets.kept_url(often)
        assets.kept_url(assets.film(str(number).encode()))
    assert assets.find(*first.url.split("/")[1:]) is None
    assert assets.find(*often.url.split("/")[1:]) is often
    assert assets.find("films", "film-0000000000000000.bin") is None


def test_what_the_page_opens_on_is_served_however_many_trainings_others_ask_for(page: AppTest) -> None:
    for number in range(assets.MOST_FILMS):
        assets.kept_url(assets.film(str(number).encode()))
    page.run()
    url = told(page)[0]["film"]
    assert assets.find(*url.split("/")[1:]) is not None


def test_a_training_is_not_computed_twice() -> None:
    setting = Setting("mnist", 2, "none", "als")
    assert widgets.trained(setting) is widgets.trained(setting)


def test_measured_and_predicted_agree() -> None:
    measured = widgets.measured_vae("mnist", 10, 0.05, 2.0)
    values = caches.full_pca("mnist").values
    exact = closed_form(values, 10, 0.05, 2.0)
    assert measured["kl"] == pytest.approx(exact.kl(values), abs=1e-4)
    assert measured["elbo"] == pytest.approx(exact.elbo(values), abs=1e-4)


def test_a_method_that_one_condition_forces_does_not_stay_for_the_next(page: AppTest) -> None:
    choose(page, "sigmoid")
    assert page.session_state["by"] == "adam"
    choose(page, "saddle")
    assert page.session_state["by"] == "gd"
    assert "There it stays, though it is no minimum: after about 31 steps" in texts(page)
    assert "Plateau 3.6605" in texts(page)
    methods: Any = page.get("button_group")[1]
    methods.set_value("adam").run(timeout=60)
    assert "there is no plateau" in texts(page)
    assert "Plateau" not in texts(page)
