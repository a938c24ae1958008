from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import vaeexplorer.app

MAIN = Path(vaeexplorer.app.__file__).parent / "main.py"
PAGES = [f"views/{path.parent.name}/page.py" for path in sorted(MAIN.parent.glob("views/*/page.py"))]


@pytest.fixture
def app(runs_folder: Path) -> Iterator[AppTest]:
    """The app, not run yet, on the shipped runs and an empty folder for the user's own."""
    runs_folder.mkdir()
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=60)
    st.cache_resource.clear()
