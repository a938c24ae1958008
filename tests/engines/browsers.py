"""Firefox and WebKit, Safari's engine, as Debian has them: Firefox speaks WebDriver BiDi, and WebKit has
WebKitWebDriver, which needs a screen. (Playwright drives builds of its own of both, and no others.)

Sources: W3C, WebDriver and WebDriver BiDi. Actions of pointers and keys are the same in both.
"""

import functools
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from websockets.sync.client import ClientConnection, connect

from tests.processes import started

WIDTH, HEIGHT = 1280, 900
FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
WEBKIT = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
PATIENCE = 60.0  # seconds


@functools.cache
def minibrowser() -> Path | None:
    """WebKit's browser, in whichever folder of libraries it is; looking for it takes a third of a second."""
    return next(iter(sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.1/MiniBrowser"))), None)


Actions = list[dict[str, Any]]


class Engine(Protocol):
    """A browser with one page."""

    def goto(self, url: str) -> None:
        """Opens an address."""

    def evaluate(self, expression: str) -> Any:
        """What a JavaScript expression comes to, promises awaited, as JSON has it."""

    def perform(self, actions: Actions) -> None:
        """Pointers and keys, as WebDriver has them."""

    def back(self) -> None:
        """To the entry before."""

    def reload(self) -> None:
        """Past the cache, where the driver can."""


class Firefox:
    """By WebDriver BiDi, over one connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._numbers = connection, itertools.count(1)
        self._ask("session.new", capabilities={})
        self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        self._ask("browsingContext.setViewport", context=self._context, viewport={"width": WIDTH, "height": HEIGHT})

    def _ask(self, method: str, **given: Any) -> Any:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": given}))
        while (answer := json.loads(self._connection.recv(PATIENCE))).get("id") != number:
            pass
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def goto(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        said = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return json.loads(said["result"]["value"])

    def perform(self, actions: Actions) -> None:
        self._ask("input.performActions", context=self._context, actions=actions)

    def back(self) -> None:
        self._ask("browsingContext.traverseHistory", context=self._context, delta=-1)

    def reload(self) -> None:
        self._ask("browsingContext.reload", context=self._context, wait="complete")


class WebKit:
    """By WebDriver, a request a command."""

    def __init__(self, address: str) -> None:
        self._address = address
        options = {"binary": str(minibrowser()), "args": ["--automation"]}
        given = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = self._ask("POST", "/session", given)["sessionId"]
        self._tell("window/rect", {"width": WIDTH, "height": HEIGHT + 100})
        self._tell("timeouts", {"script": 1000 * PATIENCE, "pageLoad": 1000 * PATIENCE})

    def _ask(self, method: str, path: str, given: Any = None) -> Any:
        body = json.dumps(given if given is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            self._address + path, body, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE + 10) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from None

    def _tell(self, what: str, given: Any = None) -> Any:
        return self._ask("POST", f"/session/{self._session}/{what}", given)

    def goto(self, url: str) -> None:
        self._tell("url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        script = f"""const done = arguments[arguments.length - 1];
            (async () => JSON.stringify((await ({expression})) ?? null))().then(
              (value) => done({{ value }}), (error) => done({{ error: String(error) }}));"""
        said = self._tell("execute/async", {"script": script, "args": []})
        if "error" in said:
            raise RuntimeError(said["error"])
        return json.loads(said["value"])

    def perform(self, actions: Actions) -> None:
        self._tell("actions", {"actions": actions})

    def back(self) -> None:
        self._tell("back")

    def reload(self) -> None:
        self._tell("refresh")

    def end(self) -> None:
        self._ask("DELETE", f"/session/{self._session}")


def is_here(name: str) -> bool:
    """Whether a browser and what drives it are on this machine."""
    return bool(FIREFOX) if name == "Firefox" else bool(WEBKIT and SCREEN and minibrowser())


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Engine]:
    """Firefox or WebKit, ended after the block.

    Args:
        name: which.
        folder: empty; the browser may write into it.
    """
    with firefox(folder) if name == "Firefox" else webkit(folder) as engine:
        yield engine


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    assert FIREFOX is not None
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    log = profile / "log"
    with log.open("w") as file, started(command, stdout=file, stderr=file) as process:
        address = _said(log, r"WebDriver BiDi listening on (ws://\S+)", process)
        with connect(f"{address}/session", max_size=None) as connection:
            yield Firefox(connection)


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    assert WEBKIT is not None
    assert SCREEN is not None
    with ExitStack() as stack:
        log = folder / "log"
        file = stack.enter_context(log.open("w"))
        screen = [SCREEN, "-displayfd", "1", "-screen", "0", f"{WIDTH + 100}x{HEIGHT + 200}x24", "-nolisten", "tcp"]
        process = stack.enter_context(started(screen, stdout=file, stderr=subprocess.DEVNULL))
        display = _said(log, r"^(\d+)$", process)
        port = _free_port()
        env = os.environ | {"DISPLAY": f":{display}", "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        driver = [WEBKIT, f"--port={port}"]
        stack.enter_context(started(driver, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        _until(lambda: _listens(port), "WebKitWebDriver")
        engine = WebKit(f"http://127.0.0.1:{port}")
        stack.callback(engine.end)
        yield engine


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _said(log: Path, pattern: str, process: "subprocess.Popen[Any]") -> str:
    """What a process that begins writes in its log."""
    found: list[str] = []

    def said() -> bool:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        found.extend(re.findall(pattern, log.read_text(encoding="utf-8"), flags=re.MULTILINE))
        return bool(found)

    _until(said, pattern)
    return found[0]


def _until(true: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)
