"""What a page asks others for is found, wherever it stands."""

import pytest

from tests.references import outside


@pytest.mark.parametrize(
    "page",
    [
        "<script src='https://cdn.example/plotly.js'></script>",
        '<img src="http://example.org/a.png">',
        "<img src=//example.org/a.png>",
        "<img srcset='a.png 2x'>",
        '<link rel="stylesheet" href="style.css">',
        "<style>@import 'https://fonts.example/serif.css';</style>",
        '<style>body { background: url("https://example.org/a.png") }</style>',
        '<p style="background: url(a.png)">',
        "<svg><use xlink:href='https://example.org/icons.svg#one'/></svg>",
        '<meta http-equiv="refresh" content="0; URL=https://example.org">',
        "<form action='https://example.org'></form>",
        "<object data='a.pdf'></object>",
    ],
)
def test_a_reference_is_found(page: str) -> None:
    assert len(outside(f"<!doctype html><title>x</title>{page}<p>end")) == 1


def test_what_the_page_has_itself_is_none() -> None:
    page = """<link rel="icon" href="data:,"><a href="#top">up</a><img src='data:image/png;base64,AAAA'>
    <style>i { mask: url(data:image/svg+xml,x) url(#clip) }</style><p>url(https://example.org) @import 'x'</p>
    <script>fetch("https://example.org"); "<img src='http://example.org'>";</script><img src="blob:x">"""
    assert outside(page) == []
