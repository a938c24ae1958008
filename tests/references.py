"""The places that a page names in its markup and styles."""

import re
from html.parser import HTMLParser

ATTRIBUTES = {
    *("src", "srcset", "href", "xlink:href", "data", "poster"),
    *("action", "formaction", "background", "ping", "manifest"),
}
WITHIN = ("data:", "blob:", "file:", "#")  # what no network is needed for
_IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)""")


def outside(page: str) -> list[str]:
    """All that a browser would have to fetch: what is neither in the page nor on the machine. Scripts are not read."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return [place for place in reader.places if not place.startswith(WITHIN)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        given = {name: value or "" for name, value in attrs}
        for name in given.keys() & ATTRIBUTES:
            self.places.append(given[name].strip())
        self.handle_style(given.get("style", ""))
        if given.get("http-equiv", "").lower() == "refresh" and "url=" in given.get("content", "").lower():
            self.places.append(given["content"])

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.handle_style(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_style(self, text: str) -> None:
        self.places.extend((found[1] or found[2] or "").strip() for found in _IN_STYLES.finditer(text))
