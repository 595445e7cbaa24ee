"""A recording that is one JSON document (asciicast v1), scanned frame by frame so that every frame has its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from castsite.cast.loose import NO_REPAIR, UNIQUE_KEYS, DuplicateKeyError, Repair, repair_escapes, with_needed
from castsite.limits import Limits, moved_by
from castsite.regex import regex

FRAMES: Final = "stdout"

_SPACE: Final = regex(r"[ \t\r\n]*")
_MOST_KEYS: Final = 10_000
"""Keys of a header, of which real ones have eight; the line limit does not bound a header over many lines."""
_TORN: Final = 8
"""A parser that gives up within this many characters of the end met a torn file: an escape has at most six."""


class Document(Struct):
    """What was read before the text ended or `fault` stopped it. `frames`: values and how many lines down they are."""

    fields: dict[str, object] = field(default_factory=dict)
    frames: list[tuple[object, int]] = field(default_factory=list)
    repair: Repair = NO_REPAIR
    fault: json.JSONDecodeError | None = None
    torn: bool = False
    rest: int = -1
    """where the text after the document begins; -1 when it never ended"""


class TooLargeError(ValueError):
    """A single value is larger than a line may be, or there are far too many frames."""


def scan(text: str, limits: Limits) -> Document:
    """Read an object with its frames.

    Raises TooLargeError, DuplicateKeyError, ValueError for a number of thousands of digits, and RecursionError.
    """
    repair = NO_REPAIR
    while True:
        document = _scan(text, UNIQUE_KEYS[repair.controls], limits)
        document.repair = repair
        needed = with_needed(repair, document.fault) if document.fault and not document.torn else None
        if needed is None:
            return document
        if needed.escapes and not repair.escapes:
            text = repair_escapes(text)
        repair = needed


def _scan(text: str, decoder: json.JSONDecoder, limits: Limits) -> Document:
    document = Document()
    cursor = _Cursor(text, decoder, limits.line_size)
    try:
        _read_members(cursor, document, limits)
    except json.JSONDecodeError as error:
        document.fault = error
        document.torn = _at_end(error, text)
    return document


def _read_members(cursor: _Cursor, document: Document, limits: Limits) -> None:
    for key in cursor.members():
        if key in document.fields:
            raise DuplicateKeyError(key)
        if key != FRAMES or cursor.peek() != "[":
            document.fields[key] = cursor.value()
            if len(document.fields) > _MOST_KEYS:
                raise TooLargeError(f"more than {_MOST_KEYS:,} keys in the header")
            continue
        document.fields[key] = None
        for line in cursor.items():
            document.frames.append((cursor.value(), line))
            if len(document.frames) > 2 * limits.events:
                raise TooLargeError(f"more than {limits.events:,} events {moved_by('events')}")
    document.rest = cursor.at


class _Cursor:
    """A place in a JSON text that moves on. Mutable while the text is scanned.

    The parser sees a window of the text, so that one hostile value cannot make it allocate without bound.
    """

    __slots__ = ("_base", "_decoder", "_line", "_line_at", "_size", "_text", "_window", "at")

    def __init__(self, text: str, decoder: json.JSONDecoder, size: int) -> None:
        self.at = 0
        self._text = text
        self._decoder = decoder
        self._size = size
        self._base = 0
        self._window = text[:size]
        self._line = 0
        self._line_at = 0

    def members(self) -> Iterator[str]:
        """Keys of the object here; the caller reads each one's value before asking for the next."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        more = ","
        while more == ",":
            key = self.value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("Expecting property name", self._text, self.at)
            self._take(":")
            yield key
            more = self._take(",}")

    def items(self) -> Iterator[int]:
        """Lines, counted from 0, of the items of the array here; the caller reads each one's value."""
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        more = ","
        while more == ",":
            self.peek()
            self._line += self._text.count("\n", self._line_at, self.at)
            self._line_at = self.at
            yield self._line
            more = self._take(",]")

    def peek(self) -> str:
        """Give the next character that is not blank, "" at the end."""
        match = _SPACE.match(self._text, self.at)
        self.at = match.end() if match else self.at
        return self._text[self.at : self.at + 1]

    def value(self) -> object:
        """Read the value here. Raises JSONDecodeError, with positions in the whole text, and TooLargeError."""
        self.peek()
        while True:
            last = self._base + len(self._window) == len(self._text)
            try:
                value, end = self._decoder.raw_decode(self._window, self.at - self._base)
            except json.JSONDecodeError as error:
                if last or (self.at == self._base and not _at_end(error, self._window)):
                    raise json.JSONDecodeError(error.msg, self._text, self._base + error.pos) from error
            else:
                if last or end < len(self._window):
                    self.at = self._base + end
                    return value
            if self.at == self._base:
                raise TooLargeError(f"a single value of more than {self._size:,} characters {moved_by('line_size')}")
            self._base = self.at
            self._window = self._text[self.at : self.at + self._size]

    def _take(self, wanted: str) -> str:
        char = self.peek()
        if not char or char not in wanted:
            raise json.JSONDecodeError(f"Expecting {' or '.join(wanted)}", self._text, self.at)
        self.at += 1
        return char


def _at_end(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - _TORN
