"""Which address is what."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

from castsite.regex import regex
from castsite.serve.connections import Connections
from castsite.serve.files import SCRIPTS, File
from castsite.serve.hosts import host_name
from castsite.serve.live import OWN, Live
from castsite.serve.paths import BadPathError, Segments, below, segments
from castsite.serve.recordings import FOLDER, Recordings, Shared, is_shared
from castsite.serve.requests import Elsewhere, Refused, State
from castsite.serve.socket import LONGEST_MESSAGE, LiveSocket
from castsite.serve.uploads import Uploads, handler_of

Route: TypeAlias = tuple[type[RequestHandler], dict[str, Any]]
PING: Final = 20
"""Seconds between two questions whether a page is still there."""

_ABSOLUTE: Final = regex(r"https?://([^/?#]*)([^#]*)", re.IGNORECASE)
_NOT_FOUND: Final[Route] = (Refused, {"status": HTTPStatus.NOT_FOUND})


class Site(Application):
    """Everything below the base path is the site; the base path may change while it is served."""

    def __init__(
        self,
        live: Live,
        connections: Connections,
        uploads: Uploads | None = None,
        **settings: Any,  # noqa: ANN401 - of tornado
    ) -> None:
        """Take the settings that `Guarded` reads: `hosts`, `entry`, `cookie`, `redeemed`."""
        super().__init__(
            live=live,
            connections=connections,
            websocket_ping_interval=PING,
            websocket_ping_timeout=PING,
            websocket_max_message_size=LONGEST_MESSAGE,
            **settings,
        )
        self.live, self.uploads = live, uploads

    def find_handler(self, request: HTTPServerRequest, **_: Any) -> Any:  # noqa: ANN401 - tornado's own is not public
        """Choose by the path, and for uploads by the method."""
        _take_host_of_address(request)
        found = handler_of(request.path, request.method or "", self.live, self.uploads)
        return self.get_handler_delegate(request, *(found or route(request.path, self.live)))


def route(path: str, live: Live) -> Route:
    """Say who answers a path, and what it is told."""
    try:
        wanted = segments(path)
    except BadPathError:
        return Refused, {"status": HTTPStatus.BAD_REQUEST}
    parts = below(wanted, live.base_segments)
    return _outside(wanted, live) if parts is None else _inside(parts, live)


def _inside(parts: Segments, live: Live) -> Route:
    match parts:
        case (first, "live") if first == OWN:
            return LiveSocket, {}
        case (first, "state.json") if first == OWN:
            return State, {}
        case (first, *own) if first == OWN and own:
            return File, {"root": SCRIPTS, "parts": tuple(own)}
        case (name, *_) if name == FOLDER:
            return Recordings, {"root": live.folder, "parts": parts}
        case _ if is_shared(parts):
            return Shared, {"root": live.folder, "parts": parts}
        case _:
            return File, {"root": live.folder, "parts": parts}


def _outside(wanted: Segments, live: Live) -> Route:
    """Answer outside the base path: programs look at the top for what they know; everything else is a broken link."""
    if wanted == ("",) or wanted == live.base_segments[:-1]:
        return Elsewhere, {}
    if wanted[0] == FOLDER:
        return Recordings, {"root": live.folder, "parts": wanted}
    if is_shared(wanted):
        return Shared, {"root": live.folder, "parts": wanted}
    return _NOT_FOUND


def _take_host_of_address(request: HTTPServerRequest) -> None:
    """Believe a whole address in the request line rather than the header (RFC 9112 §3.2.2)."""
    if found := _ABSOLUTE.fullmatch(request.uri or ""):
        request.host, request.uri = found[1], found[2] if found[2].startswith("/") else f"/{found[2]}"
        request.host_name = host_name(request.host)
        request.path, _, request.query = request.uri.partition("?")
