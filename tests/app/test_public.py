"""Pages of a public app: they show what was measured before, and compute nothing on request."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import opened
from vaeexplorer.app import caches
from vaeexplorer.app.views.linear import widgets
from vaeexplorer.app.views.linear.training import Setting
from vaeexplorer.app.views.report import reports
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED


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
