r"""The file of a recording while it grows: one line, one `write`, nothing that is written is ever changed.

Whatever ends the recorder, at most the last line is torn. Version 3 counts a time from the event before, version 2 from
the beginning; both are differences of whole microseconds, so that nothing adds up. Source: the asciicast
specifications, https://docs.asciinema.org/manual/asciicast/v3/.
"""

from __future__ import annotations

import os
from json.encoder import encode_basestring
from typing import Final, Literal

SECOND: Final = 1_000_000
_ROOM: Final = 64
"""bytes kept for the line that ends a recording of limited size"""


class Full(Exception):  # noqa: N818 - not a fault: the limit its owner set
    """The recording has reached the size it may have."""


class Journal:
    """Appends events to an open recording. Mutable for as long as it is recorded.

    `last` is the time of the last event, in microseconds; `size` the bytes in the file, `most` how many may become of
    them, 0 for any number.
    """

    __slots__ = ("_handle", "_most", "_version", "events", "last", "size")

    def __init__(self, handle: int, *, version: Literal[2, 3] = 3, last: int = 0, size: int = 0, most: int = 0) -> None:
        self._handle = handle
        self._version = version
        self._most = most
        self.last = last
        self.size = size
        self.events = 0

    def event(self, time: int, code: str, data: str) -> None:
        """Append an event. Raises Full when it has no room, and OSError when the system has none."""
        line = self._line(time, code, data)
        if self._most and self.size + len(line) > self._most - _ROOM:
            raise Full
        self._append(line)
        self.last = max(self.last, time)

    def end(self, time: int, status: int) -> None:
        """Append the exit status, for which there is always room. Raises OSError."""
        if self._version == 3:  # version 2 knows no such event
            self._append(self._line(time, "x", str(status)))
            self.last = max(self.last, time)
        os.fsync(self._handle)

    def sync(self) -> None:
        """Have the system write what it holds to the disk. Raises OSError."""
        os.fsync(self._handle)

    def _line(self, time: int, code: str, data: str) -> bytes:
        time = max(time, self.last)
        seconds = divmod(time - self.last if self._version == 3 else time, SECOND)
        return f'[{seconds[0]}.{seconds[1]:06d}, "{code}", {encode_basestring(data)}]\n'.encode("utf-8", "replace")

    def _append(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:  # once, but for a disk that is full
            count = os.write(self._handle, rest)
            self.size += count
            rest = rest[count:]
        self.events += 1
