"""Any bytes as a recording that shows a value: it is held back, or nothing of it is left; nothing else has changed."""

from __future__ import annotations

import re

from fuzz.outputs import BORDER, RESIZE

from castsite.cast.events import INPUT, OUTPUT, Cast, Event, Header
from castsite.cast.events import RESIZE as RESIZED
from castsite.safety.redact import is_clean, looks_alike, redact
from castsite.safety.values import GRAM, Values
from castsite.terminal import Screen, TerminalError

LENGTH = 512
VALUE = "canary-Q7x2Lmz"
INSERTED = {"\x01": VALUE, "\x02": VALUE[:7], "\x03": VALUE[7:], "\x04": VALUE[4:12]}
"""Controls that stand for the value, or a part of it: none of them does anything on a terminal."""
TYPED = 0xFD
"""Begins an event that is input."""
_BOUNDED = re.compile(r"\d{4}[^A-Za-z]*b")
_WIPING = re.compile("(?=[\x1b\r\b])")


def check(data: bytes) -> None:
    """Check that nothing is left of the value."""
    if len(data) < 2:
        return
    events = tuple(_event(at, each) for at, each in enumerate(data[2:].split(BORDER)))
    if _BOUNDED.search("".join(event.data for event in events)):
        return
    before = Cast(Header(version=2, cols=data[0] % 40 + 2, rows=data[1] % 12 + 1), events)
    values = Values([VALUE])
    try:
        masked = redact(before, values)
    except TerminalError:
        return  # the recording is left out
    assert looks_alike(before, masked.cast)
    if not is_clean(masked.cast, values, masked.starts):
        return  # held back, as on a screen of two columns whose rows hold beginnings of it alone
    assert redact(masked.cast, values).cast == masked.cast
    _is_gone(masked.cast)


def _event(at: int, data: bytes) -> Event:
    if len(data) == 3 and data[0] == RESIZE:
        return Event(at, RESIZED, f"{data[1] % 60 + 2}x{data[2] % 20 + 1}")
    code = INPUT if data[:1] == bytes([TYPED]) else OUTPUT
    text = data[code == INPUT :].decode("utf-8", "replace")
    return Event(at, code, "".join(INSERTED.get(each, each) for each in text))


def _is_gone(cast: Cast) -> None:
    """Look at every screen, and at what is written, with nothing but a terminal."""
    grams = {VALUE[at : at + GRAM] for at in range(len(VALUE) - GRAM + 1)}
    screen = Screen(cast.header.cols, cast.header.rows)
    for event in cast.events:
        assert not any(gram in event.data for gram in grams)
        if event.code == RESIZED:
            screen.resize(*event.size)
        for part in _WIPING.split(event.data) if event.code == OUTPUT else ():
            screen.feed(part)
            rows = [screen.bare(row) for row in range(screen.rows)]
            assert not any(gram in row for row in rows for gram in grams)
