"""What is made before the first visitor comes."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import figures
from vaeexplorer.app import caches, ready
from vaeexplorer.runs.folder import RunError


def test_what_is_ready_is_not_made_for_a_visitor(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    card = next(card for card in caches.run_cards()[0] if card.name == "mnist-vae-2d")
    monkeypatch.setattr(ready, "_works", lambda: [partial(make, card) for make in ready.PAGES])
    monkeypatch.setattr(ready, "_every_k", list)
    ready.make_ready()
    for maker in ("report.reports.draw", "report.reports.look", "ae_vs_vae.comparison.contact_sheet"):
        monkeypatch.setattr(f"vaeexplorer.app.views.{maker}", lambda *_: pytest.fail("it was not ready"))
    monkeypatch.setattr("vaeexplorer.app.views.report.measured.drawn", lambda *_: pytest.fail("it was not ready"))
    app.run()
    page = app.switch_page("views/report/page.py").run()
    assert not page.exception
    assert len(figures(page)) == 12


def test_pages_are_ready_before_every_k_and_what_cannot_be_made_leaves_the_rest_ready(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[int] = []

    def fail(error: Exception) -> None:
        raise error

    unread, ours = RunError("The run x cannot be read."), AttributeError("A mistake of ours.")
    monkeypatch.setattr(ready, "_works", lambda: [partial(fail, unread), partial(fail, ours), partial(done.append, 1)])
    monkeypatch.setattr(ready, "_every_k", lambda: [partial(done.append, 2)])
    ready.make_ready()
    assert done == [1, 2]
    lines = [line.split(" is ready")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["Every page", "Every k of the linear page"]
