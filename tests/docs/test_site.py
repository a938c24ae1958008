"""The documentation as a site: it builds without a warning, asks no other host for anything, misses no public name."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import vaeexplorer as vx

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


class Requests(HTMLParser):
    """What a page asks for by itself: links that a reader follows are none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = dict(attrs)
        address = given.get("src") or (given.get("href") if tag == "link" and given.get("rel") != "canonical" else None)
        if address:
            self.asked.append(address)


def test_its_pages_ask_no_other_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 11
    for page in pages:
        found = Requests()
        found.feed(page.read_text(encoding="utf-8"))
        assert found.asked
        assert [address for address in found.asked if re.match(r"(https?:)?//", address)] == [], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_every_public_name_is_in_it(site: Path) -> None:
    page = (site / "api" / "index.html").read_text(encoding="utf-8")
    homes = {name: f"{getattr(vx, name).__module__}.{name}" for name in vx.__all__}
    assert [name for name, home in homes.items() if f'id="{home}"' not in page] == []
    assert page.count("Raises:") > 8


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"- {path.name}" not in menu] == []
