"""Every page, light and dark, by axe-core: no violation of any level."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.driving import at_rest, next_frame

PAGES = {
    "": ".facts dd",
    "From x to x′": ".loss .key-number",
    "AE vs VAE": ".pair .stage",
    "Turn β": ".beta-dial svg",
    "Linear AE vs PCA": ".linear-ae canvas",
    "Training": ".js-plotly-plot",
    "?run=mnist-vae-16d&color=KL&lasso=-1,-1;1,-1;1,1;-1,1": ".selection canvas",
    "regularized?beside=mnist-ae-2d": ".js-plotly-plot",
    "?present=1": ".facts dd",
}
"""a page, by its link or its address, and what is there once it shows something"""
EVERY_RULE = {"resultTypes": ["violations"]}
RULES_OF_COLOR = EVERY_RULE | {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a theme changes


@pytest.mark.browser
def test_no_page_has_a_violation_of_any_level_in_either_theme(server: str, chromium: Any, troubles: list[str]) -> None:
    page, violations = chromium, []
    for name, there in PAGES.items():
        if name[:1].isupper():
            page.get_by_role("link", name=name, exact=True).click()
        else:
            page.goto(f"{server}/{name}")
        page.locator(there).first.wait_for(state="attached")
        at_rest(page)
        for theme, rules in (("dark", RULES_OF_COLOR), ("light", EVERY_RULE)):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            next_frame(page)
            violations += [
                f"{name or '/'}, {theme}: {rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
                for rule in Axe().run(page, options=rules).response["violations"]
                for node in rule["nodes"]
            ]
    assert violations == [], "\n".join(violations)
    # Streamlit itself, opened at a page, first looks for its server below that page.
    assert all("404" in trouble for trouble in troubles), troubles
    troubles.clear()
