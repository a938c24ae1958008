"""What the package and its extras require, when it is built: read from requirements.txt, so that it is written once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

TESTS = "# What its tests need."
"""the line of requirements.txt above what only tests need"""
NOTEBOOK = ("anywidget", "kaleido")
"""of these requirements, those of the widgets"""
FILM = ("imageio-ffmpeg",)
"""and that of films as MP4"""


class Requirements(MetadataHookInterface):
    """Fills in `dependencies` and `optional-dependencies`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add what requirements.txt says."""
        text = (Path(self.root) / "requirements.txt").read_text(encoding="utf-8")
        app, tests = (
            [line for line in part.splitlines() if line and not line.startswith("#")] for part in text.split(TESTS)
        )
        notebook = [line for line in tests if line.startswith(NOTEBOOK)]
        metadata["dependencies"] = app
        film = [line for line in tests if line.startswith(FILM)]
        metadata["optional-dependencies"] = {"film": film, "notebook": notebook, "test": tests}
