"""Playing a cast on a screen, stopping whenever the picture comes to rest.

A programme paints a picture with many small writes. What stood between two of them for a millisecond is nothing that
anybody read, so output is fed in windows: one ends when a pause follows, after a quarter of a second without one, and
before the screen is wiped, swapped or resized, when the old picture has to be read at last.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Final, NamedTuple, Protocol

from castsite.cast.events import OUTPUT, RESIZE, Cast
from castsite.terminal import SWAP, Screen

PAUSE: Final = 100_000
"""Microseconds without output after which a picture counts as settled."""
SPAN: Final = 250_000
"""Microseconds after which a window ends without a pause."""
FULL: Final = 65_536
"""Characters after which a window ends."""
FOREVER: Final = 1 << 62
"""When the last picture ends."""

# what a piece of output does; plain numbers, because there is one for every event
_TEXT, _WIPE, _ENTER, _LEAVE, _RESIZE = range(5)
_Piece = tuple[int, int, str]  # time, what it does, its data
_END: Final[_Piece] = (FOREVER, _RESIZE, "")

_SEQUENCE: Final = 4096  # characters of an unfinished sequence that are carried to the next event
_INSIDE: Final = "\x1b[?;:<=>0123456789"  # how a control sequence that is not finished may end
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07]*)?\Z")


class Change(Enum):
    """What made a frame."""

    OUTPUT = "output"
    RESIZE = "resize"
    ENTER = "enter"
    """the alternate screen comes next; nothing has been fed yet"""
    LEAVE = "leave"
    """the primary screen comes back next; nothing has been fed yet"""


class Frame(NamedTuple):
    """A picture that came to rest: at `time`, standing until the next piece of output at `until` (microseconds).

    `dirty` are the rows that may have changed since the frame before, `gone` the logical rows that left the top.
    """

    time: int
    until: int
    change: Change
    dirty: Sequence[int] = ()
    gone: Sequence[str] = ()


class Listener(Protocol):
    """Somebody who has to see the screen at certain tokens inside the output."""

    def wants(self, data: str) -> bool:
        """Whether the data may have to be heard: if not, neither has any part of it."""

    def hear(self, time: int, data: str, feed: Callable[[str], object]) -> None:
        """Feed the data of one event, looking at the screen where needed."""

    def rest(self, time: int, gap: int) -> None:
        """Look at the screen after an event that was heard, or before a pause; the next is `gap` microseconds away."""

    def swap(self, *, alternate: bool) -> None:
        """Know that the screen is about to be swapped."""


def frames(cast: Cast, screen: Screen, listener: Listener | None = None) -> Iterator[Frame]:
    """Play a cast on a fresh screen of its size. Look at the screen before asking for the next frame.

    Raises TerminalError.
    """
    alternate, output = False, Change.OUTPUT  # an enumeration is slow to look into
    pieces = [*_pieces(cast)]
    for start, end, until in _windows(pieces):
        time, kind, data = pieces[start]
        last = time if end == start + 1 else pieces[end - 1][0]
        if kind == _RESIZE:
            cols, _, rows = data.partition("x")
            yield Frame(time, until, Change.RESIZE, (), screen.resize(int(cols), int(rows)))
            continue
        if kind > _WIPE and alternate != (kind == _ENTER):
            alternate = not alternate
            yield Frame(time, time, Change.ENTER if alternate else Change.LEAVE)
            if listener:
                listener.swap(alternate=alternate)
        text = data if end == start + 1 else "".join([piece[2] for piece in pieces[start:end]])
        if listener is not None and listener.wants(text):
            dirty, gone = _listen(pieces[start:end], until, screen, listener)
        else:
            dirty, gone = screen.feed(text)
            if listener is not None and until - last >= PAUSE:
                listener.rest(last, until - last)
        yield Frame(last, until, output, dirty, gone)


def _listen(pieces: list[_Piece], until: int, screen: Screen, listener: Listener) -> tuple[Sequence[int], list[str]]:
    """Feed a window so that the listener sees the screen at every token it waits for; the rest is fed together."""
    dirty: set[int] = set()
    gone: list[str] = []
    waiting: list[str] = []

    def feed(text: str) -> None:
        rows, lines = screen.feed(text)
        dirty.update(rows)
        gone.extend(lines)

    for (time, _, data), upcoming in zip(pieces, [*(piece[0] for piece in pieces[1:]), until], strict=True):
        if listener.wants(data):
            feed("".join(waiting))
            waiting.clear()
            listener.hear(time, data, feed)
            listener.rest(time, upcoming - time)
        else:
            waiting.append(data)
    if waiting:
        feed("".join(waiting))
        listener.rest(pieces[-1][0], until - pieces[-1][0])
    return sorted(dirty), gone


def _windows(pieces: list[_Piece]) -> Iterator[tuple[int, int, int]]:
    """Give where each window starts and ends, and when the next one begins. A resize is a window of its own."""
    start = size = end = 0
    following = iter(pieces)
    next(following, None)
    for index, (time, kind, data) in enumerate(pieces, start=1):
        upcoming, then, _ = next(following, _END)
        if not size:
            end = time + SPAN
        size += len(data)
        if then or upcoming - time >= PAUSE or upcoming >= end or size > FULL or kind == _RESIZE:
            yield start, index, upcoming
            start, size = index, 0


def _pieces(cast: Cast) -> Iterator[_Piece]:
    """Give output and true resizes, output split before each swap, no sequence that matters split over two pieces."""
    size, carried = (cast.header.cols, cast.header.rows), ""
    for event in cast.events:
        time, code, data = event
        if code == OUTPUT:
            if carried:
                data, carried = carried + data, ""
            if "\x1b" in data:
                last = data.rfind("\x1b")
                if (data[-1] in _INSIDE or data.startswith("]", last + 1)) and _breaks_off(data, last):
                    data, carried = data[:last], data[last:]
                if ("\x1b[?" in data and ("1049" in data or "47" in data)) or "\x1bc" in data:
                    yield from _split(time, data)
                    continue
                if "\x1b[2J" in data or "\x1b[H\x1b[J" in data:
                    yield time, _WIPE, data
                    continue
            if data:
                yield time, _TEXT, data
        elif code == RESIZE and event.size != size:
            size = event.size
            yield time, _RESIZE, data


def _breaks_off(data: str, start: int) -> bool:
    return len(data) - start < _SEQUENCE and _UNFINISHED.match(data, start) is not None


def _split(time: int, data: str) -> Iterator[_Piece]:
    """Split output where it swaps screens: a feed across a swap would hold rows back."""
    start, kind = 0, _TEXT
    for match in SWAP.finditer(data):
        if match.start() > start:
            yield time, _wipes(kind, data[start : match.start()]), data[start : match.start()]
        start, kind = match.start(), _ENTER if match[1] == "h" else _LEAVE
    if start < len(data):
        yield time, _wipes(kind, data[start:]), data[start:]


def _wipes(kind: int, data: str) -> int:
    return _WIPE if kind == _TEXT and ("\x1b[2J" in data or "\x1b[H\x1b[J" in data) else kind


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector out of a loop that makes no cycles: about 10 % faster."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
