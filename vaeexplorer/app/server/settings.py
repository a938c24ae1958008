"""The settings of Streamlit that the app has, read from `.streamlit/config.toml` wherever the package lies."""

import os
import re
import tomllib
from typing import Any

from vaeexplorer.files import shipped

FILE = shipped("app/config.toml", ".streamlit/config.toml")


def settings() -> dict[str, Any]:
    """What the file says, by the full names of the options: {"theme.light.textColor": "#1d1f24", ...}."""
    return _flat(tomllib.loads(FILE.read_text(encoding="utf-8")))


def unless_in_environment(options: dict[str, Any]) -> dict[str, Any]:
    """Those that no variable of the environment sets: a variable counts for more than the file, as with Streamlit."""
    return {name: value for name, value in options.items() if _variable(name) not in os.environ}


def _variable(option: str) -> str:
    """server.allowedHosts -> STREAMLIT_SERVER_ALLOWED_HOSTS."""
    return "STREAMLIT_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", option).replace(".", "_").upper()


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """{"theme": {"light": {"x": 1}}} -> {"theme.light.x": 1}."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
