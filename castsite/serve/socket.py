"""The connection over which a page hears of builds: LiveReload's protocol 7, and a message of our own."""

from __future__ import annotations

import json
from asyncio import Future
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from livereload.handlers import LiveReloadHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from castsite.serve.requests import Guarded

LONGEST_MESSAGE: Final = 64 << 10
"""Bytes."""

_NOT_UNDERSTOOD: Final = 1003


class LiveSocket(Guarded, LiveReloadHandler):  # type: ignore[misc]
    """One page. It says hello, hears hello, says where it is, and is told of builds from then on."""

    def prepare(self) -> None:
        """Refuse also an origin that is no address; tornado, which reads it first, would fail."""
        super().prepare()
        try:
            urlsplit(self.request.headers.get("Origin", ""))
        except ValueError as error:
            raise HTTPError(HTTPStatus.FORBIDDEN) from error

    def check_origin(self, origin: str) -> bool:
        """Let only pages of this server connect; livereload's own would let every page of the web."""
        return WebSocketHandler.check_origin(self, origin)

    def open(self, *_: str, **__: str) -> None:
        """Send each message at once."""
        self.set_nodelay(True)

    def on_message(self, message: str | bytes) -> None:
        """Answer what the protocol knows, close on anything else."""
        command = _command(message)
        if command is None:
            self.close(_NOT_UNDERSTOOD)
            return
        super().on_message(message)
        if command == "info":
            self.send_message(self.live.notice())  # the page may have missed a build

    def write_message(self, message: str | bytes | dict[str, Any], binary: bool = False) -> Future[None]:  # noqa: FBT001, FBT002 - tornado's
        """Send; that a page has gone meanwhile is nobody's fault."""
        sent: Future[None] = super().write_message(message, binary)
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        return sent


def _command(message: str | bytes) -> str | None:
    """Give what a message of the protocol says; None when it is none."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(command := found.get("command"), str):
        return None
    return command if command != "info" or isinstance(found.get("url"), str) else None
