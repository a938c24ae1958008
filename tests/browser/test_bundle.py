"""Modules become one script that says the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vaeexplorer.browser import bundle

ENTRIES = [
    *sorted(f"entries/{path.name}" for path in (bundle.HERE / "entries").glob("*.js")),
    *sorted(f"standalone/{path.name}" for path in (bundle.HERE / "standalone").glob("*.js")),
    "decoding/worker.js",
    "notebook/notebook.js",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place to bundle from."""
    monkeypatch.setattr(bundle, "HERE", tmp_path)
    bundle.script.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def forget() -> None:
    bundle.script.cache_clear()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_bundle_is_one_script_that_can_lie_in_a_page(entry: str, node: Callable[..., str], modules: Path) -> None:
    script = bundle.script(entry)
    assert "</" not in script.replace("<\\/", ""), "would end the script element"
    assert "<!--" not in script
    assert ("export default" in script) == entry.startswith(("entries/", "notebook/"))
    (modules / "bundled.mjs").write_text(script, encoding="utf-8")
    node("--check", "bundled.mjs")


def test_the_worker_travels_inside() -> None:
    assert "onmessage" in bundle.script("decoding/worker_source.js")
    assert 'WORKER_SOURCE = ""' not in bundle.script("standalone/export.js")


def test_names_of_different_modules_do_not_clash(folder: Path, node: Callable[..., str]) -> None:
    (folder / "one.js").write_text("const secret = 1;\nexport const one = () => secret;\n")
    (folder / "two.js").write_text('import { one } from "./one.js";\nconst secret = 2;\nexport function two() {\n'
                                   "  return 10 * one() + secret;\n}\n")  # fmt: skip
    (folder / "entry.js").write_text('import { two as deux } from "./two.js";\nimport {\n  one,\n} from "./one.js";\n'
                                     "const secret = 3;\nconsole.log(deux(), one(), secret);\n")  # fmt: skip
    assert node("--input-type=module", "-e", bundle.script("entry.js")).split() == ["12", "1", "3"]


def test_files_of_one_name_in_two_folders_are_two_modules(folder: Path, node: Callable[..., str]) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "url.js").write_text(f'export const where = "{name}";\n')
    (folder / "a" / "near.js").write_text('import { where } from "./url.js";\nexport const near = where;\n')
    (folder / "b" / "entry.js").write_text('import { near } from "../a/near.js";\nimport { where } from "./url.js";\n'
                                           "console.log(near, where);\n")  # fmt: skip
    assert node("--input-type=module", "-e", bundle.script("b/entry.js")).split() == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./one.js";',
        'import "./one.js";',
        'import one from "./one.js";',
        'export { one } from "./one.js";',
        "export let one = 1;",
        "export const one = 1,\n  two = 2;",
    ],
)
def test_what_cannot_be_bundled_is_refused(folder: Path, line: str) -> None:
    (folder / "one.js").write_text("export const one = 1;\n")
    (folder / "entry.js").write_text(line + "\n")
    with pytest.raises(ValueError, match=r"entry\.js"):
        bundle.script("entry.js")


def test_a_ring_of_imports_is_refused(folder: Path) -> None:
    (folder / "a.js").write_text('import { b } from "./b.js";\nexport const a = 1;\n')
    (folder / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1;\n')
    with pytest.raises(ValueError, match="ring"):
        bundle.script("a.js")


def test_comments_stay_at_home_and_nothing_else_does() -> None:
    script = bundle.script("entries/train.js")
    assert "/**" not in script
    assert "// @ts-check" not in script
    assert "step // each + 1" in script  # Python, in the script that a page writes
    assert "\n\nclass Net(nn.Module):" in script
    assert "/*" not in bundle.style("plane/latent_plane.css")
