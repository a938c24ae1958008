"""A form that is made from the dataclasses of a configuration: a control a field, with its range and its sentence."""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import streamlit as st
from msgspec import Meta
from streamlit.delta_generator import DeltaGenerator

from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.data.datasets import title

PARTS = ("data", "model", "objective", "train")
FIRST = ("dataset", "model", "arch", "latent_dim", "hidden", "likelihood", "beta", "epochs")
"""what most people choose; the rest is folded"""
COLUMNS = 4


@cache
def sentences(kind: type) -> dict[str, str]:
    """The text under each field of a dataclass, in its source."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            text = " ".join(str(ast.literal_eval(after.value)).split())
            found[before.target.id] = f"{text}."
    return found


def config_form(datasets: Sequence[str], key: str, place: DeltaGenerator, more: DeltaGenerator) -> RunConfig:
    """Controls of every field of a configuration; what they make.

    Args:
        datasets: that can be chosen.
        key: with which the keys of the controls begin.
        place: of what most people choose.
        more: where the rest is folded.

    Raises:
        ConfigError: the options do not go together.
    """
    config = RunConfig()
    named = {each.name: part for part in PARTS for each in fields(getattr(config, part))}
    columns = [*place.columns(COLUMNS), *more.expander("More options").columns(COLUMNS)]
    changed: dict[str, Any] = {part: getattr(config, part) for part in PARTS}
    for group, names in enumerate((FIRST, [name for name in named if name not in FIRST])):
        for number, name in enumerate(names):
            part = named[name]
            with columns[group * COLUMNS + number % COLUMNS]:
                if name == "dataset":
                    about = "The images to learn."
                    dataset = st.selectbox(name, datasets, key=f"{key}-{name}", help=about, format_func=title)
                    changed[part] = replace(config.data, dataset=dataset)
                else:
                    changed[part] = _with(changed[part], name, key)
    return replace(config, **changed)


def _with(section: Any, name: str, key: str) -> Any:
    """The part of a configuration with what is chosen for one of its fields."""
    kind: type = type(section)
    hint = get_type_hints(kind, include_extras=True)[name]
    value = _control(name, hint, getattr(section, name), sentences(kind).get(name, ""), f"{key}-{name}")
    return replace(section, **{name: value})


def _control(name: str, hint: Any, default: Any, about: str, key: str) -> Any:
    label = name.replace("_", " ")
    if get_origin(hint) is Literal:
        options = get_args(hint)
        return st.selectbox(label, options, index=options.index(default), key=key, help=about)
    if hint is bool:
        return st.toggle(label, default, key=key, help=about)
    if isinstance(default, tuple):
        text = st.text_input(label, "", key=key, help=about, placeholder="the usual ones, as 512, 512, 256")
        return _numbers(text, name)
    low, high = _range(hint)
    if isinstance(default, int):
        return st.number_input(label, int(low), None if high is None else int(high), default, key=key, help=about)
    most = None if high is None else float(high)
    return st.number_input(label, float(low), most, default, key=key, help=about, step=default / 4, format="%g")


def _range(hint: Any) -> tuple[float, float | None]:
    """The least and the greatest value of an annotated number."""
    low: float = 0
    high: float | None = None
    if get_origin(hint) is Annotated:
        for meta in get_args(hint)[1:]:
            if isinstance(meta, Meta):
                low = meta.ge if meta.ge is not None else meta.gt if meta.gt is not None else low
                high = meta.le if meta.le is not None else meta.lt - 1 if meta.lt is not None else high
    return low, None if high is None or high > 2**53 else high


def _numbers(text: str, name: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise ConfigError(f"{name} must be whole numbers, as 512, 512, 256, not {text[:100]!r}.") from None
