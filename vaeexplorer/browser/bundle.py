"""The JavaScript modules as one script without imports, for a Streamlit component or a page that works from file://.

Each module becomes a block of its own scope that returns what it exports, in the order of dependence; names of
different modules cannot clash, nor can files of one name in different folders. The modules keep to what this reads:
named imports by relative path, and `export` before a `function`, `class` or `const`. Only the entry may have an
`export default`, and it stays the script's.
"""

import functools
import json
import posixpath
import re
from pathlib import Path

HERE = Path(__file__).parent
SHARED = ("style/type.css", "style/widget.css", "style/image_size.css", "style/states.css", "style/present.css")
WORKERS = {f"{room}/worker_source.js": f"{room}/worker.js" for room in ("decoding", "learning", "posterior")}

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*? |class |const )(\w+))", re.MULTILINE)
# A second name of one declaration, which the block would not return.
_SECOND = re.compile(r"^export const [^;]*?,\n {2}\w+ = .*", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b(?! default function).*", re.MULTILINE)
# Comments are a quarter of what a page would be sent, and nothing of what it runs.
_BLOCK = r"/\*\*(?:[^*]|\*(?!/))*\*/"
_COMMENT = re.compile(rf"^[ \t]*(?:{_BLOCK}[ \t]*|//.*)\n|{_BLOCK} ?|(?<=[;,{{]) // [^`\n]*$", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_SPARED = re.compile(r"^ +|/\*(?:[^*]|\*(?!/))*\*/\n?", re.MULTILINE)
"""of a style sheet"""


@functools.cache
def script(entry: str) -> str:
    """A module and all it imports as one script; an `export default` of the entry stays.

    Args:
        entry: its path below this folder, `entries/plane.js`.

    Raises:
        FileNotFoundError: there is no such module.
        ValueError: a module imports or exports in a way that is not understood, or modules import each other in a ring.
    """
    blocks: dict[str, str] = {}
    body = _scoped(entry, blocks, (), is_entry=True)
    return "\n".join([*blocks.values(), body])


@functools.cache
def style(*sheets: str) -> str:
    """The style sheets that all widgets share, and after them the widgets' own, by their paths below this folder.

    Raises:
        FileNotFoundError: there is no such sheet.
    """
    return sheets_alone(*SHARED, *sheets)


@functools.cache
def sheets_alone(*sheets: str) -> str:
    """Style sheets by their paths below this folder, as one.

    Raises:
        FileNotFoundError: there is no such sheet.
    """
    return "\n".join(_SPARED.sub("", (HERE / name).read_text(encoding="utf-8")) for name in sheets)


def _scoped(name: str, blocks: dict[str, str], importers: tuple[str, ...], *, is_entry: bool = False) -> str:
    """The module's text with its imports taken from `blocks`, to which the modules it needs are added first."""
    if name in importers:
        raise ValueError(f"{' imports '.join((*importers, name))}: a ring.")
    text = _read(name)
    folder = posixpath.dirname(name)
    for needed in (_path(folder, match) for match in _IMPORT.finditer(text)):
        if needed not in blocks:
            blocks[needed] = _scoped(needed, blocks, (*importers, name))
    if second := _SECOND.search(text):
        raise ValueError(f"{name}: {second[0]!r} declares several names; export each by itself.")
    exported = [match[1] for match in _EXPORT.finditer(text)]
    text = _EXPORT.sub("", _IMPORT.sub(functools.partial(_take, folder), text))
    for left in _LEFT_OVER.finditer(text):
        if not (is_entry and left[0].startswith("export default")):
            raise ValueError(f"{name}: {left[0]!r} cannot be bundled.")
    if not any(
        line.count("`") % 2 for line in text.splitlines()
    ):  # no text of several lines, which begin as they should
        text = _INDENT.sub("", text)
    if is_entry:
        return text
    return f"const {_variable(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"


def _read(name: str) -> str:
    text = _COMMENT.sub("", (HERE / name).read_text(encoding="utf-8"))
    if name not in WORKERS:
        return text
    # "</" would end the script element of a page that holds this.
    source = json.dumps('"use strict";\n' + script(WORKERS[name]), ensure_ascii=False).replace("</", "<\\/")
    return f"export const WORKER_SOURCE = {source};\n"


def _path(folder: str, imported: re.Match[str]) -> str:
    return posixpath.normpath(posixpath.join(folder, imported[2]))


def _take(folder: str, match: re.Match[str]) -> str:
    names = ", ".join(name.strip().replace(" as ", ": ") for name in match[1].split(",") if name.strip())
    return f"const {{ {names} }} = {_variable(_path(folder, match))};\n"


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))
