"""The contrast of text and ground in both themes, by WCAG 2.2, 1.4.3: 4.5 or more, from the style sheets themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vaeexplorer.app.server.settings import settings
from vaeexplorer.browser import bundle

ENOUGH = 4.5
THEMES = ("light", "dark")
SHEETS = sorted([*bundle.HERE.rglob("*.css"), *(bundle.HERE.parent / "app").rglob("*.css")])
DECLARATION = re.compile(r"(?<![\w-])(--[\w-]+|color|fill|background(?:-color)?):\s*([^;{}]+);")
GROUNDS = ("backgroundColor", "secondaryBackgroundColor", "sidebar.backgroundColor", "sidebar.secondaryBackgroundColor")


def rules(sheet: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A selector with what it declares of colours, for each rule of a sheet."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        yield " ".join(selector.split()), dict(DECLARATION.findall(body if body.rstrip().endswith(";") else f"{body};"))


class Theme:
    """The colours of a theme: those of Streamlit's configuration, and the variables of the style sheets."""

    def __init__(self, name: str) -> None:
        self.number = THEMES.index(name)
        self.configured = {
            key.removeprefix(f"theme.{name}."): value for key, value in settings().items() if f"theme.{name}." in key
        }
        hyphened = {re.sub(r"([A-Z])", r"-\1", key).lower(): value for key, value in self.configured.items()}
        self.variables: dict[str, str] = {f"--st-{key}": value for key, value in hyphened.items() if "." not in key}
        for sheet in SHEETS:
            for _, declared in rules(sheet):
                self.variables |= {key: value for key, value in declared.items() if key.startswith("--")}

    def color(self, value: str) -> str | None:
        """The #rrggbb that a value comes to; None for what is no plain colour: a gradient, a mixture, a keyword."""
        value = value.strip()
        if re.fullmatch(r"#[\da-f]{6}", value):
            return value
        if re.fullmatch(r"#[\da-f]{3}", value):
            return "#" + "".join(2 * digit for digit in value[1:])
        if match := re.fullmatch(r"light-dark\(([^,()]+),([^,()]+)\)", value):
            return self.color(match[1 + self.number])
        if match := re.fullmatch(r"var\((--[\w-]+)(?:,(.+))?\)", value):
            return self.color(self.variables.get(match[1], match[2] or ""))
        return None

    @property
    def grounds(self) -> dict[str, str]:
        """What text of the pages and the widgets may stand on, by name."""
        surface = self.color("var(--surface)")
        assert surface
        return {name: self.configured[name] for name in GROUNDS} | {"surface": surface}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21, of two colours, #rrggbb."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs(theme: Theme) -> Iterator[tuple[str, str, str]]:
    """Where text stands, its colour and that of its ground.

    A rule that names no ground is text on any ground where its colour is one of the variables; a colour of its own,
    as white, stands on the accent. What is filled is text where the selector says so, and a shape elsewhere.
    """
    for name in ("textColor", "primaryColor"):
        yield from ((f"{name} on {where}", theme.configured[name], ground) for where, ground in theme.grounds.items())
    for sheet in SHEETS:
        for selector, declared in rules(sheet):
            value = declared.get("fill" if "text" in selector else "color", declared.get("color", ""))
            background = declared.get("background", declared.get("background-color", ""))
            text, own = theme.color(value), theme.color(background)
            if text is None:
                continue
            if own:
                grounds = {"its own": own}
            elif value.startswith("var("):
                grounds = theme.grounds
            else:
                grounds = {"the accent": theme.configured["primaryColor"]}
            for where, ground in grounds.items():
                yield f"{sheet.name}: {selector} on {where}", text, ground


def test_the_ratio_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", THEMES)
def test_text_is_read_on_every_ground(name: str) -> None:
    found = list(pairs(Theme(name)))
    assert len({text for _, text, _ in found}) >= 4, "ink, the quiet one, the accent and what stands on it"
    assert len(found) > 100
    faint = [f"{where}: {text} on {ground}" for where, text, ground in found if contrast(text, ground) < ENOUGH]
    assert faint == [], "\n".join(faint)


@pytest.mark.parametrize("name", THEMES)
def test_a_faint_text_is_found(name: str, monkeypatch: Any) -> None:
    theme = Theme(name)
    monkeypatch.setitem(theme.variables, "--quiet", "#808080")
    assert any(contrast(text, ground) < ENOUGH for _, text, ground in pairs(theme))
