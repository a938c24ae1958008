"""The import table: who may import whom. README.md shows it to people; this holds it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "vaeexplorer"
EVERY_ROOM = {
    *("version", "config", "documents", "codes", "files", "data", "network", "runs", "spaces", "analysis", "figures"),
    *("browser", "results", "recipes", "export"),
}

# Besides the standard library and NumPy.
TABLE: dict[str, set[str]] = {
    "__init__": {"version"},
    "version": set(),
    "documents": {"msgspec"},
    "config": {"msgspec", "documents"},
    "codes": set(),
    "files": set(),
    "data": {"platformdirs", "filelock", "torchvision", "analysis", "config", "files"},
    "network": {"torch", "safetensors", "codes", "config", "data", "documents", "files"},
    "runs": {"torch", "safetensors", "filelock", "codes", "config", "documents", "files", "network", "version"},
    "spaces": {"analysis", "codes", "config", "data", "runs", "app"},
    "analysis": {"scipy", "sklearn", "umap", "torch", "threadpoolctl"},
    "results": {"torch", "analysis", "codes", "config", "data", "documents", "files", "network", "runs", "version"},
    "figures": {"plotly", "analysis"},
    "browser": {"PIL", "analysis", "codes", "config", "files", "network"},
    "export": {"PIL", "jinja2", "analysis", "browser", "codes", "data", "figures", "files", "runs"},
    "recipes": {"PIL", "torch", "joblib", "analysis", "config", "data", "documents", "files", "network", "results"}
    | {"runs", "version"},
    "app": {"streamlit", "starlette", "uvicorn", "PIL"} | EVERY_ROOM - {"recipes"},
    "commands": {"tyro", "rich"} | EVERY_ROOM,
    "__main__": {"tyro", "commands", "config", "data"},
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Rooms and libraries that a file imports anywhere, other than for type checking alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "vaeexplorer" else [module]
        else:
            continue
        for name in names:
            top, *rest = name.split(".")
            found.add(rest[0] if top == "vaeexplorer" and rest else top)
    return found - set(sys.stdlib_module_names) - {"numpy", "vaeexplorer"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    allowed = TABLE[room(path)] | {room(path)}
    assert imports(path) <= allowed, f"{room(path)} may not import {imports(path) - allowed}"


def test_only_the_download_imports_torchvision_and_only_when_asked() -> None:
    tree = ast.parse((PACKAGE / "data" / "download.py").read_text(encoding="utf-8"))
    top_level = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not any("torchvision" in line for line in top_level)


PACKING = (
    "from vaeexplorer.browser.packing.network import pack_network; run = vaeexplorer.load_run('mnist-vae-2d'); "
    "pack_network(run.config, run.weights)"
)


@pytest.mark.parametrize("use", ["vaeexplorer.load_dataset", "vaeexplorer.list_runs()", "vaeexplorer.explore", PACKING])
def test_importing_the_package_and_listing_runs_is_light(use: str) -> None:
    heavy = ("torch", "streamlit", "umap", "plotly", "sklearn", "scipy", "torchvision")
    code = f"import sys, vaeexplorer; {use}; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_public_names_are_there() -> None:
    import vaeexplorer as vx

    assert all(callable(getattr(vx, name)) for name in vx.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        vx.nonsense  # noqa: B018
