"""Holds the limits of a public app (`app/public.py`): uploads, requests, sessions, reruns, and paths in messages."""

import asyncio
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from vaeexplorer.app.public import (
    MOST_MESSAGE,
    MOST_SESSIONS,
    REQUEST_RATE,
    REQUESTS,
    RERUN_RATE,
    RERUNS,
    ROOT,
    is_public,
)

_MOST_ADDRESSES = 10_000
_UPLOAD = "/_stcore/upload_file"


def limits() -> list[Middleware]:
    """What holds the limits where the app is public, else nothing."""
    return [Middleware(LimitsMiddleware)] if is_public() else []


@dataclass
class Bucket:
    """Holds up to `size` tokens and fills at `rate` a second; a request takes one."""

    size: float
    rate: float
    tokens: float = field(init=False)
    filled: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self) -> float:
        """Take one token; the seconds until there is one, 0 where there was. It is owed where it is waited for."""
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + self.rate * (now - self.filled)) - 1
        self.filled = now
        return max(0.0, -self.tokens / self.rate)


class LimitsMiddleware:
    """Refuses uploads, requests and sessions beyond the limits, slows reruns down, and takes paths out of messages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._sessions: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or a session from its first to its last message."""
        address = (scope.get("client") or ("",))[0]
        if scope["type"] == "websocket":
            await self._session(address, scope, receive, send)
        elif scope["type"] == "http" and (refusal := self._refusal(address, scope)):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, address: str, scope: Scope) -> PlainTextResponse | None:
        if _UPLOAD in scope["path"]:
            return PlainTextResponse("This app takes no uploads.", 403)
        bucket = self._buckets.pop(address, None) or Bucket(REQUESTS, REQUEST_RATE)
        self._buckets[address] = bucket
        while len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        if not bucket.take():
            return None
        bucket.tokens += 1  # what is refused costs nothing
        return PlainTextResponse("Too many requests: try again in a moment.", 429, {"Retry-After": "1"})

    async def _session(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sessions[address] >= MOST_SESSIONS:
            await receive()  # the handshake, which must be taken before it is refused
            return await send({"type": "websocket.close", "code": 1008})
        bucket = Bucket(RERUNS, RERUN_RATE)

        async def slowly() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                if len(message.get("bytes") or message.get("text") or b"") > MOST_MESSAGE:
                    return {"type": "websocket.disconnect", "code": 1009}
                await asyncio.sleep(bucket.take())
            return message

        async def named(message: Message) -> None:
            if message.get("bytes"):
                message["bytes"] = _without_script_path(message["bytes"])
            await send(message)

        self._sessions[address] += 1
        try:
            await self._app(scope, slowly, named)
        finally:
            self._sessions[address] -= 1
            if not self._sessions[address]:
                del self._sessions[address]


def _without_script_path(data: bytes) -> bytes:
    """Streamlit tells every browser the path of the script that it runs, which the front end only hashes."""
    if str(ROOT).encode() not in data:
        return data
    message = ForwardMsg.FromString(data)
    if message.WhichOneof("type") == "new_session":
        message.new_session.main_script_path = Path(message.new_session.main_script_path).name
    changed: bytes = message.SerializeToString()
    return changed
