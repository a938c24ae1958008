import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

import vaeexplorer.app
from tests import quick_app
from vaeexplorer.app import caches, state
from vaeexplorer.app.server import assets
from vaeexplorer.app.views.ae_vs_vae import comparison

MAIN = Path(vaeexplorer.app.__file__).parent / "main.py"
PAGES = [f"views/{path.parent.name}/page.py" for path in sorted(MAIN.parent.glob("views/*/page.py"))]


def components(app: AppTest) -> list[dict[str, Any]]:
    """What the widgets of the page are given."""
    return [data for data in _given(app) if "of" in data]


def ordered(app: AppTest) -> dict[str, str]:
    """What the browser was told last to write into the address."""
    (order,) = [data for data in _given(app) if not data.keys() & {"of", "figures"}]
    texts: dict[str, str] = order.get("texts", {})
    return texts


def figures(app: AppTest) -> list[dict[str, Any]]:
    """The figures that the page shows, as a browser fetches them."""
    return [each for each in places(app) if each]


def places(app: AppTest) -> list[dict[str, Any] | None]:
    """The same, row by row, and None where a place is empty."""
    shown = [each for data in _given(app) for each in data.get("figures", [])]
    return [each and _fetched(each["url"]) for each in shown]


def _fetched(url: str) -> dict[str, Any]:
    asset = assets.find(*url.split("/")[1:])
    assert asset is not None
    document: dict[str, Any] = json.loads(asset.data)
    return document


def _given(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(each.proto.json)[0] for each in app.get("bidi_component")]


def opened(app: AppTest, page: str, **query: str) -> AppTest:
    """A page, as an address opens it."""
    app.run()
    del app.session_state[
        state.ADDRESS
    ]  # as in a new session; but the first run of an AppTest is always of the first page
    app.query_params.update(query)
    return app.switch_page(page).run(timeout=60)


@pytest.fixture
def app(runs_folder: Path, quick_evidence: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app, not run yet, on the shipped runs and an empty folder for the user's own.

    What is known by its content is shared by the tests, as it is by visitors; which runs there are is not. Samples of
    an autoencoder are some of its codes: no mixture is fitted to them. They are few, and so are the images whose
    nearest training images are looked for.
    """
    monkeypatch.setattr(comparison, "sample", quick_app.some)
    monkeypatch.setattr(comparison, "SAMPLES", 8)
    monkeypatch.setattr(comparison, "warm_up", lambda space: None)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)  # which reads of every installed package
    runs_folder.mkdir()
    listed, umap = caches.run_cards, caches._umap  # as they are before a test puts others in their place
    listed.clear()
    umap.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=60)
    listed.clear()
