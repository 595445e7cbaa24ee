"""Connections that wait for a request: only so many are kept, or a page that opens hundreds would keep others out."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

MOST_IDLE: Final = 64


class Connections:
    """All that are open, and of them those on which nothing is under way, the one that waits longest first."""

    def __init__(self) -> None:
        self._open: set[IOStream] = set()
        self._idle: dict[IOStream, None] = {}

    def begin(self, stream: IOStream) -> None:
        """Keep a new one; close the oldest beyond the limit."""
        self._open.add(stream)
        self._idle[stream] = None
        while len(self._idle) > MOST_IDLE:
            oldest = next(iter(self._idle))
            del self._idle[oldest]
            oldest.close()

    def busy(self, connection: Any) -> None:  # noqa: ANN401 - tornado does not say that an HTTP connection has a stream
        """Take one out, on which a request is being answered."""
        self._idle.pop(connection.stream, None)

    def idle(self, connection: Any) -> None:  # noqa: ANN401 - the same
        """Put one back, on which nothing is under way any more."""
        stream = getattr(connection, "stream", None)
        if isinstance(stream, IOStream) and not stream.closed():
            self.begin(stream)

    def end(self, stream: IOStream) -> None:
        """Forget one that is closed, or carries something else than HTTP by now."""
        self._idle.pop(stream, None)
        self._open.discard(stream)

    def close(self) -> None:
        """Close all of them, whatever is under way."""
        for stream in tuple(self._open):
            stream.close()


class Door(socket.socket):
    """A socket that listens. Where the process may open no more files, who knocks is turned away.

    Left alone they would be told of again at once, and again. So one file is kept open for nothing but that.
    """

    __slots__ = ("_spare",)

    def __init__(self, listening: socket.socket) -> None:
        """Take the place of a socket."""
        super().__init__(fileno=listening.detach())
        self._spare = os.open(os.devnull, os.O_RDONLY)

    def accept(self) -> tuple[socket.socket, Any]:
        """Let one in. Raises ConnectionAbortedError where one was turned away, BlockingIOError for nobody."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
        try:
            self._turn_away()
        except OSError as error:
            raise BlockingIOError from error
        raise ConnectionAbortedError

    def close(self) -> None:
        """Let nobody in any more."""
        self._give_up_spare()
        super().close()

    def _turn_away(self) -> None:
        self._give_up_spare()
        try:
            knocking, _ = super().accept()
            knocking.close()
        finally:
            with suppress(OSError):  # another thread was faster: there will be one again
                self._spare = os.open(os.devnull, os.O_RDONLY)

    def _give_up_spare(self) -> None:
        if self._spare >= 0:
            os.close(self._spare)
        self._spare = -1


class Http(HTTPServer):
    """An HTTP server whose answers leave at once, with a limit on idle connections."""

    connections: Connections

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Take a new connection."""
        stream.set_nodelay(True)  # else the end of an answer may wait 40 ms for a delayed acknowledgement
        self.connections.begin(stream)
        super().handle_stream(stream, address)

    def on_close(self, server_conn: Any) -> None:  # noqa: ANN401 - tornado says object
        """Forget a connection."""
        self.connections.end(server_conn.stream)
        super().on_close(server_conn)
