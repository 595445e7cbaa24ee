"""Writing the one published form: asciicast v2, always valid, never the source's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from json.encoder import encode_basestring
from typing import Final, Literal

import msgspec

from castsite.cast.events import EXIT, INPUT, MARKER, OUTPUT, RESIZE, Cast, Event, Header, TerminalTheme
from castsite.cast.timeline import without_empty_outputs
from castsite.limits import SECOND
from castsite.regex import regex

Version = Literal[2, 3]

_WRITTEN: Final = {2: frozenset((OUTPUT, INPUT, RESIZE, MARKER)), 3: frozenset((OUTPUT, INPUT, RESIZE, MARKER, EXIT))}

_NUL_AND_DEL: Final = {0x00: None, 0x7F: None}
_FOR_TERMINALS: Final = _NUL_AND_DEL | {code: f"\x1b{chr(code - 0x40)}" for code in range(0x80, 0xA0)}
"""C1 controls as the two characters that mean the same: as one they are taken for text by some terminals."""
_FOR_LABELS: Final = _NUL_AND_DEL | dict.fromkeys(range(0x80, 0xA0))
_C1: Final = regex(b"\xc2[\x80-\x9f]")
_BLOCK: Final = 4096
_LINES: Final = msgspec.json.Encoder()


def write(
    cast: Cast,
    *,
    title: str | None = None,
    timestamp: bool = False,
    idle_limit: bool = False,
    version: Version = 2,
) -> bytes:
    r"""Write a cast that `timeline.prepare` has made ready: UTF-8, one event a line, times in seconds.

    What is published is version 2, which every player reads; version 3 counts times from the event before.

    The header holds version, size, `title` (else the cast's own), the validated theme, and the time of recording only
    when `timestamp` asks for it, the idle limit when `idle_limit` does, which is baked into the times of what is
    published; nothing else of what the recorder knew, and never null. NUL and DEL are left out and
    C1 controls written as `ESC` and a letter. Unknown events are never written, exit status in version 3 only.
    """
    header = _header_line(cast.header, title, timestamp=timestamp, idle_limit=idle_limit, version=version).encode()
    blocks = list(_blocks(cast.events, version))
    if any(map(_has_specials, blocks)):
        blocks = list(_blocks(_clean(cast.events), version))
    return b"".join((header, *blocks))


def _header_line(header: Header, title: str | None, *, timestamp: bool, idle_limit: bool, version: Version) -> str:
    theme = _theme(header.theme) if header.theme else ""
    if version == 2:
        fields = [f'"version": 2, "width": {header.cols}, "height": {header.rows}']
    else:
        fields = [f'"version": 3, "term": {{"cols": {header.cols}, "rows": {header.rows}{theme and f", {theme}"}}}']
    if timestamp and header.timestamp is not None:
        fields.append(f'"timestamp": {header.timestamp}')
    if idle_limit and header.idle_limit:
        fields.append(f'"idle_time_limit": {header.idle_limit / SECOND:g}')
    heading = title or header.title
    if heading:
        fields.append(f'"title": {encode_basestring(heading)}')
    if theme and version == 2:
        fields.append(theme)
    return f"{{{', '.join(fields)}}}\n"


def _theme(theme: TerminalTheme) -> str:
    fg, bg, palette = map(encode_basestring, (theme.foreground, theme.background, ":".join(theme.palette)))
    return f'"theme": {{"fg": {fg}, "bg": {bg}, "palette": {palette}}}'


def _blocks(events: tuple[Event, ...], version: Version) -> Iterator[bytes]:
    """Write events by the thousand: the list of them all would take several times the file's size."""
    written, before = _WRITTEN[version], 0
    for start in range(0, len(events), _BLOCK):
        block = [event for event in events[start : start + _BLOCK] if event.code in written]
        if version == 2:
            yield _LINES.encode_lines([(time / SECOND, code, data) for time, code, data in block])
            continue
        times = [before, *(event.time for event in block)]
        before = times[-1]
        intervals = (later - earlier for earlier, later in pairwise(times))
        yield _LINES.encode_lines(
            [(gap / SECOND, code, data) for gap, (_, code, data) in zip(intervals, block, strict=True)]
        )


def _has_specials(text: bytes) -> bool:
    """Whether UTF-8 may hold NUL (which JSON escapes), DEL or C1 controls."""
    return b"\\u0000" in text or b"\x7f" in text or (b"\xc2" in text and _C1.search(text) is not None)


def _clean(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Clean outputs and labels; an output left empty goes, unless it carries the end."""
    tables = {OUTPUT: _FOR_TERMINALS, MARKER: _FOR_LABELS}
    clean = (Event(time, code, data.translate(tables[code]) if code in tables else data) for time, code, data in events)
    return without_empty_outputs(tuple(clean))
