from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import vaeexplorer.app
from vaeexplorer.app import caches

MAIN = Path(vaeexplorer.app.__file__).parent / "main.py"
PAGES = [f"views/{path.parent.name}/page.py" for path in sorted(MAIN.parent.glob("views/*/page.py"))]


@pytest.fixture
def app(runs_folder: Path) -> Iterator[AppTest]:
    """The app, not run yet, on the shipped runs and an empty folder for the user's own.

    What is known by its content is shared by the tests, as it is by visitors; which runs there are is not.
    """
    runs_folder.mkdir()
    listed, umap = caches.run_cards, caches._umap  # as they are before a test puts others in their place
    listed.clear()
    umap.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=60)
    listed.clear()
