"""Parsed events on their way in: each is checked for its shape, and dropped with a reason when it has none."""

from __future__ import annotations

from typing import Final

from castsite.cast.events import EXIT, INPUT, MARKER, OUTPUT, RESIZE
from castsite.cast.findings import Findings
from castsite.cast.loose import Repair, has_surrogates, shown, without_surrogates
from castsite.cast.rows import Rows, seconds
from castsite.cast.task import Task
from castsite.errors import counted
from castsite.limits import moved_by

_KNOWN: Final = frozenset((OUTPUT, INPUT, RESIZE, MARKER, EXIT))

_WORTH_GIVING_UP: Final = 1_000_000
"""Events from which on it saves time to give up before the end; below, the exact count is the better message."""


class Intake:
    """Collects the rows of one file and counts its bad events. Mutable for as long as the file is read.

    `most` is an upper bound of the events in the file, so that a file of rubbish is given up on early.
    """

    __slots__ = ("_bad", "_findings", "_limits", "_most", "rows", "seen")

    def __init__(self, task: Task, most: int) -> None:
        self.rows = Rows()
        self.seen = 0
        """events met so far, good or bad"""
        self._bad = 0
        self._most = max(most, _WORTH_GIVING_UP)
        self._findings = task.findings
        self._limits = task.limits

    @property
    def kept(self) -> int:
        """Events that will stay."""
        return len(self.rows.items) - self.rows.lost

    @property
    def told(self) -> str:
        """Events kept, in words for a message."""
        return counted(self.kept, "event")

    def take_event(self, value: object, line: int) -> None:
        """Take `[time, code, data]` of v2 and v3; `m` and `x` may leave out their data."""
        if not isinstance(value, list):
            self.drop("list", "line is not an event: it must be [time, code, data]", line)
            return
        time = self._seconds(value[0] if value else None, line)
        if len(value) == 2 and value[1] in (MARKER, EXIT):
            value = [*value, None]
        if len(value) != 3:
            self.drop("length", f"event has {len(value)} parts instead of 3", line, time)
        elif time is None:
            self._drop_untimed(value[0], line)
        elif not isinstance(value[1], str) or not value[1]:
            self.drop("code", f"event code {shown(value[1])} is not a text", line, time)
        else:
            self._take(time, self._clean(value[1], line), value[2], line)

    def take_frame(self, value: object, line: int) -> None:
        """Take `[delay, data]` of v1."""
        if not isinstance(value, list):
            self.drop("list", "frame must be [delay, data]", line)
            return
        time = self._seconds(value[0] if value else None, line)
        if len(value) != 2:
            self.drop("length", f"frame has {len(value)} parts instead of 2", line, time)
        elif time is None:
            self._drop_untimed(value[0], line)
        else:
            self._take(time, OUTPUT, value[1], line)

    def drop(self, cause: str, text: str, line: int, time: float | None = None, *, column: int = 0) -> None:
        """Drop a bad event; when its time is readable, it still counts."""
        self._findings.warn("cast-bad-event", f"{text}; dropped", line, column, cause=cause)
        self._bad += 1
        if time is not None:
            self.rows.add_lost(time, line)
        if self._too_damaged(self._most):
            self._refuse_damaged(f"already {self._bad:,} events")

    def repaired(self, repair: Repair, line: int) -> None:
        """Note how the text of an event had to be repaired."""
        warn_of_repair(repair, line, self._findings)

    def check_limit(self) -> None:
        """Refuse the file once it has more events than are allowed."""
        if self.kept > self._limits.events:
            self._findings.refuse("cast-limit", f"more than {self._limits.events:,} events {moved_by('events')}")

    def finish(self) -> Rows:
        """Give the rows, unless too many events were bad."""
        if self._too_damaged(self.seen):
            self._refuse_damaged(f"{self._bad:,} of {self.seen:,} events")
        self.check_limit()
        return self.rows

    def _take(self, time: float, code: str, data: object, line: int) -> None:
        text = data_of(code, data)
        if text is None:
            self.drop(f"data-{code}", f"data of an {code} event is {shown(data)}, not a text", line, time)
            return
        if len(text) > self._limits.event_size:
            most = f"the limit is {self._limits.event_size:,} {moved_by('event_size')}"
            self._findings.refuse("cast-limit", f"event of {len(text):,} characters; {most}", line)
        self.rows.add((time, code, self._clean(text, line)), line)

    def _seconds(self, value: object, line: int) -> float | None:
        time = seconds(value)
        if time.quoted and time.value is not None:
            self._findings.warn("cast-quoted-time", f"time {shown(value)} is a text; read as a number", line)
        return time.value

    def _drop_untimed(self, value: object, line: int) -> None:
        fault = seconds(value).fault
        self.drop(fault, f"time {shown(value)} {fault}", line)

    def _clean(self, text: str, line: int) -> str:
        if not has_surrogates(text):
            return text
        self._findings.warn("cast-surrogate", "half of a surrogate pair; replaced by U+FFFD", line)
        return without_surrogates(text)

    def _too_damaged(self, events: int) -> bool:
        return self._bad > 10 and self._bad * 100 > events

    def _refuse_damaged(self, events: str) -> None:
        self._findings.refuse("cast-too-damaged", f"too damaged: {events} are unreadable, more than one in a hundred")


def warn_of_repair(repair: Repair, line: int, findings: Findings) -> None:
    """Say how the text of a line had to be repaired."""
    if repair.controls:
        findings.warn("cast-raw-controls", "control characters stand unescaped inside strings; read as they are", line)
    if repair.escapes:
        findings.warn("cast-bad-escape", "backslash escapes that JSON does not know; read as they were meant", line)


def warn_of_encoding(line: int, findings: Findings) -> None:
    """Say that a line was not UTF-8."""
    findings.warn("cast-encoding", "bytes that are not UTF-8; replaced by U+FFFD", line)


def data_of(code: str, data: object) -> str | None:
    """Give the data of an event as text, None when it is nothing an event with that code may hold."""
    if isinstance(data, str):
        return data
    if code == MARKER and data is None:
        return ""
    if code == EXIT and (data is None or type(data) is int):
        return "" if data is None else str(data)
    return None if code in _KNOWN else ""
