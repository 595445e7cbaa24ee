"""A large published recording in pieces, so that any second of it opens after some hundred kilobytes.

The form is asciinema-player's own: an index, and segments that each begin with all that the terminal knows by then.
What is written here follows from the published cast alone, line by line, so that of a recording of a hundred megabytes
never more than its bytes are in memory. That rows wrapped, and what size the other screen had, no state tells: a
resize after the beginning of a segment may lay them out otherwise than in the whole recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from castsite.cast.events import MARKER, OUTPUT, RESIZE
from castsite.cast.splice import unfinished
from castsite.limits import KIB, MIB
from castsite.terminal import Screen

LARGE: Final = 5 * MIB
"""Bytes of a published recording from which it is published in segments as well."""
ENDING: Final = ".segment.json"
"""Of the name of every file of a recording in segments, so that one rule of a host says who may read them."""
SIZE: Final = 384 * KIB
"""Bytes of events that a segment has, about."""
PAUSE: Final = 1.0
"""Seconds of a pause that the index tells of, for readers who skip pauses,"""
PAUSES: Final = 5000
"""and how many of them, the longest ones."""

_BACK: Final = 4096
"""Characters before a border in which a sequence may have begun."""
_Line = tuple[float, str, str]
_LINES: Final = msgspec.json.Decoder(_Line)
_WRITE: Final = msgspec.json.Encoder()


class Piece(NamedTuple):
    """Where a segment lies in the published cast, and when it begins: seconds, as they are written there."""

    begin: int
    end: int
    start: bytes


def pieces(published: bytes, size: int = SIZE) -> tuple[Piece, ...]:
    """Cut a cast as `write` writes it, where time goes on and no escape sequence is open; none: it stays whole."""
    first = published.index(b"\n") + 1
    starts = [first]
    end = _time(published, published.rfind(b"\n", 0, -1) + 1)
    while (border := _border(published, starts[-1] + size, float(end))) is not None:
        starts.append(border)
    times = (b"0", *(_time(published, start) for start in starts[1:]))
    cut = tuple(map(Piece, starts, (*starts[1:], len(published)), times))
    return cut if len(cut) > 1 else ()


def _border(published: bytes, earliest: int, end: float) -> int | None:
    """Give where the next segment begins."""
    line = published.find(b"\n", earliest) + 1
    while 0 < line < len(published):
        now, before = float(_time(published, line)), float(_time(published, published.rfind(b"\n", 0, line - 1) + 1))
        if before < now < end and not unfinished(_printed_before(published, line)):
            return line
        line = published.find(b"\n", line) + 1
    return None


def _time(published: bytes, line: int) -> bytes:
    return published[line + 1 : published.index(b",", line)]


def _printed_before(published: bytes, line: int) -> str:
    """Give the end of what was printed before a line."""
    text = ""
    while line and len(text) < _BACK:
        line, end = published.rfind(b"\n", 0, line - 1) + 1, line
        if line:  # the first one is the header
            _, code, data = _LINES.decode(published[line:end])
            text = data + text if code == OUTPUT else text
    return text


def segments(published: bytes, cut: tuple[Piece, ...]) -> Iterator[bytes]:
    """Write the index, and then each segment, all of them JSON. Raises TerminalError if the engine fails."""
    header: dict[str, Any] = msgspec.json.decode(published[: cut[0].begin])
    yield _index(published, header, cut)
    size = header["width"], header["height"]
    screen = Screen(*size)
    for number, (begin, end, _) in enumerate(cut):
        init = screen.state() if number else ""
        snapshot = _WRITE.encode({"cols": size[0], "rows": size[1], "init": init})
        lines = published[begin:end].strip()
        yield b'{"snapshot":' + snapshot + b',"events":[' + lines.replace(b"\n", b",\n") + b"]}\n"
        size = _play(screen, _LINES.decode_lines(lines), size)


def _play(screen: Screen, lines: list[_Line], size: tuple[int, int]) -> tuple[int, int]:
    """Show events on a screen; give its size afterwards."""
    texts: list[str] = []
    for _, code, data in lines:
        if code == OUTPUT:
            texts.append(data)
        elif code == RESIZE:
            screen.feed("".join(texts))
            texts.clear()
            cols, rows = data.split("x")
            size = int(cols), int(rows)
            screen.resize(*size)
    screen.feed("".join(texts))
    return size


def _index(published: bytes, header: dict[str, Any], cut: tuple[Piece, ...]) -> bytes:
    term = {"cols": header["width"], "rows": header["height"]}
    markers, pauses, before = [], [], 0.0
    for begin, end, _ in cut:
        for time, code, label in _LINES.decode_lines(published[begin:end]):
            if code == MARKER:
                markers.append((time, label))
            if time - before > PAUSE:
                pauses.append((before, time))
            before = time
    longest = sorted(pauses, key=lambda pause: pause[0] - pause[1])[:PAUSES]
    return _WRITE.encode(
        {
            "version": 1,
            "duration": msgspec.Raw(_time(published, published.rfind(b"\n", 0, -1) + 1)),
            "term": {**term, "theme": header["theme"]} if "theme" in header else term,
            "markers": markers,
            "segments": [{"start": msgspec.Raw(one.start), "url": f"{at}{ENDING}"} for at, one in enumerate(cut, 1)],
            "pauses": sorted(longest),
        }
    )
