"""Connections that wait for a request: only so many are kept, or a page that opens hundreds would keep others out."""

from __future__ import annotations

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
