"""Our own components, whose scripts a browser fetches once, from an address that holds a hash.

Streamlit sends the script of a component to every visitor again whenever what the component shows changes. So it is
given some lines that import the real one.

Data go as a list of one: in a dictionary Streamlit looks for data frames, for which it imports pandas and Arrow, and
the first page needs neither.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from vaeexplorer.app.server import assets
from vaeexplorer.browser import bundle

# A module that Streamlit imports has an address of its own, blob:..., which nothing is relative to.
_IMPORTING = (
    'const {{ default: mount }} = await import(new URL("{url}", document.baseURI).href);\n'
    "export default (component) => mount({{ ...component, data: component.data[0] }});\n"
)


def component(name: str, entry: str, *sheets: str, is_isolated: bool = True) -> Callable[..., Any]:
    """A component of Streamlit's: a function that mounts it, with `data` and Streamlit's options.

    Args:
        name: of the component.
        entry: the name of its script in `browser/entries`.
        sheets: the paths of its own style sheets below `browser`.
        is_isolated: whether its styles are for it alone, and it has those that all widgets share.
    """
    script = _IMPORTING.format(url=assets.script_url(entry))
    css = bundle.style(*sheets) if is_isolated else bundle.sheets_alone(*sheets)
    mount = st.components.v2.component(name, js=script, css=css, isolate_styles=is_isolated)
    return lambda *, data, **options: mount(data=[data], **options)
