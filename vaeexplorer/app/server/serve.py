"""The app as a process of its own, started from Python: what `streamlit run app.py` is in the repository."""

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config

from vaeexplorer.app.server.server import ROUTES, lifespan, middleware
from vaeexplorer.app.server.settings import settings, unless_in_environment

MAIN = Path(__file__).parents[1] / "main.py"


def serve(options: dict[str, Any]) -> None:
    """Open the app, and return when it has ended.

    Args:
        options: of Streamlit, by their full names; they count for more than the environment and the app's settings.
    """
    options = unless_in_environment(settings()) | options
    config.get_config_options(force_reparse=True, options_from_flags=options)  # the middleware asks for them
    app = st.App(MAIN, lifespan=lifespan, routes=ROUTES, middleware=middleware())
    app.run(config=options)
