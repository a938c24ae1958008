"""The page Runs: what is listed, found, compared, taken in, renamed and deleted."""

import dataclasses
import io
import shutil
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import components, figures, opened
from tests.runs.small_runs import files
from vaeexplorer.app import caches, state
from vaeexplorer.app.views.runs import listing, words
from vaeexplorer.figures.theme import cycle_color
from vaeexplorer.files import SHIPPED
from vaeexplorer.runs import versions
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.runs.transfer import export_run, import_run

RUNS = "views/runs/page.py"


def listed(app: AppTest) -> list[str]:
    """The runs in the table."""
    return [str(name) for name in app.dataframe[0].value["run"]]


def test_an_autoencoder_and_its_vae_are_on_one_slider(app: AppTest) -> None:
    opened(app, RUNS, epoch="1")
    assert not app.exception
    assert not app.error
    assert listed(app)[0].startswith("mnist")
    assert len(listed(app)) == len(list_runs()[0])
    (given,) = components(app)
    assert [film["name"] for film in given["films"]] == ["mnist-vae-2d", "mnist-ae-2d"]
    assert [film["note"] for film in given["films"]] == [words.NO_DECODER] * 2
    assert given["link"] == {"epoch": "1"}
    assert len(figures(app)) == 3  # below; the loss is beside the films
    marked = app.get("html")
    assert any("<mark>ae</mark>" in str(each.proto.body) for each in marked)


def test_a_run_has_one_colour_in_all_figures(app: AppTest) -> None:
    """Also where the autoencoder before it has no KL to draw."""
    opened(app, RUNS, runs="mnist-ae-2d,mnist-vae-2d")
    colors = [
        {trace["line"]["color"] for trace in figure["data"] if trace["name"] == "mnist-vae-2d · test"}
        for figure in figures(app)
    ]
    assert colors == [{cycle_color(1)}] * 3


def test_a_film_with_decoded_images_says_nothing(app: AppTest) -> None:
    opened(app, RUNS, runs="mnist-ae-2d-lecture")
    (given,) = components(app)
    assert [(film["name"], film["note"]) for film in given["films"]] == [("mnist-ae-2d-lecture", "")]


def test_words_find_runs_and_an_address_holds_them(app: AppTest) -> None:
    opened(app, RUNS, find="fashion VAE D=16", runs="mnist-vae-16d,mnist-ae-16d,mnist-vae-2d")
    assert len(figures(app)) == 4  # of more runs than there are films, the loss beside the table too
    assert not app.exception
    assert listed(app) == ["fashion-mnist-vae-16d"]
    (given,) = components(app)
    assert [film["name"] for film in given["films"]] == ["mnist-vae-16d", "mnist-ae-16d"]
    app.text_input(key=state.FIND.name).set_value("nothing like it").run()
    assert not app.exception
    assert any(caption.value.startswith("0 of") for caption in app.caption)


def test_what_is_no_run_is_listed_with_its_reason(app: AppTest, runs_folder: Path) -> None:
    for name in ("run (copy)", "прогон", "broken"):
        versions.replace(runs_folder / name, files(0))
    (runs_folder / "broken" / "history.csv").write_text("no")
    (runs_folder / "not ours").mkdir()
    opened(app, RUNS)
    said = " ".join(each.value for each in app.expander[0].markdown).replace("\\", "")
    assert app.expander[0].label == "3 folders that are no runs, and why"
    for words_said in ("not 'run (copy)'", "not 'прогон'", "The run broken cannot be read: history.csv"):
        assert words_said in said
    assert "not ours" not in said
    assert [each.value for each in app.warning] == ["3 folders are no runs: the page Runs says why."]


def test_one_broken_film_hides_no_other(app: AppTest, runs_folder: Path) -> None:
    shutil.copytree(SHIPPED / "mnist-ae-2d-lecture", runs_folder / "cut")
    (runs_folder / "cut" / "film.npz").write_bytes(b"x")
    opened(app, RUNS, runs="cut,mnist-vae-2d")
    assert not app.exception
    assert [error.value.replace("\\", "") for error in app.error] == [
        "film.npz of the run cut cannot be read: it is cut short or no array file."
    ]
    (given,) = components(app)
    assert [film["name"] for film in given["films"]] == ["mnist-vae-2d"]


def test_a_run_is_renamed_and_deleted_on_the_page(app: AppTest, runs_folder: Path) -> None:
    import_run(io.BytesIO(export_run(load_run("mnist-ae-2d"))), "mine")
    caches.run_cards.clear()
    key = load_run("mine").key
    opened(app, RUNS, runs="mine,mnist-vae-2d")
    (field,) = (each for each in app.text_input if each.label == "Another name")
    field.set_value("mnist-vae-2d")
    (rename,) = (button for button in app.button if button.label == "Rename")
    rename.click().run()
    assert [error.value for error in app.error] == ["mnist-vae-2d is a shipped run: choose another name."]
    (field,) = (each for each in app.text_input if each.label == "Another name")
    field.set_value("other")
    (rename,) = (button for button in app.button if button.label == "Rename")
    rename.click().run()
    assert not app.exception
    assert [each.value for each in app.success] == ["mine is called other now."]
    assert load_run("other").key == key
    assert [film["name"] for film in components(app)[0]["films"]] == ["other", "mnist-vae-2d"]
    (drop,) = (button for button in app.button if button.label == "Delete other")
    drop.click().run()
    assert not app.exception
    assert [each.value for each in app.success] == ["other is deleted."]
    assert not (runs_folder / "other").exists()
    assert [film["name"] for film in components(app)[0]["films"]] == ["mnist-vae-2d"]


def test_a_public_app_takes_and_changes_nothing(
    app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED / "mnist-ae-2d", runs_folder / "mine")
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    opened(app, RUNS, runs="mine")
    assert not app.exception
    assert not app.get("file_uploader")
    assert not [button for button in app.main.button if button.label not in ("Present", "Lecture")]
    assert words.READ_ONLY in [each.value for each in app.caption]


def test_the_options_that_differ_are_those_that_differ() -> None:
    cards = {card.name: card for card in list_runs()[0]}
    vae, ae, lecture = (cards[f"mnist-{name}"] for name in ("vae-2d", "ae-2d", "vae-2d-lecture"))
    assert listing.differences([vae, ae]) == {"model": ["vae", "ae"]}
    assert listing.differences([vae, lecture]) == {"likelihood": ["bernoulli", "gaussian"]}
    assert listing.differences([vae, vae]) == listing.differences([vae]) == listing.differences([]) == {}
    evil = dataclasses.replace(vae, name="<script>alert(1)</script>")
    assert "<script>" not in listing.as_html([evil.name], {"a": ["<b>"]})


def test_three_hundred_runs_need_no_wait(app: AppTest, runs_folder: Path) -> None:
    """They are read without weights, in a fraction of a second; what is drawn of them is a table."""
    content = files(0)
    for number in range(300):
        path = runs_folder / f"run-{number:03}"
        path.mkdir()
        for name, data in content.items():
            (path / name).write_bytes(data)
    caches.run_cards.clear()
    start = time.perf_counter()
    assert len(list_runs()[0]) == 300 + len(list(SHIPPED.glob("*/run.json")))
    assert time.perf_counter() - start < 2  # a fifth of a second where nothing else runs
    opened(app, RUNS, find="run-1", runs="run-000,run-299")
    assert not app.exception
    assert len(listed(app)) == 100
