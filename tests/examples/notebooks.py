"""The notebooks of examples/: written, run, and kept with pictures in the place of widgets.

`python -m tests.examples.notebooks` runs them and writes their outputs, which a web page of the repository shows.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "examples"
NAMES = ("tour", "is_my_vae_regularized", "ae_vs_vae")
PATIENCE = 300  # seconds for a cell
VIEW = "application/vnd.jupyter.widget-view+json"


def read(name: str) -> Any:
    """A notebook."""
    import nbformat

    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def run(notebook: Any, folder: Path) -> Any:
    """The notebook after a kernel has run it in a folder; what fails raises."""
    from nbclient import NotebookClient

    NotebookClient(
        notebook, timeout=PATIENCE, store_widget_state=False, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def with_pictures(notebook: Any) -> Any:
    """The notebook after it was run, with what a page that runs nothing can show: of widgets, their picture."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            if VIEW in output.get("data", {}):
                output["data"] = {kind: output["data"][kind] for kind in ("image/png", "text/plain")}
    notebook.metadata.pop("widgets", None)
    return notebook


def main() -> None:
    """Run those named, or all, and write their outputs."""
    import nbformat

    for name in sys.argv[1:] or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            notebook = with_pictures(run(read(name), Path(folder)))
        nbformat.write(notebook, FOLDER / f"{name}.ipynb")


if __name__ == "__main__":
    main()
