"""Event lines of asciicast v2 and v3: one JSON array a line, read fast where clean and with patience where not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from json import JSONDecodeError
from typing import Annotated, Final, NamedTuple

import msgspec

from castsite.cast.findings import Findings
from castsite.cast.intake import Intake, warn_of_encoding
from castsite.cast.loose import decoded, loads
from castsite.cast.rows import MOST_SECONDS, Rows, seconds
from castsite.cast.task import Task
from castsite.limits import moved_by
from castsite.regex import regex

BLANKS: Final = b" \t\r\n"
"""Bytes that may stand around the JSON of a line."""

_CHUNK: Final = 1 << 20
_OTHER_LINE: Final = regex(rb"\n[^\[]")
_TIME: Final = regex(r"\[\s*(-?[\d.eE+-]{1,40})\s*,")


class _Unparsed(NamedTuple):
    """A line that is not JSON. Whether it is damaged or only torn is known when another line follows, or none."""

    line: int
    text: str
    fault: str
    column: int


class EventLines(NamedTuple):
    """The rows of all event lines; `cut_off`: the last line was torn."""

    rows: Rows
    cut_off: bool


def read_lines(source: bytes, start: int, line: int, task: Task) -> EventLines:
    """Read the event lines from byte `start` on, which is the beginning of line number `line`.

    A megabyte of lines is decoded at a time, so that memory is bounded by what is kept of the file.
    """
    reader = _LineReader(task, most=len(source) // 2)  # no line with something on it is shorter
    for chunk in _chunks(source, start):
        lines = chunk.count(b"\n") + 1
        reader.read(chunk, line, lines)
        line += lines
    return reader.finish()


class _LineReader:
    """Reads chunks of whole lines in turn. Mutable for as long as the file is read."""

    __slots__ = ("_decoder", "_findings", "_intake", "_line_size", "_unparsed")

    def __init__(self, task: Task, most: int) -> None:
        self._intake = Intake(task, most)
        self._findings: Findings = task.findings
        self._decoder = _decoder(task.limits.event_size)
        self._line_size = task.limits.line_size
        self._unparsed: _Unparsed | None = None

    def read(self, chunk: bytes, line: int, lines: int) -> None:
        """Read a chunk of so many lines, the first of which is number `line`."""
        self._check_lengths(chunk, line)
        text = chunk.rstrip(BLANKS)
        if len(text) < len(chunk):
            lines = text.count(b"\n") + 1
        if text and not self._read_clean(text, line, lines):
            self._read_each(text, line)
        self._intake.check_limit()

    def finish(self) -> EventLines:
        """Give the rows, now that the last line is known to be whole or torn."""
        torn = self._unparsed
        if torn is not None:
            kept = f"last line is incomplete; {self._intake.told} kept"
            self._findings.warn("cast-cut-off", kept, torn.line, 1)
        return EventLines(self._intake.finish(), cut_off=torn is not None)

    def _check_lengths(self, chunk: bytes, line: int) -> None:
        if len(chunk) <= self._line_size:
            return
        for number, text in enumerate(chunk.split(b"\n"), line):
            if len(text) > self._line_size:
                limit = f"the limit is {self._line_size:,} {moved_by('line_size')}"
                self._findings.refuse("cast-limit", f"line of {len(text):,} bytes; {limit}", number)

    def _read_clean(self, text: bytes, line: int, lines: int) -> bool:
        """Decode all lines at once if each of them is exactly one good event, so that line numbers are exact too.

        The decoder refuses a raw line end inside a string, and lists inside an event. So a line that begins with `[`
        begins an event, and equal counts leave no room for two events on one line.
        """
        if not text.startswith(b"[") or _OTHER_LINE.search(text):
            return False
        try:
            rows = self._decoder.decode_lines(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        if len(rows) != lines:
            return False
        self._meet(lines)
        self._intake.rows.extend(rows, line)
        return True

    def _read_each(self, chunk: bytes, line: int) -> None:
        for number, raw in enumerate(chunk.split(b"\n"), line):
            text = raw.strip(BLANKS)
            if not text or text.startswith(b"#"):
                continue
            self._meet(1)
            try:
                row = self._decoder.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._read_loosely(text, number)
            else:
                self._intake.rows.add(row, number)

    def _read_loosely(self, line: bytes, number: int) -> None:
        text, valid = decoded(line)
        try:
            loaded = loads(text)
        except ValueError as error:
            self._unparsed = _unparsed(error, text, number)
            return
        if not valid:
            warn_of_encoding(number, self._findings)
        self._intake.repaired(loaded.repair, number)
        self._intake.take_event(loaded.value, number)

    def _meet(self, lines: int) -> None:
        """Count lines with something on them; the unparsed one before them was not the last."""
        self._intake.seen += lines
        if self._unparsed is not None:
            bad, self._unparsed = self._unparsed, None
            match = _TIME.match(bad.text)
            time = seconds(match[1]).value if match else None
            self._intake.drop("json", f"line is not JSON ({bad.fault})", bad.line, time, column=bad.column)


@lru_cache(maxsize=4)
def _decoder(event_size: int) -> msgspec.json.Decoder[tuple[float, str, str]]:
    """Make the decoder of one clean event; the constraints leave everything doubtful to the slow path."""
    time = Annotated[float, msgspec.Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)]
    code = Annotated[str, msgspec.Meta(min_length=1)]
    data = Annotated[str, msgspec.Meta(max_length=event_size)]
    return msgspec.json.Decoder(tuple[time, code, data])


def _chunks(source: bytes, start: int) -> Iterator[bytes]:
    while start < len(source):
        end = source.find(b"\n", start + _CHUNK)
        end = len(source) if end < 0 else end
        yield source[start:end]
        start = end + 1


def _unparsed(error: ValueError, text: str, line: int) -> _Unparsed:
    if isinstance(error, JSONDecodeError):
        return _Unparsed(line, text, error.msg[:1].lower() + error.msg[1:], error.colno)
    fault = "a number of too many digits" if "digits" in str(error) else str(error)
    return _Unparsed(line, text, fault, 0)
