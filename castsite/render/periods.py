"""Time in equal steps: how many recordings there are of each month, or of more where that would be too many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from castsite.site.model import Recording

MOST: Final = 120
"""Periods, which are counted by year where there would be more months than that, then by ten and by a hundred years."""

_STEPS: Final = (1, 12, 120, 1200)


class Span(NamedTuple):
    """A stretch of whole months, and what is dated in it; `duration` in microseconds."""

    first: date
    last: date
    """the first days of its first and its last month"""
    recordings: int
    duration: int


def spans(recordings: Iterable[Recording], most: int = MOST) -> tuple[Span, ...]:
    """Give all from the first that holds a recording to the last, those that hold none among them."""
    found: dict[int, tuple[int, int]] = {}
    for one in recordings:
        if one.date:
            month = one.date.date.year * 12 + one.date.date.month - 1
            count, duration = found.get(month, (0, 0))
            found[month] = count + 1, duration + one.summary.duration
    if not found:
        return ()
    first, last = min(found), max(found)
    step = next(step for step in _STEPS if step == _STEPS[-1] or last // step - first // step < most)
    counts = dict.fromkeys(range(first // step, last // step + 1), (0, 0))
    for month, (count, duration) in found.items():
        before = counts[month // step]
        counts[month // step] = before[0] + count, before[1] + duration
    return tuple(
        Span(_month(at * step), _month(at * step + step - 1), count, duration)
        for at, (count, duration) in counts.items()
    )


def _month(number: int) -> date:
    year, month = divmod(min(max(number, 12), 12 * date.max.year + 11), 12)
    return date(year, month + 1, 1)
