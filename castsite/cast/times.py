"""From the seconds of a file to one timeline: integer microseconds from the start, never decreasing.

The order of the file is the truth: an event with an earlier time than the one before it is moved up to it, never
sorted (of 715 public recordings 32 go backwards, by late writer threads, edits by hand, joined parts).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from castsite.cast.findings import Findings
from castsite.cast.rows import LOST, Rows
from castsite.limits import SECOND, Limits, moved_by
from castsite.schema.times import show_time

_EPOCH: Final = 10**8 * SECOND
"""A v2 file whose first time is above this counts from 1970, not from its start."""

_NAMED: Final = 5
"""Moments that one message names."""

_MINUTE: Final = 60 * SECOND


def micros(rows: Rows) -> list[int]:
    """Convert the seconds of all rows, each on its own, so that sums of them do not drift."""
    return [round(row[0] * 1_000_000) for row in rows.items]


def absolute(rows: Rows, findings: Findings) -> list[int]:
    """Read times that count from the start."""
    times = micros(rows)
    if times and 0 <= times[0] <= _EPOCH and (times == sorted(times)):
        return times
    return _forwards(_from_start(times, rows, findings), rows, findings)


def relative(rows: Rows, findings: Findings) -> list[int]:
    """Read times that count from the previous event of any kind, the dropped ones included."""
    delays = micros(rows)
    if delays and min(delays) < 0:
        delays = _not_negative(delays, rows, findings)
    return list(accumulate(delays))


def are_absolute(rows: Rows) -> bool:
    """Tell whether the intervals of a v3 file are absolute times, written by a tool that took it for v2.

    At least 16 times, no step down, at least a quarter of them distinct. Of 73 public v3 files both real cases are
    found by this and no other.
    """
    times = micros(rows)
    return len(times) >= 16 and len(set(times)) * 4 >= len(times) and times == sorted(times)


def shorten_gaps(times: list[int], rows: Rows, findings: Findings, limits: Limits) -> list[int]:
    """Shorten gaps longer than the limit, so that the whole still fits into the longest recording allowed."""
    if not times or times[-1] <= limits.gap:
        return times
    kept = [index for index, row in enumerate(rows.items) if row[1] != LOST]
    gaps = [later - earlier for earlier, later in pairwise([0, *(times[index] for index in kept)])]
    long = [number for number, gap in enumerate(gaps) if gap > limits.gap]
    room = (limits.duration - sum(gap for gap in gaps if gap <= limits.gap)) // max(len(long), 1)
    most = min(room, limits.gap) if room > 0 else limits.gap
    for number in long:
        text = f"pause of {length_text(gaps[number])} shortened to {length_text(most)} {moved_by('gap')}"
        findings.warn("cast-long-gap", text, rows.line(kept[number]))
        gaps[number] = most
    for index, time in zip(kept, accumulate(gaps), strict=True):
        times[index] = time
    return times


def seconds_text(time: int) -> str:
    """Microseconds as seconds, for a message."""
    return f"{time / SECOND:.15g} s"


def moments(times: Sequence[int]) -> str:
    """Several moments, for a message: the first ones, and how many others there are."""
    more = f" and {len(times) - _NAMED:,} more" if len(times) > _NAMED else ""
    return ", ".join(map(seconds_text, times[:_NAMED])) + more


def length_text(time: int) -> str:
    """Microseconds as people say how long something lasts, for a message.

    >>> length_text(55_908_000), length_text(93_700_000), length_text(25 * 3600 * SECOND)
    ('55.908 s', '1:33.7', '25:00:00')
    """
    return seconds_text(time) if time < _MINUTE else show_time(time)


def _from_start(times: list[int], rows: Rows, findings: Findings) -> list[int]:
    first = next((index for index, row in enumerate(rows.items) if row[1] != LOST), None)
    if first is None or times[first] <= _EPOCH:
        return times
    start = times[first]
    text = f"first time is {seconds_text(start)}, a date; all times now count from it"
    findings.warn("cast-epoch-times", text, rows.line(first))
    return [time - start for time in times]


def _forwards(times: list[int], rows: Rows, findings: Findings) -> list[int]:
    highest = 0
    for index, time in enumerate(times):
        if time >= highest and rows.items[index][1] != LOST:
            highest = time
        elif rows.items[index][1] != LOST:
            _warn_of_step_back(time, highest, rows.line(index), findings)
        times[index] = highest
    return times


def _warn_of_step_back(time: int, highest: int, line: int, findings: Findings) -> None:
    if time < 0:
        findings.warn("cast-negative-time", f"time {seconds_text(time)} is before the start; moved up", line)
    else:
        text = f"time goes back from {seconds_text(highest)} to {seconds_text(time)}; moved up, order kept"
        findings.warn("cast-time-backwards", text, line)


def _not_negative(delays: list[int], rows: Rows, findings: Findings) -> list[int]:
    for index, delay in enumerate(delays):
        if delay < 0:
            text = f"negative interval {seconds_text(delay)}; read as 0"
            findings.warn("cast-negative-time", text, rows.line(index))
            delays[index] = 0
    return delays
