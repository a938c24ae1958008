"""A visitor without a browser: opens the app and acts on its widgets as Streamlit's front end does."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0  # seconds in which a rerun ends
_FILE = re.compile(rb"vx/[\w.%-]+/[\w.-]+\.(?:bin|png|json|js)")
_ERROR = 1  # the format of an alert
_EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
_CACHED_RUNS = 2  # runs of the script for which the front end keeps what it was sent, unless it is sent again


class VisitError(Exception):
    """Something that a visitor would call broken."""


@dataclass(frozen=True)
class Widget:
    """What a visitor can act on."""

    id: str
    kind: str
    element: Any
    fragment: str


@dataclass(frozen=True)
class Rerun:
    """What an action led to."""

    seconds: float
    size: int
    """bytes of all messages"""


class Visitor:
    """One session, from the first request to the last.

    Attributes:
        widgets: those of the page that is open, by the key that the app gave them.
        files: the addresses that the page names and no page before did.
    """

    def __init__(self, port: int) -> None:
        self.widgets: dict[str, Widget] = {}
        self.files: list[str] = []
        self._origin = f"http://127.0.0.1:{port}"
        self._port = port
        self._socket: ClientConnection | None = None
        self._query: dict[str, str] = {}
        self._pages: dict[str, str] = {}
        self._page = ""
        self._states: dict[str, WidgetState] = {}
        self._cached: dict[str, tuple[int, ForwardMsg]] = {}
        self._seen: set[str] = set()
        self._runs = 0

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket:
            await self._socket.close()

    async def open(self, page: str, query: Mapping[str, str] | None = None) -> Rerun:
        """Open the app at a page: its document, the front end's questions to the server, and the first run.

        Raises:
            VisitError: the page shows an error, or does not come.
        """
        start = time.perf_counter()
        self._query = dict(query or {})
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            await self._get(path)
        address = f"ws://127.0.0.1:{self._port}/_stcore/stream"
        protocol = Subprotocol("streamlit")
        self._socket = await connect(
            address, origin=Origin(self._origin), subprotocols=[protocol], max_size=None, compression=None
        )
        size = await self._run(page_name=page)
        return Rerun(time.perf_counter() - start, size)

    async def go(self, page: str) -> Rerun:
        """Follow a link of the sidebar.

        Raises:
            VisitError: the page shows an error, or there is no such page.
        """
        start = time.perf_counter()
        self._query = {name: self._query[name] for name in ("dataset", "run") if name in self._query}
        self.widgets.clear()
        size = await self._run(page_hash=self._pages[page])
        return Rerun(time.perf_counter() - start, size)

    async def act(self, key: str, value: Any) -> Rerun:
        """Set a widget: a text, a number, True or False, a list of texts, or the state of a component as a dictionary.

        Raises:
            VisitError: the page shows an error, or has no such widget.
        """
        widget = self.widgets.get(key)
        if widget is None:
            raise VisitError(f"The page {self._page!r} has no widget {key}.")
        start = time.perf_counter()
        state = WidgetState(id=widget.id)
        if isinstance(value, dict):
            state.json_value = json.dumps(value)
        elif isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, str):
            state.string_value = value
        elif isinstance(value, list):
            state.string_array_value.data.extend(value)
        else:
            state.double_array_value.data.append(value)
        self._states[widget.id] = state
        if name := getattr(widget.element, "query_param_key", ""):
            self._query[name] = ",".join(value) if isinstance(value, list) else str(value).lower()
        size = await self._run(page_hash=self._pages[self._page], fragment=widget.fragment)
        return Rerun(time.perf_counter() - start, size)

    def some_value(self, key: str, random: Random) -> Any:
        """What a visitor may set a widget of Streamlit's own to.

        Raises:
            VisitError: the page has no such widget.
        """
        widget = self.widgets.get(key)
        if widget is None:
            raise VisitError(f"The page {self._page!r} has no widget {key}.")
        element = widget.element
        match widget.kind:
            case "selectbox":
                return random.choice(element.options)
            case "multiselect":
                return random.sample(list(element.options), min(3, len(element.options)))
            case "button_group":
                return [random.choice(element.options).content]
            case "checkbox":
                return random.random() < 0.5
            case "slider":
                return random.randint(int(element.min), int(element.max))
        raise VisitError(f"Nobody knows what to set {key} to.")

    async def fetch_files(self) -> int:
        """Fetch what the page names and no page before did; the number of bytes.

        Raises:
            VisitError: one is not there.
        """
        size, files, self.files = 0, self.files, []
        for file in files:
            size += await self._get(f"/{file}")
        return size

    async def _get(self, path: str) -> int:
        """Fetch a file as a browser does, and say how long it is."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            host = f"Host: 127.0.0.1:{self._port}\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"
            writer.write(f"GET {path} HTTP/1.1\r\n{host}".encode())
            answer = await asyncio.wait_for(reader.read(), PATIENCE)
        except TimeoutError:
            raise VisitError(f"{path} did not come within {PATIENCE:g} seconds.") from None
        finally:
            writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise VisitError(f"{path} was answered by {answer[:15]!r}.")
        return len(answer)

    async def _run(self, *, page_name: str = "", page_hash: str = "", fragment: str = "") -> int:
        """Ask for a run of the script and take in what it sends; the number of bytes."""
        assert self._socket is not None
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = urlencode(self._query)
        asked.page_name, asked.page_script_hash, asked.fragment_id = page_name, page_hash, fragment
        asked.widget_states.widgets.extend(self._states.values())
        asked.cached_message_hashes.extend(self._cached)
        asked.context_info.timezone, asked.context_info.locale = "Europe/Zurich", "en"
        asked.context_info.url = f"{self._origin}/{page_name}"
        await self._socket.send(message.SerializeToString())
        size = 0
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    data = await self._socket.recv()
                    assert isinstance(data, bytes)
                    size += len(data)
                    self._find_files(data)
                    if self._take(ForwardMsg.FromString(data)):
                        break
        except TimeoutError:
            raise VisitError(f"A run took more than {PATIENCE:g} seconds.") from None
        if not fragment:
            self._runs += 1
            self._cached = {key: each for key, each in self._cached.items() if each[0] + _CACHED_RUNS > self._runs}
        return size

    def _find_files(self, data: bytes) -> None:
        for found in _FILE.findall(data):
            file = found.decode()
            if file not in self._seen:
                self._seen.add(file)
                self.files.append(file)

    def _take(self, message: ForwardMsg) -> bool:
        """Take in a message; whether the run has ended."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._cached[message.ref_hash][1]
            kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._cached[message.hash] = self._runs, message
        if kind == "delta":
            self._take_element(message)
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = next(n for n, each in self._pages.items() if each == message.navigation.page_script_hash)
        elif kind == "page_info_changed":
            self._query = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "page_not_found":
            raise VisitError("There is no such page.")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise VisitError("The page does not compile.")
            return message.script_finished != _EARLY
        return False

    def _take_element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        if kind == "exception":
            raise VisitError(f"{self._page}: {element.exception.type}: {element.exception.message[:200]}")
        if kind == "alert" and element.alert.format == _ERROR:
            raise VisitError(f"{self._page}: {element.alert.body[:200]}")
        content = getattr(element, kind)
        if found := getattr(content, "id", ""):
            key = found.split("-", 2)[2]  # $$ID-HASH-KEY
            self.widgets[key] = Widget(found, kind, content, message.delta.fragment_id)
