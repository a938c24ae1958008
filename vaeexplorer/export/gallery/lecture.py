"""The lecture in a gallery: those of its scenes that a page without a server can show."""

import json
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import parse_qsl

from markupsafe import Markup

from vaeexplorer.browser import bundle
from vaeexplorer.export.places import Beside
from vaeexplorer.lecture.scenes import DEFAULT, Scene, described, read_lecture

_STYLE = """\
html.in-lecture body { padding-top: calc(var(--lecture-top, 4rem) + 0.5rem); padding-bottom: 4.5rem; }
html.in-lecture :is(body > header, body > nav, body > footer) { display: none; }
html.in-presenter :is(main, section, h1, h2):not(.lecture *) { display: none; }
"""


def strip(files: Collection[str], place: Beside, train: str) -> Markup:
    """What is put at the end of each page: the scenes, and the script that turns them; empty where no scene is left.

    Args:
        files: names of the pages that there are.
        place: where styles and scripts are.
        train: the name of the page on which one trains.
    """
    lecture = read_lecture(DEFAULT)
    shown = [(scene, file) for scene in lecture.scenes if (file := _file(scene, train)) in files]
    if not shown:
        return Markup()
    given = described(replace(lecture, scenes=[scene for scene, _ in shown]))
    given |= {"files": [file for _, file in shown], "presenter": False}
    text = Markup(json.dumps(given).replace("<", "\\u003c"))
    sheet = place.style(bundle.style("lecture/lecture.css") + _STYLE)
    script = place.script(bundle.script("standalone/lecture.js"))
    return Markup('{}<script type="application/json" id="lecture">{}</script>\n{}\n').format(sheet, text, script)


def first_scene(files: Collection[str], train: str) -> str:
    """The address of the first scene that there is; empty where there is none."""
    found = (_file(scene, train) for scene in read_lecture(DEFAULT).scenes)
    return next((f"{file}?lecture=1" for file in found if file in files), "")


def _file(scene: Scene, train: str) -> str:
    """The page of the gallery that shows a scene; an empty text where none does."""
    asked = dict(parse_qsl(scene.address))
    if scene.page in ("", "from-x"):
        return f"{asked.get('run', '')}.html"
    if scene.page == "ae-vs-vae":
        return f"{asked.get('run', '')}--{asked.get('other', '')}.html"
    if scene.page == "beta":
        return f"beta-{asked.get('dataset', 'mnist')}-{asked.get('dims', '2')}d.html"
    return train if scene.page == "training" else ""
