"""ttyrec: frames of output with the wall clock before each of them, and nothing else.

A frame is `seconds, microseconds, length` (each 32 bits, little-endian) and as many bytes. Recordings of NetHack's
learning environment have one byte more before them: 0 for output, 1 for a key, 2 for a score.
"""

from __future__ import annotations

import struct
from typing import Final

from msgspec import Struct

from castsite.cast.findings import WITHOUT_OUTPUT
from castsite.cast.task import Task
from castsite.errors import counted
from castsite.formats.model import Draft, Encoding
from castsite.formats.text import Stream, opening_size, resized
from castsite.limits import MIB, SECOND
from castsite.regex import regex

_HEADER: Final = struct.Struct("<III")
_LONGEST: Final = 64 * MIB
_INPUT: Final = 1
_SCORE: Final = 2
_ENOUGH: Final = 1000
"""Frames followed to know a ttyrec by."""
_A_DATE: Final = 10**8
"""Seconds below this count from the recording's start, not from 1970."""
_ONLY_SIZE: Final = regex("(?:\x1b%G)?\x1b\\[8;[0-9]{1,5};[0-9]{1,5}t")


class _Walk(Struct, frozen=True):
    """A file followed from frame to frame: where each begins, where the last whole one ends."""

    width: int
    """bytes of a frame's header: 12, or 13"""
    frames: tuple[int, ...]
    end: int
    payload: int
    torn: bool
    """the file ends inside of a frame"""
    whole: bool
    """all of it was frames"""


def is_ttyrec(source: bytes) -> bool:
    """Whether the file begins with frames of a ttyrec; other files have no such numbers in their first bytes."""
    return any(_may_begin(source, width) for width in (12, 13))


def read_ttyrec(source: bytes, task: Task, encoding: Encoding) -> Draft:
    """Read the frames. Raises RefusedError when not one is whole."""
    walks = [_walk(source, width, task.limits.events) for width in (12, 13)]
    best = max(walks, key=lambda walk: (walk.whole and walk.payload > 0, walk.payload > 0, walk.end, -walk.width))
    if not best.payload and not best.torn:
        task.findings.refuse(
            "cast-no-events", f"no events: there is no frame of a ttyrec at its beginning; {WITHOUT_OUTPUT}"
        )
    events, first = _events(source, best, task, encoding)
    _judge_end(source, best, task)
    fields: dict[str, object] = {"timestamp": first} if first >= _A_DATE else {}
    for index, (time, code, data) in enumerate(events):
        if code == "o" and data:
            rest, size = opening_size(data)
            fields |= size
            events[index] = (time, code, rest)
            break
    events = resized(events, lambda data, _: bool(_ONLY_SIZE.fullmatch(data)))
    return Draft(fields, events, cut_off=not best.whole)


def _may_begin(source: bytes, width: int) -> bool:
    if len(source) < width:
        return False
    _, micros, length = _HEADER.unpack_from(source)
    if micros >= SECOND or length > _LONGEST or (width == 13 and source[12] > _SCORE):
        return False
    return _walk(source, width, _ENOUGH).payload > 0


def _walk(source: bytes, width: int, most: int) -> _Walk:
    at = payload = 0
    frames: list[int] = []
    while at + width <= len(source) and len(frames) <= most:
        _, micros, length = _HEADER.unpack_from(source, at)
        if micros >= SECOND or length > _LONGEST or (width == 13 and source[at + 12] > _SCORE):
            return _Walk(width, tuple(frames), at, payload, torn=False, whole=False)
        if at + width + length > len(source):
            return _Walk(width, tuple(frames), at, payload, torn=True, whole=False)
        frames.append(at)
        payload += length
        at += width + length
    return _Walk(width, tuple(frames), at, payload, torn=at < len(source), whole=at == len(source))


def _events(source: bytes, walk: _Walk, task: Task, encoding: Encoding) -> tuple[list[tuple[int, str, str]], int]:
    """Give the events of all frames, a torn one included, and the second at which the first began."""
    streams = {0: Stream(encoding), _INPUT: Stream(encoding)}
    events: list[tuple[int, str, str]] = []
    starts = [*walk.frames, *([walk.end] if walk.torn and walk.end + walk.width <= len(source) else [])]
    if not starts:
        task.findings.refuse(
            "cast-no-events", f"no events: a ttyrec that ends inside of its first frame; {WITHOUT_OUTPUT}"
        )
    began = _time(source, starts[0])
    for at in starts:
        length = _HEADER.unpack_from(source, at)[2]
        channel = source[at + 12] if walk.width == 13 else 0
        if channel in streams:
            data = streams[channel].text(source[at + walk.width : at + walk.width + length])
            events.append((_time(source, at) - began, "i" if channel == _INPUT else "o", data))
    if rest := streams[0].text(b"", last=True):
        events.append((events[-1][0], "o", rest))
    streams[0].tell(task.findings, hint=encoding == "utf-8")
    return events, began // SECOND


def _judge_end(source: bytes, walk: _Walk, task: Task) -> None:
    if walk.whole:
        return
    if walk.torn:
        text = f"the file ends inside of a frame, which begins at byte {walk.end:,}; what there is of it is kept"
        task.findings.warn("cast-cut-off", text)
        return
    lost = counted(len(source) - walk.end, "byte")
    text = f"no frame of a ttyrec at byte {walk.end:,}; read up to there, without {lost} after it"
    task.findings.warn("cast-bad-event", text)


def _time(source: bytes, at: int) -> int:
    seconds, micros, _ = _HEADER.unpack_from(source, at)
    return int(seconds) * SECOND + int(micros)
