"""Who may ask: the host names that the app goes by, and whoever has the token of a process of one's own."""

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

HERE = ("localhost", "127.0.0.1")
TOKEN = "token"


def allowed_hosts() -> list[Middleware]:
    """Every route answers to the names of `server.allowedHosts` alone; Streamlit itself asks only WebSockets for it.

    So a page of another site cannot have its name point to this machine and then read what is here (DNS rebinding).
    """
    names = [str(name) for name in config.get_option("server.allowedHosts")] or list(HERE)
    return [Middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False)]


class TokenMiddleware:
    """Asks every request for a token: in the address of the first, and from then on in a cookie.

    Other users of this machine can reach its ports, but not what is printed for this one.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that has the token; refuse any other."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        cookie = f"vaeexplorer-{headers.get('host', '').rpartition(':')[2]}"  # ports of a host share their cookies
        in_address = parse_qs(scope["query_string"].decode("latin-1")).get(TOKEN, [""])[0]

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                value = f"{cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
                MutableHeaders(scope=message).append("set-cookie", value)
            await send(message)

        if self._is_token(in_address):
            await self._app(scope, receive, send_with_cookie)
        elif self._is_token(_cookies(headers).get(cookie, "")):
            await self._app(scope, receive, send)
        else:
            text = "This address lacks its token: open the one that explore printed."
            await PlainTextResponse(text, 403)(scope, receive, send)

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: each.value for name, each in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
