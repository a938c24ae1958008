"""The JavaScript modules as one script without imports, for a Streamlit component or a page that works from file://.

Each module becomes a block of its own scope that returns what it exports, in the order of dependence; names of
different modules cannot clash. The modules keep to what this reads: named imports of siblings, and `export` before a
`function`, `class` or `const`. Only the entry may have an `export default`, and it stays the script's.
"""

import functools
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
WORKER, WORKER_SOURCE = "worker.js", "worker_source.js"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*? |class |const )(\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b(?! default function).*", re.MULTILINE)


@functools.cache
def script(entry: str) -> str:
    """A module of this folder and all it imports as one script; an `export default` of the entry is kept.

    Raises:
        FileNotFoundError: there is no such module.
        ValueError: a module imports or exports in a way that is not understood, or modules import each other in a ring.
    """
    blocks: dict[str, str] = {}
    body = _scoped(entry, blocks, (), is_entry=True)
    return "\n".join([*blocks.values(), body])


@functools.cache
def style(*more: str) -> str:
    """The plane's style sheet, and others of this folder that build on it."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("latent_plane.css", *more))


def _scoped(name: str, blocks: dict[str, str], importers: tuple[str, ...], *, is_entry: bool = False) -> str:
    """The module's text with its imports taken from `blocks`, to which the modules it needs are added first."""
    if name in importers:
        raise ValueError(f"{' imports '.join((*importers, name))}: a ring.")
    text = _read(name)
    for needed in (match[2] for match in _IMPORT.finditer(text)):
        if needed not in blocks:
            blocks[needed] = _scoped(needed, blocks, (*importers, name))
    exported = [match[1] for match in _EXPORT.finditer(text)]
    text = _EXPORT.sub("", _IMPORT.sub(_take, text))
    for left in _LEFT_OVER.finditer(text):
        if not (is_entry and left[0].startswith("export default")):
            raise ValueError(f"{name}: {left[0]!r} cannot be bundled.")
    if is_entry:
        return text
    return f"const {_variable(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"


def _read(name: str) -> str:
    text = (HERE / name).read_text(encoding="utf-8")
    if name != WORKER_SOURCE:
        return text
    # "</" would end the script element of a page that holds this.
    source = json.dumps('"use strict";\n' + script(WORKER)).replace("</", "<\\/")
    return f"export const WORKER_SOURCE = {source};\n"


def _take(match: re.Match[str]) -> str:
    names = ", ".join(name.strip().replace(" as ", ": ") for name in match[1].split(",") if name.strip())
    return f"const {{ {names} }} = {_variable(match[2])};\n"


def _variable(name: str) -> str:
    return "module_" + name.removesuffix(".js")
