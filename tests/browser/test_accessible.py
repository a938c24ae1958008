"""Every page, light and dark by turns: no violation of any level by axe-core, and few words above the fold.

Where the system forces its colours, controls are seen.
"""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import forced_colors
from tests.browser.driving import at_rest, follow, next_frame

MOST = 60  # words above the fold
WORDS = r"""() => {
  const words = [];
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const element = node.parentElement,
        range = document.createRange();
      range.selectNodeContents(node);
      const inView = ({ width, height, top, bottom }) => width > 1 && height > 1 && top < innerHeight && bottom > 0;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
      if (getComputedStyle(element).clipPath !== "none" || ![...range.getClientRects()].some(inView)) return;
      words.push(...(node.textContent.match(/[\p{L}\p{N}’'-]*\p{L}{2}[\p{L}\p{N}’'-]*/gu) ?? []));
    } else if (!node.matches?.("script, style, [data-testid=stIconMaterial]"))
      for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) read(child);
  };
  read(document.querySelector("[data-testid=stMain]"));
  return words;
}"""
"""what is read without a click, a hover or a turn of the wheel, but for the sidebar: two letters or more are a word,
whether in a sentence, on a button or at an axis; numbers and formulas are none"""
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
STREAMLITS = "stFileUploaderDropzone"
"""a section of Streamlit's own that has a role and a label too many"""
EVERY_RULE = {"resultTypes": ["violations"]}
RULES_OF_COLOR = EVERY_RULE | {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a theme changes
THEMES = (EVERY_RULE, RULES_OF_COLOR)
"""what is looked at in a page's first theme and in the other: the first is light and dark by turns"""
EXAMINE = "async (rules) => (await axe.run(rules)).violations"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("pages", "themes"),
    [
        (PAGES, THEMES[:1]),
        pytest.param(PAGES, THEMES, marks=pytest.mark.slow),
        pytest.param(FASHION, THEMES, marks=pytest.mark.slow),
    ],
    ids=["one theme", "both themes", "class names"],
)
def test_no_page_has_a_violation_of_any_level_or_many_words(
    server: str, chromium: Any, troubles: list[str], pages: dict[str, str], themes: tuple[dict[str, Any], ...]
) -> None:
    page, violations, wordy = chromium, [], []
    page.set_viewport_size({"width": 1280, "height": 720})
    for number, (name, there) in enumerate(pages.items()):
        if name[:1].isupper():
            follow(page, name)
        else:
            page.goto(f"{server}/{name}")
            page.evaluate(AXE_SCRIPT)
        page.locator(there).first.wait_for(state="attached")
        at_rest(page)
        page.locator(".loading:visible").first.wait_for(state="detached")  # words that do not stay
        words = page.evaluate(WORDS)
        if not 0 < len(words) <= MOST:
            wordy.append(f"{name}: {len(words)}: {' '.join(words)}")
        for turn, rules in enumerate(themes):
            theme = ("light", "dark")[(number + turn) % 2]
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            next_frame(page)
            violations += [
                f"{name or '/'}, {theme}: {rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
                for rule in page.evaluate(EXAMINE, rules)
                for node in rule["nodes"]
                if STREAMLITS not in node["html"]
            ]
        if name in ("", *forced_colors.TRACKS):
            forced_colors.look_at(page, name)
    assert wordy == [], "\n".join(wordy)
    assert violations == [], "\n".join(violations)
    # Streamlit itself, opened at a page, first looks for its server below that page.
    assert all("404" in trouble for trouble in troubles), troubles
    troubles.clear()
