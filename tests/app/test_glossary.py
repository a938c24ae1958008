"""The glossary: one source, and a word is explained where a page first uses it."""

from importlib import import_module
from pathlib import Path

import pytest

from vaeexplorer.app import glossary
from vaeexplorer.app.words import displayed

DOCS = Path(__file__).parents[2] / "docs" / "glossary.md"
FORMULAS = {
    path.parent.name: import_module(f"vaeexplorer.app.views.{path.parent.name}.words").PAGE.formula
    for path in Path(glossary.__file__).parent.glob("views/*/words.py")
}


def test_the_document_is_the_table() -> None:
    assert DOCS.read_text(encoding="utf-8") == glossary.document()


def test_only_the_first_use_of_a_word_is_explained() -> None:
    done: set[str] = set()
    text = glossary.with_terms("The prior, the posterior and the prior; inactive, `prior`.", done)
    assert text.count("<abbr") == 2
    assert text.startswith('The <abbr title="The distribution of z before')
    assert done == {"prior", "posterior"}
    assert glossary.with_terms("A prior.", done) == "A prior."


@pytest.mark.parametrize("page", [name for name, formula in FORMULAS.items() if "$$" in formula])
def test_a_displayed_formula_stands_between_lines_of_its_own(page: str) -> None:
    """Markdown does not read what follows on the line that opens a formula, where the formula does not end on it."""
    lines = displayed(FORMULAS[page]).splitlines()
    assert lines.count("$$") == FORMULAS[page].count("$$")
    assert not any("$$" in line and line != "$$" for line in lines)
