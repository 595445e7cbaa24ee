"""Events as they stand in a file: seconds in whatever way the format counts them, not yet a timeline."""

from __future__ import annotations

import re
from bisect import bisect_right
from math import isfinite
from typing import Final, NamedTuple

from castsite.regex import regex

LOST: Final = ""
"""The code of an event that was dropped but whose time still counts for those after it."""

MOST_SECONDS: Final = 1e15
"""No time above this is believed; it keeps microseconds well inside a float."""

_NUMBER: Final = regex(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


class Seconds(NamedTuple):
    """A time somebody wrote: `value` is None when it is none, and then `fault` says why. `quoted`: it was a text."""

    value: float | None
    fault: str = ""
    quoted: bool = False


class Rows:
    """The rows of one file with their line numbers. Mutable for as long as the file is read.

    Line numbers are kept as runs (index of the row, its line), since nearly always each line is a row.
    """

    __slots__ = ("_indexes", "_lines", "items", "lost")

    def __init__(self) -> None:
        self.items: list[tuple[float, str, str]] = []
        self.lost = 0
        self._indexes: list[int] = []
        self._lines: list[int] = []

    def extend(self, rows: list[tuple[float, str, str]], line: int) -> None:
        """Add rows of consecutive lines, the first of which is `line`."""
        self._run(line)
        self.items.extend(rows)

    def add(self, row: tuple[float, str, str], line: int) -> None:
        """Add the row of one line."""
        self._run(line)
        self.items.append(row)

    def add_lost(self, seconds: float, line: int) -> None:
        """Keep the time of an event that was dropped."""
        self.add((seconds, LOST, ""), line)
        self.lost += 1

    def lose(self, index: int) -> None:
        """Drop an event, but not its time."""
        self.items[index] = (self.items[index][0], LOST, "")
        self.lost += 1

    def line(self, index: int) -> int:
        """Line of the row at `index`."""
        run = bisect_right(self._indexes, index) - 1
        return self._lines[run] + index - self._indexes[run]

    def _run(self, line: int) -> None:
        index = len(self.items)
        if not self._indexes or self._lines[-1] + index - self._indexes[-1] != line:
            self._indexes.append(index)
            self._lines.append(line)


def seconds(value: object) -> Seconds:
    """Read a time: a finite number, or a text that is one."""
    quoted = isinstance(value, str)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Seconds(None, "is not a number")
    if not -MOST_SECONDS <= value <= MOST_SECONDS:  # NaN is neither
        return Seconds(None, "is beyond all reason" if isinstance(value, int) or isfinite(value) else "is not finite")
    return Seconds(float(value), quoted=quoted)
