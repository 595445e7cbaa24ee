"""Playing a cast on a screen, stopping whenever the picture comes to rest.

A programme paints a picture with many small writes. What stood between two of them for a millisecond is nothing that
anybody read, so output is fed in windows: one ends when a pause follows, after a quarter of a second without one, and
before the screen is wiped, swapped or resized, when the old picture has to be read at last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from castsite.cast.events import OUTPUT, RESIZE, Cast, Event
from castsite.regex import regex
from castsite.terminal import SWAP, Screen

PAUSE: Final = 100_000
"""Microseconds without output after which a picture counts as settled."""
SPAN: Final = 250_000
"""Microseconds after which a window ends without a pause."""
FULL: Final = 65_536
"""Characters after which a window ends."""
FOREVER: Final = 1 << 62
"""When the last picture ends."""

# what a piece of output does; plain numbers, because they are compared for every window
_TEXT, _WIPE, _ENTER, _LEAVE = range(4)
_Piece = tuple[int, int, str]  # time, what it does, its data
_Timed = tuple[int, int | str, str]  # time and data of an event or a piece

_SEQUENCE: Final = 4096  # characters of an unfinished sequence that are carried to the next event
_INSIDE: Final = "\x1b[?;:<=>0123456789"  # how a control sequence that is not finished may end
_UNFINISHED: Final = regex(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07]*)?\Z")

_SWAPPING: Final = ("1049", "47h", "47l", "47;")  # one of them stands in every swap but the reset


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
    alternate, carried, output = False, "", Change.OUTPUT  # an enumeration is slow to look into
    for events, until in _windows(cast):
        if events[0].code == RESIZE:
            yield Frame(events[0].time, until, Change.RESIZE, (), screen.resize(*events[0].size))
            continue
        text = "".join([event.data for event in events])
        parts: Iterable[_Part] = ((_TEXT, events, text, until),)
        if carried or ("\x1b" in text and _is_cut(text)):
            pieces, carried = _pieces(events, carried)
            parts = _parts(pieces, until)
        for kind, part, text, upcoming in parts:
            if kind > _WIPE and alternate != (kind == _ENTER):
                alternate = not alternate
                yield Frame(part[0][0], part[0][0], Change.ENTER if alternate else Change.LEAVE)
                if listener:
                    listener.swap(alternate=alternate)
            last = part[-1][0]
            if listener is not None and listener.wants(text):
                dirty, gone = _listen(part, upcoming, screen, listener)
            else:
                dirty, gone = screen.feed(text)
                if listener is not None and upcoming - last >= PAUSE:
                    listener.rest(last, upcoming - last)
            yield Frame(last, upcoming, output, dirty, gone)


def _listen(part: Sequence[_Timed], until: int, screen: Screen, listener: Listener) -> tuple[Sequence[int], list[str]]:
    """Feed a window so that the listener sees the screen at every token it waits for; the rest is fed together."""
    pieces, _ = _pieces(part)  # no token is split over two of these
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


def _windows(cast: Cast) -> Iterator[tuple[list[Event], int]]:
    """Give the output between two rests, and when the next begins. A true resize is a window of its own."""
    screen = (cast.header.cols, cast.header.rows)
    found: list[Event] = []
    last = end = length = 0
    alone = False
    for event in cast.events:
        time, code, data = event
        resizes = code == RESIZE and event.size != screen
        if resizes:
            screen = event.size
        elif code != OUTPUT or not data:
            continue
        if found and (alone or resizes or time - last >= PAUSE or time >= end or length > FULL):
            yield found, time
            found, length = [], 0
        if not found:
            end = time + SPAN
        found.append(event)
        last, length, alone = time, length + len(data), resizes
    if found:
        yield found, FOREVER


def _is_cut(text: str) -> bool:
    """Whether the output wipes or swaps the screen somewhere, or ends inside a sequence."""
    return _wipes(text) or _swaps(text) or _breaks_off(text)


def _wipes(text: str) -> bool:
    return "\x1b[2J" in text or "\x1b[H\x1b[J" in text


def _swaps(text: str) -> bool:
    """Whether it may swap: far cheaper than to look for the sequence itself."""
    return "\x1bc" in text or ("\x1b[?" in text and any(map(text.__contains__, _SWAPPING)))


def _breaks_off(text: str) -> bool:
    start = text.rfind("\x1b")
    if start < 0 or not (text[-1] in _INSIDE or text.startswith("]", start + 1)):
        return False
    return len(text) - start < _SEQUENCE and _UNFINISHED.match(text, start) is not None


def _pieces(events: Iterable[_Timed], carried: str = "") -> tuple[list[_Piece], str]:
    """Split output before each wipe at the start of an event and each swap.

    `carried` is the beginning of a sequence from the events before; one that is unfinished at the end is given back.
    """
    found: list[_Piece] = []
    for time, _, data in events:
        text, carried = carried + data, ""
        if _breaks_off(text):
            start = text.rfind("\x1b")
            text, carried = text[:start], text[start:]
        start, kind = 0, _TEXT
        for match in SWAP.finditer(text) if _swaps(text) else ():  # a feed across a swap would hold rows back
            if match.start() > start:
                found.append(_piece(time, kind, text[start : match.start()]))
            start, kind = match.start(), _ENTER if match[1] == "h" else _LEAVE
        if start < len(text):
            found.append(_piece(time, kind, text[start:]))
    return found, carried


def _piece(time: int, kind: int, text: str) -> _Piece:
    return time, _WIPE if kind == _TEXT and _wipes(text) else kind, text


_Part = tuple[int, Sequence[_Timed], str, int]  # what it does first, its pieces, their text, when the next part begins


def _parts(pieces: list[_Piece], until: int) -> Iterator[_Part]:
    """Put pieces together up to the next that wipes or swaps: before that the old picture has to be read."""
    starts = [at for at, piece in enumerate(pieces) if piece[1] or not at]
    for start, end in pairwise([*starts, len(pieces)]):
        part = pieces[start:end]
        upcoming = pieces[end][0] if end < len(pieces) else until
        yield part[0][1], part, "".join([piece[2] for piece in part]), upcoming
