"""The JavaScript's folders: who may import whom, and how large files and folders may grow. Types count as imports."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from vaeexplorer.browser import bundle

WIDGETS = ("plane", "from_x", "pair", "beta", "linear", "train", "served", "lecture", "film")
# A folder may import itself and these.
ALLOWED = {
    "entries": {*WIDGETS, "charts", "files", "interact", "draw", "engine"},
    "notebook": {*WIDGETS, "files", "interact", "draw", "decoding", "engine"},
    "standalone": {*WIDGETS, "entries", "files", "interact", "draw", "engine"},
    **{widget: {"files", "interact", "charts", "draw", "decoding", "engine"} for widget in WIDGETS},
    "from_x": {"posterior", "files", "interact", "charts", "draw", "decoding", "engine"},
    "charts": {"draw", "engine"},
    "served": {"train", "record", "learning", "interact", "draw", "engine"},
    "train": {
        "charts",
        "experiments",
        "record",
        "files",
        "interact",
        "learning",
        "network",
        "draw",
        "decoding",
        "kernel",
        "engine",
    },
    "film": {"charts", "interact", "learning", "draw", "engine"},
    "experiments": {"charts", "record", "learning", "network", "draw", "engine"},
    "record": {"files", "learning", "network", "engine"},
    "files": {"draw", "engine"},
    "interact": {"draw", "engine"},
    "draw": {"engine"},
    "learning": {"network", "kernel", "engine"},
    "network": {"kernel"},
    "posterior": {"draw", "decoding", "engine", "kernel"},
    "decoding": {"engine", "kernel"},
    "engine": set[str](),
    "kernel": set[str](),
}

MOST_FILES, MOST_LINES, MOST_COLUMNS = 12, 300, 120

# `import {a} from "./b.js"` and, in a JSDoc type, `import("./b.js").A`; wherever a line breaks.
IMPORT = re.compile(r'\bimport\s*(?:\{[^}]*\}\s*from\s*|\(\s*)"(\.{1,2}/[^"]+)"')
# What only a page has. Workers and node have `self`, `fetch`, `Blob`, `ImageBitmap` and timers too.
PAGE_ONLY = re.compile(
    r"\b(?:document|window|navigator|localStorage|HTML\w*Element|SVG\w*Element|Element|Node|\w*Canvas\w*|getContext|"
    r"ImageData|getComputedStyle|matchMedia|devicePixelRatio|requestAnimationFrame|ResizeObserver|PointerEvent)\b"
)


def imports(root: Path) -> dict[str, set[str]]:
    """What each module below a folder imports, by value or by type; both as paths below it."""
    graph = {}
    for path in sorted(root.rglob("*.js")):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        graph[name] = {posixpath.normpath(posixpath.join(posixpath.dirname(name), to)) for to in IMPORT.findall(text)}
    return graph


def forbidden(graph: dict[str, set[str]]) -> Iterator[str]:
    """The imports that lead where the importing folder may not go."""
    for name, needed in graph.items():
        folder = posixpath.dirname(name)
        for other in sorted(needed):
            if posixpath.dirname(other) not in ALLOWED[folder] | {folder}:
                yield f"{name} imports {other}"


def ring(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle; none if there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_every_import_leads_to_a_module() -> None:
    graph = imports(bundle.HERE)
    assert {posixpath.dirname(name) for name in graph} == set(ALLOWED)
    assert set().union(*graph.values()) <= set(graph)


def test_imports_lead_down_alone() -> None:
    assert list(forbidden(imports(bundle.HERE))) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert ring(imports(bundle.HERE)) == []


def test_the_engine_knows_nothing_of_a_page() -> None:
    found = {
        f"{path.name}: {match[0]}"
        for path in (bundle.HERE / "engine").glob("*.js")
        for match in PAGE_ONLY.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_folders_and_files_are_small() -> None:
    paths = [path for path in bundle.HERE.glob("*/*") if path.suffix in (".js", ".css")]
    folders = Counter(path.parent.name for path in paths)
    lines = {path.relative_to(bundle.HERE): path.read_text(encoding="utf-8").splitlines() for path in paths}
    wide = [f"{name}:{k}" for name in lines for k, line in enumerate(lines[name], 1) if len(line) > MOST_COLUMNS]
    assert {name: count for name, count in folders.items() if count > MOST_FILES} == {}
    assert {name: len(lines[name]) for name in lines if len(lines[name]) > MOST_LINES} == {}
    assert wide == []


@pytest.mark.parametrize(
    ("importing", "line", "is_forbidden"),
    [
        ("plane/a.js", 'import { b } from "../engine/b.js";', False),
        ("plane/a.js", 'import { b } from "./b.js";', False),
        ("plane/a.js", 'import {\n  b,\n  c,\n} from "../beta/b.js";', True),
        ("draw/a.js", '/** @param {import("../plane/b.js").B} b */', True),
        ("engine/a.js", '/** @typedef {import("../draw/b.js").B} B */', True),
    ],
)
def test_what_would_be_forbidden(tmp_path: Path, importing: str, line: str, is_forbidden: bool) -> None:
    path = tmp_path / importing
    path.parent.mkdir()
    path.write_text(line)
    assert bool(list(forbidden(imports(tmp_path)))) == is_forbidden


def test_a_circle_of_types_is_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    (tmp_path / "b.js").write_text('/** @typedef {import("./c.js").C} C */\n')
    (tmp_path / "c.js").write_text("")
    assert ring(imports(tmp_path)) == []
    (tmp_path / "c.js").write_text('/** @param {import("./a.js").A} a */\n')
    assert set(ring(imports(tmp_path))) == {"a.js", "b.js", "c.js"}


def test_what_a_page_alone_has() -> None:
    assert PAGE_ONLY.search('document.createElement("p")')
    assert PAGE_ONLY.search("/** @param {HTMLCanvasElement} canvas */")
    assert not PAGE_ONLY.search("self.postMessage(setTimeout, fetch(url), createImageBitmap(blob))")


def test_numbers_and_canvases(node: Callable[..., str]) -> None:
    node("--test", "draw.test.js")
