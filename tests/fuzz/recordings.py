"""Any bytes as a file of a recording: expanded, cut from its front matter, read, prepared, written, read again."""

from __future__ import annotations

import json
from typing import NoReturn

from fuzz.promises import are_few, are_told

from castsite.cast.compressed import inflate
from castsite.cast.events import Cast
from castsite.cast.kinds import size_fault
from castsite.cast.read import Reading, read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Severity
from castsite.limits import KIB, Limits
from castsite.schema.block import split

LIMITS = Limits(file_size=256 * KIB, line_size=64 * KIB, event_size=16 * KIB, events=2000, front_matter=4 * KIB)
LENGTH = 8192
PATH = "content/demo.cast"


def check(data: bytes) -> None:
    """Check that a file gives a sound recording or an error, and that what is published of it reads without a word."""
    inflated = inflate(data, path=PATH, limits=LIMITS)
    assert inflated.failed == any(one.severity is Severity.ERROR for one in inflated.problems)
    are_told(inflated.problems, path=PATH, lines=0)
    if inflated.failed:
        return
    assert len(inflated.data) <= LIMITS.file_size or inflated.data == data
    block = split(inflated.data, path=PATH, limits=LIMITS)
    cast = _reading(block.rest, first_line=block.rest_line).cast
    if cast is None:
        return
    _is_sound(cast)
    ready = prepare(cast, limits=LIMITS, path=PATH).cast
    if ready is None:
        assert cast.duration > LIMITS.duration
        return
    for version in (2, 3):
        written = write(ready, version=version)  # type: ignore[arg-type] # one of the two
        _is_strict(written)
        again = read(written, path=PATH)
        assert again.problems == ()
        assert again.cast is not None
        assert again.cast.duration == ready.duration
        assert write(again.cast, version=version) == written  # type: ignore[arg-type] # the same


def _reading(source: bytes, *, first_line: int) -> Reading:
    result = read(source, path=PATH, first_line=first_line, limits=LIMITS)
    assert (result.cast is None) == any(one.severity is Severity.ERROR for one in result.problems)
    are_few(result.problems)
    are_told(result.problems, path=PATH, lines=first_line + source.count(b"\n"))
    return result


def _is_sound(cast: Cast) -> None:
    assert size_fault(cast.header.cols, cast.header.rows, LIMITS) is None
    assert len(cast.events) <= LIMITS.events
    assert any(event.code == "o" for event in cast.events)
    before = 0
    for event in cast.events:
        assert type(event.time) is int
        assert before <= event.time <= before + LIMITS.gap
        assert len(event.data) <= LIMITS.event_size
        before = event.time
        event.data.encode()
        if event.code == "r":
            assert size_fault(*event.size, LIMITS) is None


def _is_strict(data: bytes) -> None:
    """Check that each line is JSON without anything that only Python reads."""
    lines = data.decode().split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert line.isprintable() or not any(character < " " or "\x7f" <= character < "\xa0" for character in line)
        json.loads(line, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise AssertionError(name)
