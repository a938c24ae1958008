"""A form that is made from the dataclasses of a configuration: a control a field, with its range and its sentence."""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import streamlit as st
from msgspec import Meta

from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.data.datasets import title

PARTS = {"model": "Network", "objective": "Loss", "train": "Training"}
RARE = {"pixel_variance", "bound", "samples", "device", "precision", "compile", "kl_warmup"}
"""what most people leave as it is"""


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


def config_form(datasets: Sequence[str], key: str) -> RunConfig:
    """Controls of every field of a configuration; what they make.

    Args:
        datasets: that can be chosen.
        key: with which the keys of the controls begin.

    Raises:
        ConfigError: the options do not go together.
    """
    config = RunConfig()
    parts = st.columns(3, gap="medium")
    with parts[1]:  # there is room above the two of the loss
        st.markdown("**Images**")
        dataset = st.selectbox(
            "dataset", datasets, key=f"{key}-dataset", help="The images to learn.", format_func=title
        )
    config = replace(config, data=replace(config.data, dataset=dataset))
    rare = []
    for column, (part, heading) in zip(parts, PARTS.items(), strict=True):
        section = getattr(config, part)
        with column:
            st.markdown(f"**{heading}**")
            for each in fields(section):
                if each.name in RARE:
                    rare.append((part, each.name))
                else:
                    section = _with(section, each.name, key)
        config = replace(config, **{part: section})
    with st.expander("More options"):
        columns = st.columns(4)
        changed = {part: getattr(config, part) for part in PARTS}
        for number, (part, name) in enumerate(rare):
            with columns[number % 4]:
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
