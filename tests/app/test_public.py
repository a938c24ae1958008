"""Pages of a public app: they show what was measured before, and compute nothing on request."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from tests.app.conftest import opened
from vaeexplorer.app import caches, state
from vaeexplorer.app.server.served import trainings
from vaeexplorer.app.views.linear import widgets
from vaeexplorer.app.views.linear.training import Setting
from vaeexplorer.app.views.report import reports
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED
from vaeexplorer.trainings import folder


@pytest.fixture
def copy(app: AppTest, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app, open to everybody, with a run of 16 dimensions of which nothing was measured."""
    shutil.copytree(SHIPPED / "mnist-vae-16d", runs_folder / "copy")
    for name in ("umap.npz", "report.json"):
        (runs_folder / "copy" / name).unlink()
    reports.forget()
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    app.query_params.update(run="copy", plane="UMAP", other="mnist-ae-2d")
    return app.run()


PAGES = {
    "explore": "No UMAP layout of this run was stored, and here none is computed.",
    "report": "No report of this latent space was stored, and here none is made.",
    "ae_vs_vae": "No comparison of these two was stored, and here none is measured.",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_public_app_offers_no_computation(copy: AppTest, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(copy, f"views/{page}/page.py", run="copy", plane="UMAP", other="mnist-ae-2d")
    assert not copy.exception
    assert not copy.main.button
    assert PAGES[page] in [each.value for each in copy.caption]
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    copy.run()
    assert len(copy.main.button) == 1


def test_a_long_training_is_refused_whatever_the_address_asks_for(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    asked: list[Setting] = []

    def trained(setting: Setting) -> None:
        asked.append(setting)
        raise UserError("That is enough.")

    monkeypatch.setattr(widgets, "trained", trained)
    opened(app, "views/linear/page.py", **{"break": "sigmoid", "longer": "true"})
    assert app.toggle(key="longer").disabled
    assert [(each.broken, each.longer) for each in asked] == [("sigmoid", False)]


def test_an_error_names_no_folder_of_the_server(app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    monkeypatch.setenv("VAEEXPLORER_DATA", str(tmp_path / "gone"))
    caches.test_images.clear()
    caches._space.clear()
    app.run()
    assert "DATA is gone, which is not a folder" in app.error[0].value
    assert str(tmp_path) not in app.error[0].value.replace("\\", "")


def test_nothing_is_trained_on_the_server_whatever_the_address_asks_for(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "vaeexplorer.app.views.training.server.on_this_server", lambda: pytest.fail("this app trains nothing")
    )
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    opened(app, "views/training/page.py", where="server")
    assert not app.exception
    assert state.WHERE.name not in [each.key for each in app.get("button_group")]


@pytest.mark.parametrize(("path", "method", "status"), [("now", "GET", 403), ("", "POST", 403), ("file", "GET", 404)])
def test_the_routes_of_trainings_answer_nobody(
    runs_folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, method: str, status: int
) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    monkeypatch.setattr(folder, "path_of", lambda name: pytest.fail("nobody may ask"))
    scope: dict[str, Any] = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": []}
    scope["path_params"] = {"name": "mine", "file": f"test-{16 * '0'}.bin"}
    answers = {"now": trainings.now, "file": trainings.file}
    answer = answers[path](Request(scope)) if path else asyncio.run(trainings.ask(Request(scope)))
    assert answer.status_code == status


@pytest.mark.parametrize("page", ["images", "runs"])
def test_a_public_app_takes_no_files(app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("VAEEXPLORER_PUBLIC", "1")
    opened(app, f"views/{page}/page.py")
    assert not app.exception
    assert not app.get("file_uploader")
    monkeypatch.delenv("VAEEXPLORER_PUBLIC")
    assert app.run().get("file_uploader")
