"""The glossary: one source, and a word is explained where a page first uses it."""

from pathlib import Path

from vaeexplorer.app import glossary

DOCS = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_the_document_is_the_table() -> None:
    assert DOCS.read_text(encoding="utf-8") == glossary.document()


def test_only_the_first_use_of_a_word_is_explained() -> None:
    done: set[str] = set()
    text = glossary.with_terms("The prior, the posterior and the prior; inactive, `prior`.", done)
    assert text.count("<abbr") == 2
    assert text.startswith('The <abbr title="The distribution of z before')
    assert done == {"prior", "posterior"}
    assert glossary.with_terms("A prior.", done) == "A prior."
