"""Documents are read strictly, and what is wrong is one sentence that names the place."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from vaeexplorer.documents import DocumentError, Finite, Plain, convert, from_json, to_json


@dataclass(frozen=True)
class Part:
    name: str = "x"
    value: Finite = 0.0


@dataclass(frozen=True)
class Whole:
    kind: Literal["a", "b"] = "a"
    parts: list[Part] = field(default_factory=list)
    numbers: dict[str, Finite] = field(default_factory=dict)
    about: dict[str, Plain] = field(default_factory=dict)
    last: Part | None = None


def test_what_was_written_is_read() -> None:
    whole = Whole("b", [Part("y", 2.5)], {"n": 1.0}, {"seed": 3, "source": "s", "none": None}, Part())
    assert from_json(to_json(whole), Whole) == whole
    assert from_json("{}", Whole) == Whole()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"kind": "c"}', "kind: must be one of a, b, not 'c'"),
        ('{"parts": [{"value": "1"}]}', "parts[0].value: expected float, got str"),
        ('{"parts": [{"value": NaN}]}', "not JSON"),
        ('{"numbers": {"n": 1e999}}', "out of range"),
        ('{"numbers": {"n": 1%s}}' % ("0" * 5000), "out of range"),
        ('{"parts": [{"valu": 1}]}', "unknown key 'parts.valu'"),
        ('{"last": {"nam": "x"}}', "unknown key 'last.nam'"),
        ('{"whole": 1}', "unknown key 'whole'"),
        ("[" * 200_000, "expected object"),
        ('{"about": ' + "[" * 200_000, "expected object"),
        ('{"whole": ' + "[" * 200_000, "not JSON"),
        ('{"about": {"\\ud800": 1}}', "not JSON"),
        ('{"numbers": {"n": 1', "not JSON"),
        ("", "not JSON"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(DocumentError) as error:
        from_json(text, Whole)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentError, match="not JSON"):
        from_json(b'{"about": {"x": "\xff"}}', Whole)


def test_plain_values_are_converted_as_strictly() -> None:
    assert convert({"parts": [{"value": 1}]}, Whole).parts == [Part(value=1.0)]
    for bad in (float("nan"), float("inf"), True, "1"):
        with pytest.raises(DocumentError):
            convert({"parts": [{"value": bad}]}, Whole)


def test_a_number_that_is_not_finite_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": float("nan")})
