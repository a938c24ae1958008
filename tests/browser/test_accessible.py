"""Every page in both themes: no violation of any level by axe-core, and few words above the fold.

Where the system forces its colours, controls are seen. By default the tests of the pages look at each with the same
functions, in one theme, and `test_contrast.py` at the colours of both.
"""

from typing import Any

import pytest

from tests.browser import forced_colors
from tests.browser.accessible import EVERY_RULE, RULES_OF_COLOR, examine
from tests.browser.driving import follow

PAGES = {
    "": ".facts dd",
    "From x to x′": ".loss .key-number",
    "AE vs VAE": ".pair .stage",
    "Turn β": ".beta-dial svg",
    "Linear AE vs PCA": ".linear-ae canvas",
    "Training": ".train .start:enabled",
    "Runs": ".film-of-runs .said",
    "Your images": "[data-testid=stFileUploader]",
    "?run=mnist-vae-16d&color=KL&lasso=-1,-1;1,-1;1,1;-1,1": ".selection canvas",
    "regularized?beside=mnist-ae-2d": ".js-plotly-plot",
    "?present=1": ".facts dd",
}
"""a page, by its link or its address, and what is there once it shows something"""
FASHION = {
    "?run=fashion-mnist-vae-2d": ".facts dd",
    "From x to x′": ".loss .key-number",
    "AE vs VAE": ".pair .ways .worst",
    "Turn β": ".beta-dial svg",
    "Training": ".train .start:enabled",
    "regularized?run=fashion-mnist-vae-2d&beside=fashion-mnist-ae-2d": ".js-plotly-plot",
}
"""the same where classes have names"""


@pytest.mark.browser
@pytest.mark.slow  # the tests of the pages, by the same functions; test_contrast.py
@pytest.mark.parametrize("pages", [PAGES, FASHION], ids=["digits", "class names"])
def test_no_page_has_a_violation_of_any_level_or_many_words(
    server: str, chromium: Any, troubles: list[str], pages: dict[str, str]
) -> None:
    page = chromium
    for number, (name, there) in enumerate(pages.items()):
        if name[:1].isupper():
            follow(page, name)
        else:
            page.goto(f"{server}/{name}")
        page.locator(there).first.wait_for(state="attached")
        first, second = ("light", "dark") if number % 2 == 0 else ("dark", "light")
        examine(page, [(first, EVERY_RULE), (second, RULES_OF_COLOR)])
        if name in ("", *forced_colors.TRACKS):
            forced_colors.look_at(page, name)
    # Streamlit itself, opened at a page, first looks for its server below that page.
    assert all("404" in trouble for trouble in troubles), troubles
    troubles.clear()
