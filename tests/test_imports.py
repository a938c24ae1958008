"""The shape of the package: who imports whom (pyproject.toml has the rules), how large a file and a folder may be."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaeexplorer"
MOST_LINES, MOST_FILES = 300, 12


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a copy of the project."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_imports_run_one_way() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("runs/folder.py", "import vaeexplorer.results.sweep", "Arrows run one way"),
        ("runs/folder.py", "def late() -> None:\n    import vaeexplorer.runs.finish", "in a circle"),
        ("analysis/report/null.py", "import vaeexplorer.analysis.linear.film", "No subject of the analysis"),
        ("app/views/beta/page.py", "import vaeexplorer.app.views.linear.widgets", "No page imports another"),
        ("browser/packing/network.py", "import vaeexplorer.network.models", "packed from configurations"),
        ("commands/runs.py", "import vaeexplorer.app.state", "does not import the app"),
        ("export/html.py", "import streamlit", "Only the app imports streamlit"),
        ("export/html.py", "import plotly", "Only figures import plotly"),
        ("figures/theme.py", "import torch", "No torch in what"),
    ],
)
def test_the_rules_notice_what_they_forbid(file: str, line: str, contract: str, tmp_path: Path) -> None:
    for path in PACKAGE.rglob("*.py"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (tmp_path / "vaeexplorer" / file).open("a", encoding="utf-8") as added:
        added.write(f"\n{line}\n")
    done = linted(tmp_path)
    assert done.returncode == 1, done.stdout
    assert any(contract in said and "BROKEN" in said for said in done.stdout.splitlines()), done.stdout


def test_no_file_and_no_folder_is_too_large() -> None:
    files = list(PACKAGE.rglob("*.py"))
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert [str(path) for path, count in lines.items() if count > MOST_LINES] == []
    in_folder = Counter(path.parent for path in files if path.name != "__init__.py")
    assert [str(folder) for folder, count in in_folder.items() if count > MOST_FILES] == []


def test_every_room_says_what_it_is() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert len(docstring) > 20, path


def test_only_the_download_imports_torchvision_and_only_when_asked() -> None:
    tree = ast.parse((PACKAGE / "data" / "download.py").read_text(encoding="utf-8"))
    top_level = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not any("torchvision" in line for line in top_level)


PACKING = (
    "from vaeexplorer.browser.packing.network import pack_network; run = vaeexplorer.load_run('mnist-vae-2d'); "
    "pack_network(run.config, run.weights)"
)


USES = ("vaeexplorer.load_dataset", "vaeexplorer.list_runs()", "vaeexplorer.explore", PACKING)


def test_importing_the_package_and_listing_runs_is_light() -> None:
    heavy = ("torch", "streamlit", "umap", "plotly", "sklearn", "scipy", "torchvision")
    seen = f"print([m for m in {heavy} if m in sys.modules])"
    code = "\n".join(["import sys, vaeexplorer", *(f"{use}; {seen}" for use in USES)])
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.splitlines() == ["[]"] * len(USES)


def test_the_public_names_are_there() -> None:
    import vaeexplorer as vx

    assert all(callable(getattr(vx, name)) for name in vx.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        vx.nonsense  # noqa: B018


MODULES_OF_POSIX = {"fcntl", "grp", "pwd", "resource", "termios"}
NAMES_OF_POSIX = re.compile(
    r"os\.(fork|getuid|geteuid|getpgid|setsid|killpg|mkfifo|nice|[gs]etpriority|sysconf|wait\w*)|signal\.(SIG(KILL|ALRM|HUP)|alarm)"
)


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed when a module is imported: all but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, child.args):
                yield from ast.walk(part)
        elif not isinstance(child, ast.Lambda):
            yield from executed(child)


def of_posix(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What of it Windows lacks."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from MODULES_OF_POSIX & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            yield from MODULES_OF_POSIX & {node.module or ""}
        elif isinstance(node, ast.Attribute) and NAMES_OF_POSIX.fullmatch(name := ast.unparse(node)):
            yield name


def test_the_package_needs_nothing_that_windows_lacks_and_tests_can_be_collected_there() -> None:
    for path in (*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.parent.name != "benchmarks":
            nodes = ast.walk(tree) if path.is_relative_to(PACKAGE) else executed(tree)
            assert list(of_posix(nodes)) == [], path


@pytest.mark.parametrize(
    "code", ["import resource", "from fcntl import flock", "def f(x=signal.SIGKILL): ...", "class A:\n x = os.getuid()"]
)
def test_what_windows_lacks_is_noticed(code: str) -> None:
    assert len(list(of_posix(executed(ast.parse(code))))) == 1
    assert list(of_posix(executed(ast.parse("def f():\n    os.fork()")))) == []
