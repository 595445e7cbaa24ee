"""`hts1`: frames of a terminal's stream in one file, as termless writes them while it runs.

A frame is `HTS1`, the byte 1, the length of a header and that of a payload (each 32 bits, big-endian), the header as
JSON, the payload.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple, NoReturn

from castsite.cast.findings import Findings
from castsite.cast.loose import loads
from castsite.cast.rows import MOST_SECONDS
from castsite.errors import quote
from castsite.limits import KIB, MIB

_OPENING: Final = struct.Struct(">4sBII")
_MAGIC: Final = b"HTS1"
_MOST_HEADER: Final = 64 * KIB
_MOST_PAYLOAD: Final = 16 * MIB


class Frame(NamedTuple):
    """One frame. `at` is the wall clock in milliseconds, `size` columns and rows of a resize."""

    kind: str
    at: float
    size: tuple[int, int] | None
    payload: bytes


def frames(source: bytes, name: str, findings: Findings) -> Iterator[Frame]:
    """Give the frames of a member; one that is torn at the end is left out. Raises RefusedError for a bad one."""
    at = 0
    while at < len(source):
        if len(source) - at < _OPENING.size:
            if not source.startswith(_MAGIC[: len(source) - at], at):
                _refuse(name, at, "does not begin with HTS1", findings)
            _tell_torn(name, at, findings)
            return
        magic, version, header, payload = _OPENING.unpack_from(source, at)
        if magic != _MAGIC or version != 1:
            _refuse(name, at, "does not begin with HTS1 and 1", findings)
        if header > _MOST_HEADER or payload > _MOST_PAYLOAD:
            _refuse(name, at, f"has a header of {header:,} and a payload of {payload:,} bytes", findings)
        body = at + _OPENING.size
        end = body + header + payload
        if end > len(source):
            _tell_torn(name, at, findings)
            return
        yield _frame(source[body : body + header], source[body + header : end], name, at, findings)
        at = end


def _frame(header: bytes, payload: bytes, name: str, at: int, findings: Findings) -> Frame:
    fields: object = None
    with suppress(ValueError):
        fields = loads(header.decode("utf-8", "replace")).value
    if not isinstance(fields, dict):
        _refuse(name, at, "has a header that is no object of JSON", findings)
    moment, kind = fields.get("at"), fields.get("kind")
    if isinstance(moment, bool) or not isinstance(moment, int | float) or not abs(moment) <= MOST_SECONDS:
        _refuse(name, at, "has no time", findings)
    return Frame(kind if isinstance(kind, str) else "", moment, _size(fields.get("size")), payload)


def _size(value: object) -> tuple[int, int] | None:
    if isinstance(value, dict):
        value = [value.get("cols"), value.get("rows")]
    if isinstance(value, list) and len(value) == 2 and all(type(side) is int and 0 < side < 10**9 for side in value):
        return value[0], value[1]
    return None


def _refuse(name: str, at: int, text: str, findings: Findings) -> NoReturn:
    findings.refuse("cast-bad-event", f"{quote(name)}: the frame at byte {at:,} {text}")


def _tell_torn(name: str, at: int, findings: Findings) -> None:
    findings.warn("cast-cut-off", f"{quote(name)} ends inside of a frame, at byte {at:,}; read up to there")
