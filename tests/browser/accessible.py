"""An open page: no violation of any level by axe-core, and few words above the fold."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.driving import at_rest, next_frame

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
STREAMLITS = "stFileUploaderDropzone"
"""a section of Streamlit's own that has a role and a label too many"""
Rules = dict[str, Any]
EVERY_RULE: Rules = {"resultTypes": ["violations"]}
RULES_OF_COLOR = EVERY_RULE | {"runOnly": ["color-contrast", "link-in-text-block"]}
"""all that a theme changes"""
WITHOUT_CONTRAST = EVERY_RULE | {"rules": {"color-contrast": {"enabled": False}}}
"""contrast takes longer than all others together, and test_contrast.py has it from the style sheets"""
EXAMINE = "async (rules) => (await axe.run(rules)).violations"


def examine(page: Any, themes: Sequence[tuple[str | None, Rules]] = ((None, WITHOUT_CONTRAST),)) -> None:
    """Fail where a page violates a rule, or says much above the fold.

    Args:
        page: a page of the app that shows something, as high as it was opened.
        themes: light or dark, or None for the one that the page has, with the rules that are looked at in it.
    """
    at_rest(page)
    page.locator(".loading:visible").first.wait_for(state="detached")  # words that do not stay
    words = page.evaluate(WORDS)
    assert 0 < len(words) <= MOST, f"{page.url}: {len(words)}: {' '.join(words)}"
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    violations = []
    for theme, rules in themes:
        if theme:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            next_frame(page)
        violations += [
            f"{page.url}, {theme}: {rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
            for rule in page.evaluate(EXAMINE, rules)
            for node in rule["nodes"]
            if STREAMLITS not in node["html"]
        ]
    assert violations == [], "\n".join(violations)
