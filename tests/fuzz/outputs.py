"""Any bytes as the outputs of a recording: what is published of them draws the same screen after every event."""

from __future__ import annotations

import re

from castsite.safety.stream import Stream
from castsite.terminal import Screen, TerminalError

LENGTH = 1024
BORDER = b"\xff"
"""Between two events: a byte that UTF-8 never has."""
RESIZE = 0xFE
"""Begins an event that is a resize, with columns and rows as two bytes."""
_BOUNDED = re.compile(r"\d{4}[^A-Za-z]*b")
"""Repeats that a screen bounds where it sees the whole of them."""
_PROBE = "\x18x\x1b[2;2H\tq\r\nw" + "y" * 30 + "\n\n`ab\x0ea\x0f\x1b8z\x1b[1Aq"
"""Shows what would be there and has not drawn yet."""


def check(data: bytes) -> None:
    """Check both laws: no screen differs, and what was filtered stays as it is."""
    if len(data) < 2:
        return
    size, events = (data[0] % 40 + 2, data[1] % 12 + 1), data[2:].split(BORDER)
    if _BOUNDED.search(b"".join(events).decode("utf-8", "replace")):
        return
    for keep_titles in (False, True):
        stream, again = Stream(keep_titles=keep_titles), Stream(keep_titles=keep_titles)
        before, after = Screen(*size), Screen(*size)
        for event in events:
            if len(event) == 3 and event[0] == RESIZE:
                new = event[1] % 60 + 1, event[2] % 20 + 1
                before.resize(*new)
                after.resize(*new)
            else:
                text = event.decode("utf-8", "replace")
                if not _fed(before, text):
                    return  # the recording is left out
                kept = stream(text)
                assert again(kept) == kept
                after.feed(kept)
            assert after.snapshot() == before.snapshot()
        if _fed(before, _PROBE):
            after.feed(_PROBE)
            assert after.snapshot() == before.snapshot()


def _fed(screen: Screen, text: str) -> bool:
    try:
        screen.feed(text)
    except TerminalError:
        return False
    return True
