"""JSON documents to dataclasses, strictly: types, ranges and names are checked, and NaN is no number.

A missing key takes the field's default, so that what was written before an option existed stays readable. An unknown
key is refused: it may change the meaning of the rest.
"""

import dataclasses
import functools
import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from vaeexplorer.errors import UserError

T = TypeVar("T")

Finite = Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=sys.float_info.max)]
NotNegative = Annotated[float, msgspec.Meta(ge=0, le=sys.float_info.max)]
Plain = str | int | float | bool | None
"""a value without parts"""


class DocumentError(UserError):
    """A document that is not what it should be; the message is one sentence that names the place in it."""


def from_json(content: bytes | str, kind: type[T]) -> T:
    """The object of a dataclass that a JSON text describes.

    Raises:
        DocumentError: it is no JSON, has an unknown key, or a value of another type or out of range.
    """
    try:
        found = msgspec.json.decode(content, type=kind)
        unknown = next(_unknown_keys(msgspec.json.decode(content), kind, ""), None)
    except msgspec.ValidationError as error:
        raise DocumentError(_sentence(error, kind)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DocumentError("it is not JSON") from None
    _refuse(unknown)
    return found


def convert(document: object, kind: type[T]) -> T:
    """The object of a dataclass (or the value of another type) that plain dicts, lists and values describe.

    Raises:
        DocumentError: there is an unknown key, or a value of another type or out of range.
    """
    try:
        found = msgspec.convert(document, kind)
        unknown = next(_unknown_keys(document, kind, ""), None)
    except msgspec.ValidationError as error:
        raise DocumentError(_sentence(error, kind)) from None
    except RecursionError:
        raise DocumentError("it is nested too deeply") from None
    _refuse(unknown)
    return found


def to_json(document: Any, *, indent: int | None = None) -> str:
    """A document of dicts, lists and values, or an object of a dataclass, as JSON text with a newline at its end.

    Raises:
        ValueError: it holds a number that is not finite.
    """
    return json.dumps(document, indent=indent, allow_nan=False, default=dataclasses.asdict) + "\n"


def _sentence(error: Exception, kind: Any) -> str:
    """``Expected `int` >= 1 - at `$.train.epochs` `` -> `train.epochs: expected int >= 1`."""
    what, _, where = str(error).partition(" - at ")
    what = what.replace("`", "")
    where = where.strip("`").removeprefix("$").removeprefix(".")
    if what.startswith("Invalid enum value"):
        for name in where.split(".") if where else ():
            kind = get_type_hints(kind).get(name) if dataclasses.is_dataclass(kind) else None
        if get_origin(kind) is Literal:
            value = what.removeprefix("Invalid enum value ")
            what = f"must be one of {', '.join(map(str, get_args(kind)))}, not {value}"
    elif what.startswith(("Expected", "Number", "Integer", "Object")):
        what = what[0].lower() + what[1:]
    return f"{where}: {what}" if where else what


def _refuse(unknown: str | None) -> None:
    if unknown is not None:
        raise DocumentError(f"there is an unknown key {unknown[:100]!r}")


_ATOMS = (str, int, float, bool)
# typing reads them from text at every call
_hints: Callable[[Any], dict[str, Any]] = functools.cache(functools.partial(get_type_hints, include_extras=True))


def _unknown_keys(document: object, kind: Any, where: str) -> Iterator[str]:
    """Keys that the dataclasses of a document do not have; msgspec passes over them."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    arguments = get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(document, dict):
        hints = _hints(kind)
        for key, value in document.items():
            if key not in hints:
                yield f"{where}{key}"
            else:
                yield from _unknown_keys(value, hints[key], f"{where}{key}.")
    elif isinstance(document, list) and arguments and arguments[0] not in _ATOMS:
        for value in document:
            yield from _unknown_keys(value, arguments[0], where)
    elif isinstance(document, dict) and get_origin(kind) is dict:
        for key, value in document.items():
            yield from _unknown_keys(value, arguments[1], f"{where}{key}.")
    elif document is not None and any(dataclasses.is_dataclass(option) for option in arguments):
        option = next(option for option in arguments if dataclasses.is_dataclass(option))
        yield from _unknown_keys(document, option, where)
