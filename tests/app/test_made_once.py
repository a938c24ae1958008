"""What does not depend on the visitor is made once for all of them."""

import re
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import MAIN, figures


def made_again(*_: object, **__: object) -> NoReturn:
    pytest.fail("it was made for another visitor already")


def sheets(page: AppTest) -> list[str]:
    """Addresses of the sheets of images that a page shows."""
    return re.findall(r'src="(vx/sheets/[^"]+)"', "".join(each.proto.body for each in page.get("html")))


MADE = {
    ("training", "figures", 3): "vaeexplorer.figures.curves.learning_curves",
    ("report", "figures", 12): "vaeexplorer.app.views.report.reports.draw",
    ("ae_vs_vae", "figures", 3): "vaeexplorer.app.views.ae_vs_vae.comparison.forest",
    ("ae_vs_vae", "sheets", 6): "vaeexplorer.app.views.ae_vs_vae.comparison.contact_sheet",
}


@pytest.mark.parametrize("shown", MADE, ids=lambda shown: shown[0])
def test_a_second_visitor_is_sent_what_was_made_for_the_first(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, shown: tuple[str, str, int]
) -> None:
    page, kind, count = shown
    app.run()
    first = app.switch_page(f"views/{page}/page.py").run()
    monkeypatch.setattr(MADE[shown], made_again)
    second = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page(f"views/{page}/page.py").run()
    assert not second.exception
    sent = [figures(visit) if kind == "figures" else sheets(visit) for visit in (first, second)]
    assert len(sent[0]) == count
    assert sent[0] == sent[1]


@pytest.mark.parametrize("page", ["explore", "linear"])
def test_no_choice_sends_a_script(app: AppTest, page: str) -> None:
    """Scripts have up to 0.2 MB: a browser fetches them once, by the address that is sent."""
    sent = [each.proto for each in app.run().switch_page(f"views/{page}/page.py").run().get("bidi_component")]
    assert len(sent) >= 2
    assert max(len(each.js_content) for each in sent) < 5000
