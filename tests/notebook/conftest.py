"""A front end for widgets that is none: a page with a model that speaks to the widget as anywidget does."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.analysis.report.conftest import idle_classifier, quick_classifier

__all__ = ["idle_classifier", "quick_classifier"]

HOST = """
async ({ state, bytes, esm, css }) => {
  const view = (text) => {
    const padded = Uint8Array.from("xxx" + atob(text), (letter) => letter.charCodeAt(0)); // as sockets hand them over
    return new DataView(padded.buffer, 3);
  };
  const held = { ...state }, acts = new Map(), changed = new Set();
  for (const [name, text] of Object.entries(bytes)) held[name] = view(text);
  const model = {
    get: (name) => held[name],
    set(name, value) { held[name] = value; changed.add(name); },
    on: (event, act) => acts.set(event, [...(acts.get(event) ?? []), act]),
    off: (event, act) => acts.set(event, (acts.get(event) ?? []).filter((other) => other !== act)),
    async save_changes() {
      const now = Object.fromEntries([...changed].map((name) => [name, held[name]]));
      changed.clear();
      await window.saved(now);
      for (const name of Object.keys(now)) model.tell(`change:${name}`); // of a model, all views hear
    },
    send: (content) => window.asked(content),
    tell: (event, ...given) => (acts.get(event) ?? []).forEach((act) => act(...given)),
    receive(name, value) { held[name] = value; model.tell(`change:${name}`); },
    answer: (content, texts) => model.tell("msg:custom", content, texts.map(view)),
  };
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const mount = () => {
    const el = document.createElement("div");
    document.body.append(el);
    return widget.render({ model, el });
  };
  Object.assign(window, { model, mount, unmount: await mount(), acts });
}
"""


@pytest.fixture
def shown(chromium: Any) -> Callable[[Any], Any]:
    """Shows a widget in a page of Chromium, joined to its Python side; returns the page."""

    def show(widget: Any) -> Any:
        state = {
            name: value for name, value in widget.get_state().items() if name not in ("layout", "tabbable", "tooltip")
        }
        page = chromium
        page.goto("data:text/html,<!doctype html><title>A notebook</title>")
        page.expose_function("saved", widget.set_state)
        page.expose_function("asked", lambda content: widget._handle_custom_msg(content, []))

        def send(content: Any, buffers: Any = None) -> None:
            texts = [base64.b64encode(bytes(each)).decode() for each in buffers or []]
            page.evaluate("([content, texts]) => setTimeout(() => model.answer(content, texts))", [content, texts])

        widget.send = send
        held = {name: base64.b64encode(value).decode() for name, value in state.items() if isinstance(value, bytes)}
        plain = {name: value for name, value in state.items() if not isinstance(value, bytes)}
        given = {"state": plain, "bytes": held, "esm": str(widget._esm), "css": str(widget._css)}
        page.evaluate(HOST, given)

        def follow(change: Any) -> None:
            page.evaluate("([name, value]) => model.receive(name, value)", [change["name"], change["new"]])

        widget.observe(lambda change: None if widget._from_page else follow(change), ["_link", "_frame"])
        return page

    return show
