"""Writing the one published form: asciicast v2, always valid, never the source's bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import Final

import msgspec

from castsite.cast.events import INPUT, MARKER, OUTPUT, RESIZE, Cast, Event, Header
from castsite.cast.timeline import without_empty_outputs
from castsite.limits import SECOND

_WRITTEN: Final = frozenset((OUTPUT, INPUT, RESIZE, MARKER))

_NUL_AND_DEL: Final = {0x00: None, 0x7F: None}
_FOR_TERMINALS: Final = _NUL_AND_DEL | {code: f"\x1b{chr(code - 0x40)}" for code in range(0x80, 0xA0)}
"""C1 controls as the two characters that mean the same: as one they are taken for text by some terminals."""
_FOR_LABELS: Final = _NUL_AND_DEL | dict.fromkeys(range(0x80, 0xA0))
_C1: Final = re.compile(b"\xc2[\x80-\x9f]")
_BLOCK: Final = 4096
_LINES: Final = msgspec.json.Encoder()


def write(cast: Cast, *, title: str | None = None, timestamp: bool = False) -> bytes:
    r"""Write a cast that `timeline.prepare` has made ready: UTF-8, one event a line, times in seconds.

    The header holds version, size, `title` (else the cast's own), the validated theme, and the time of recording only
    when `timestamp` asks for it; nothing else of what the recorder knew, and never null. NUL and DEL are left out and
    C1 controls written as `ESC` and a letter. Exit and unknown events are never written.
    """
    header = _header_line(cast.header, title, timestamp=timestamp).encode()
    blocks = list(_blocks(cast.events))
    if any(map(_has_specials, blocks)):
        blocks = list(_blocks(_clean(cast.events)))
    return b"".join((header, *blocks))


def _header_line(header: Header, title: str | None, *, timestamp: bool) -> str:
    fields = [f'"version": 2, "width": {header.cols}, "height": {header.rows}']
    if timestamp and header.timestamp is not None:
        fields.append(f'"timestamp": {header.timestamp}')
    heading = title or header.title
    if heading:
        fields.append(f'"title": {encode_basestring(heading)}')
    if header.theme:
        colours = (header.theme.foreground, header.theme.background, ":".join(header.theme.palette))
        fg, bg, palette = map(encode_basestring, colours)
        fields.append(f'"theme": {{"fg": {fg}, "bg": {bg}, "palette": {palette}}}')
    return f"{{{', '.join(fields)}}}\n"


def _blocks(events: tuple[Event, ...]) -> Iterator[bytes]:
    """Write events by the thousand: the list of them all would take several times the file's size."""
    for start in range(0, len(events), _BLOCK):
        block = events[start : start + _BLOCK]
        yield _LINES.encode_lines([(time / SECOND, code, data) for time, code, data in block if code in _WRITTEN])


def _has_specials(text: bytes) -> bool:
    """Whether UTF-8 may hold NUL (which JSON escapes), DEL or C1 controls."""
    return b"\\u0000" in text or b"\x7f" in text or (b"\xc2" in text and _C1.search(text) is not None)


def _clean(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Clean outputs and labels; an output left empty goes, unless it carries the end."""
    tables = {OUTPUT: _FOR_TERMINALS, MARKER: _FOR_LABELS}
    clean = (Event(time, code, data.translate(tables[code]) if code in tables else data) for time, code, data in events)
    return without_empty_outputs(tuple(clean))
