"""Decoding and encoding for the browser where there are no weights to ship it: a model of one's own.

`POST vx/NAME/decode` takes z as little-endian float32 [n, D] and answers uint8 [n, H, W], or [n, 3, H, W] in colour.
`POST vx/NAME/encode` takes images of that shape and answers float32: mean [n, D] and, where there is a
posterior, ln sigma^2 [n, D] after it.
`browser/remote.js` asks.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from vaeexplorer.app import caches
from vaeexplorer.spaces.answers import decoded, encoded
from vaeexplorer.spaces.own import ModelError
from vaeexplorer.spaces.space import Space

MOST = 1024  # points or images a request
MOST_WAITING = 32  # requests a model, from the first byte of their bodies
PATIENCE = 10.0  # seconds for a body to arrive

_log = logging.getLogger(__name__)
_desks: dict[str, "_Desk"] = {}  # touched by the server's event loop alone, as what is in them


@dataclass
class _Desk:
    """Where the requests to one model queue, so that a slow one holds no other up. Its calls come one at a time."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "own-model"))
    waiting: int = 0


class RefusedError(Exception):
    """A request that is not answered, and why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def decode(request: Request) -> Response:
    """Latent points to images."""
    return await _answer(request, lambda space: 4 * space.dimensions, decoded)


async def encode(request: Request) -> Response:
    """Images to the means and log variances of their posteriors."""
    return await _answer(request, lambda space: math.prod(space.data.shape), encoded)


async def _answer(
    request: Request, item_size: Callable[[Space], int], work: Callable[[Space, bytes], bytes]
) -> Response:
    try:
        check_origin(request)
        space = caches.own_spaces().get(request.path_params["owner"])
        if space is None:
            raise RefusedError(404, "There is no model of one's own of this name here.")
        desk = _desks.setdefault(space.name, _Desk())
        if desk.waiting >= MOST_WAITING:
            raise RefusedError(503, "Too many ask at once: try again in a moment.")
        desk.waiting += 1
        try:
            body = await read_body(request, item_size(space))
            content = await asyncio.get_running_loop().run_in_executor(desk.pool, work, space, body)
        finally:
            desk.waiting -= 1
    except ClientDisconnect:
        _log.warning("A visitor left before %s was asked.", request.path_params["owner"])
        return refusal(400, "The body did not arrive.")
    except RefusedError as refused:
        return refusal(refused.status, str(refused))
    except ModelError as error:
        return refusal(500, str(error))
    except ValueError as error:
        return refusal(400, str(error))
    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}  # small, and never asked for again
    return Response(content, media_type="application/octet-stream", headers=headers)


def refusal(status: int, sentence: str) -> Response:
    """A sentence in place of an answer. It ends the connection: whoever still sends is not listened to."""
    return PlainTextResponse(sentence, status, {"Cache-Control": "no-store", "Connection": "close"})


def check_origin(request: Request) -> None:
    """Reject requests that do not come from this app's own pages: another site may be open in the same browser.

    A browser sends a body of this type to another origin only after asking leave, which nothing here grants; the
    headers are looked at all the same.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/octet-stream":
        raise RefusedError(400, "The body must be application/octet-stream.")
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site:  # what current browsers say, and no script can change
        is_own_page = site == "same-origin"
    else:  # an older browser names the asking page's origin; what is no browser sends neither
        is_own_page = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_own_page:
        raise RefusedError(403, "Only the app's own pages may ask.")


async def read_body(request: Request, item: int) -> bytes:
    """The whole body, some items of so many bytes; a larger one is refused before it is read."""
    announced = request.headers.get("content-length", "0")
    body = bytearray()
    if announced.isdecimal() and len(announced) < 20 and int(announced) <= item * MOST:
        try:
            async with asyncio.timeout(PATIENCE):
                async for part in request.stream():
                    body += part
                    if len(body) > item * MOST:
                        break
        except TimeoutError:
            raise RefusedError(408, f"The body did not arrive within {PATIENCE:g} seconds.") from None
        if 0 < len(body) <= item * MOST and len(body) % item == 0:
            return bytes(body)
    raise RefusedError(400, f"The body must be 1 to {MOST} times {item} bytes long.")
