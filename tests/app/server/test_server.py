"""What the server imports, and when."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from threading import Event

import pytest
from streamlit import config

import vaeexplorer.app
from vaeexplorer.app import ready
from vaeexplorer.app.server import assets, server
from vaeexplorer.runs.folder import RunCard

MAIN = Path(vaeexplorer.app.__file__).parent / "main.py"


def test_the_first_page_and_its_files_need_neither_torch_nor_pandas() -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
from vaeexplorer.app import sidebar
from vaeexplorer.app.server import assets
app = AppTest.from_file({str(MAIN)!r}, default_timeout=60).run()
assert not app.exception and app.title
assets.prepare(sidebar.first_choice(sidebar.cards("mnist")))
print([name for name in ("torch", "pandas", "pyarrow", "sklearn", "umap") if name in sys.modules])
"""
    root = str(MAIN.parents[2])
    env = os.environ | {"PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_heavy_modules_follow_when_the_first_page_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    served = Event()
    monkeypatch.setattr(server, "_is_served", served)
    monkeypatch.setattr(server, "REST", 0.0)

    def make_ready(card: RunCard) -> None:
        said.append(card.name)
        served.set()

    monkeypatch.setattr(assets, "prepare", make_ready)
    monkeypatch.setattr(server, "warm_up", lambda: said.append("warm"))
    server.prepare()
    assert said == ["mnist-vae-2d", "warm"]


@pytest.mark.parametrize("name", ["VAEEXPLORER_READY", "VAEEXPLORER_PUBLIC"])
def test_for_a_class_everything_is_made_before_anybody_comes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    said: list[str] = []
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr(server, "UNVISITED", float("inf"))  # waited for, it would never come
    monkeypatch.setattr(server, "_is_served", Event())
    monkeypatch.setattr(assets, "prepare", lambda card: said.append(card.name))
    monkeypatch.setattr(server, "warm_up", lambda: said.append("warm"))
    monkeypatch.setattr(ready, "make_ready", lambda: said.append("ready"))
    server.prepare()
    assert said == ["mnist-vae-2d", "warm", "ready"]


def test_those_who_serve_have_no_watcher_and_no_collection_after_every_rerun() -> None:
    """Both are settings of Streamlit's that may vanish from it; whoever develops turns the watcher on."""
    settings = tomllib.loads((MAIN.parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
    assert settings["server"]["fileWatcherType"] == "none"
    for section in settings.keys() - {"theme"}:
        assert settings[section].keys() <= config.get_options_for_section(section).keys()
