"""The app inside somebody else's process, a script or a notebook, beside what runs there."""

import asyncio
import os
import secrets
import socket
import sys
import time
import webbrowser
from concurrent.futures import Future, wait
from functools import cache
from numbers import Integral
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import config, runtime
from uvicorn.config import WS_PROTOCOLS

from vaeexplorer.app import caches
from vaeexplorer.app.server.hosts import HERE, TOKEN, TokenMiddleware, allowed_hosts
from vaeexplorer.app.server.server import ROUTES
from vaeexplorer.app.server.settings import settings
from vaeexplorer.spaces.own import ModelError
from vaeexplorer.spaces.space import Space

HOST = "127.0.0.1"  # the functions of this process are for this machine alone
FIRST_PORT, PORTS = 8501, 100
PATIENCE = 20.0  # seconds in which a server must start or stop


class Explorer:
    """The app on a model of one's own.

    Attributes:
        url: where it is open; it holds a token, without which nobody gets in.
    """

    def __init__(self, url: str, server: "_Server") -> None:
        self.url = url
        self._server = server

    def stop(self) -> None:
        """End the app; the process goes on."""
        self._server.stop()

    def wait(self) -> None:
        """Return when the app has ended, or end it at Ctrl-C."""
        try:
            while not self._server.done:
                wait([self._server.future], timeout=0.5)
        except KeyboardInterrupt:
            self.stop()

    def __repr__(self) -> str:
        return f"<Explorer at {self.url}{', ended' if self._server.done else ''}>"


def show(model: Space, port: int | None, *, open_browser: bool) -> Explorer:
    """Open the app on a model; where it is open already in this process, add the model to it.

    Raises:
        ModelError: the port is taken, or another Streamlit app has this process.
    """
    server = _server(port)
    caches.show_own(model)
    url = f"http://{HOST}:{server.port}/?run={model.name}&{TOKEN}={_token()}"
    if open_browser and (sys.platform != "linux" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ):
        webbrowser.open(url)
    return Explorer(url, server)


class _Server:
    """Listens until it is stopped."""

    def __init__(self, port: int | None) -> None:
        listener = _listen(port)
        self.port: int = listener.getsockname()[1]
        _configure(self.port)
        protocol: Any = "websockets-sansio" if "websockets-sansio" in WS_PROTOCOLS else "auto"
        # The app outlives its servers, as Streamlit has one runtime a process: so no server starts and ends it.
        settings = uvicorn.Config(
            _app(), lifespan="off", ws=protocol, log_level="warning", timeout_graceful_shutdown=1, access_log=False
        )
        self._uvicorn = uvicorn.Server(settings)
        self.future: Future[None] = asyncio.run_coroutine_threadsafe(self._uvicorn.serve([listener]), _loop())
        deadline = time.monotonic() + PATIENCE
        while not self._uvicorn.started:
            if self.future.done() or time.monotonic() > deadline:
                raise ModelError(f"The app could not be opened: {self.future.exception() or 'it did not start'}.")
            time.sleep(0.02)

    @property
    def done(self) -> bool:
        return self.future.done()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        wait([self.future], timeout=PATIENCE)


_lock = Lock()
_running: _Server | None = None


def _server(port: int | None) -> _Server:
    """The server of this process."""
    global _running  # noqa: PLW0603
    with _lock:
        if _running is None or _running.done:
            if runtime.exists() and not _app.cache_info().currsize:
                raise ModelError("There is another Streamlit app in this process: call explore outside of it.")
            _running = _Server(port)
        elif port not in (None, _running.port):
            raise ModelError(f"The app is open at port {_running.port}: stop it first, or name no other port.")
        return _running


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """An event loop of our own, which runs as long as the process: a notebook has another."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="vaeexplorer", daemon=True).start()
    return loop


@cache
def _app() -> st.App:
    middleware = [*allowed_hosts(), Middleware(TokenMiddleware, token=_token())]
    return st.App(Path(__file__).parents[1] / "main.py", routes=ROUTES, middleware=middleware)


@cache
def _token() -> str:
    """Of this process."""
    return secrets.token_urlsafe(16)


def _listen(port: int | None) -> socket.socket:
    """A socket at the port, or at the first free one."""
    asked: Any = port  # by anybody
    if asked is not None and (isinstance(asked, bool) or not isinstance(asked, Integral)):
        raise ModelError(f"port must be a whole number, not {str(port)[:100]!r}.")
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (int(port),):
        listener = socket.socket()
        if os.name != "nt":  # where it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
        except (OSError, OverflowError):
            listener.close()
        else:
            return listener
    raise ModelError(f"Port {FIRST_PORT if port is None else port} cannot be had: choose another.")


def _configure(port: int) -> None:
    """The settings of the app, wherever this process works, for this machine alone."""
    here = {"server.headless": True, "server.address": HOST, "server.port": port, "server.allowedHosts": list(HERE)}
    config.get_config_options(force_reparse=True, options_from_flags=settings() | here)
