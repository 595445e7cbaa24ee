"""How a recording's time becomes the one that is played: what is cut stands still, pauses end early, speed runs faster.

Two timelines exist: the source's own, on which front matter counts, and the played one, on which everything else does.
All times are integer microseconds. Each stretch is computed from where it begins, never by adding up rounded gaps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple, TypeVar

from msgspec import Struct

Range = tuple[int, int]
"""From a moment up to another one, which is no longer part of it."""


class Rate(NamedTuple):
    """A stretch of the source's timeline, and how many times as fast as recorded it is played."""

    start: int
    end: int
    factor: Fraction


_R = TypeVar("_R", Range, Rate)


class Clock(Struct, frozen=True):
    """Leads from the source's timeline to the played one.

    `knots` are the moments of the source at which time begins to run otherwise, ascending, the first one 0; `moments`
    are when these are played. From each to the next time runs evenly. `end` is the last moment of the source.
    """

    end: int
    knots: tuple[int, ...] = (0,)
    moments: tuple[int, ...] = (0,)

    def played(self, time: int) -> int:
        """Give the moment of the published recording that shows what the source's `time` showed; never past the end.

        What was taken out is not shown: a moment in it becomes that at which it was taken out.
        """
        time = min(max(time, 0), self.end)
        at = bisect_right(self.knots, time) - 1
        return self._from(at, time)

    def shows(self, time: int) -> bool:
        """Whether a moment of the source is played, and not taken out."""
        at = bisect_right(self.knots, time) - 1
        return 0 <= time <= self.end and (at + 1 >= len(self.knots) or self.moments[at] < self.moments[at + 1])

    def all_played(self, times: Sequence[int]) -> Iterator[int]:
        """Give the same as `played` for many moments in order, many at once."""
        borders = [0, *(bisect_left(times, knot) for knot in self.knots[1:]), len(times)]
        for at, (begin, stop) in enumerate(pairwise(borders)):
            if begin == stop:
                continue
            if self._is_as_recorded(at):
                shift = self.moments[at] - self.knots[at]
                yield from (time + shift for time in times[begin:stop])
            else:
                yield from (self._from(at, time) for time in times[begin:stop])

    def recorded(self, time: int) -> int:
        """Give a moment of the source that is played at a moment: behind what is taken out there, if anything is."""
        at = bisect_right(self.moments, time) - 1
        knot, moment = self.knots[at], self.moments[at]
        if self._is_as_recorded(at):
            return knot + time - moment
        return knot - (moment - time) * (self.knots[at + 1] - knot) // (self.moments[at + 1] - moment)

    @property
    def hurries(self) -> bool:
        """Whether anything is played faster than it was recorded."""
        stretches = zip(pairwise(self.knots), pairwise(self.moments), strict=True)
        return any(start < end < start + after - before for (before, after), (start, end) in stretches)

    @property
    def changes(self) -> bool:
        """Whether anything is played at another time than it was recorded."""
        return self.knots != self.moments

    def _is_as_recorded(self, at: int) -> bool:
        if at + 1 >= len(self.knots):
            return True
        return self.knots[at + 1] - self.knots[at] == self.moments[at + 1] - self.moments[at]

    def _from(self, at: int, time: int) -> int:
        """Compute a moment from the knot before it; after the last one time runs as recorded."""
        knot, moment = self.knots[at], self.moments[at]
        if self._is_as_recorded(at):
            return moment + time - knot
        return moment + (time - knot) * (self.moments[at + 1] - moment) // (self.knots[at + 1] - knot)


def clock_of(
    times: Sequence[int],
    *,
    limit: int | None = None,
    cuts: Sequence[Range] = (),
    rates: Sequence[Rate] = (),
) -> Clock:
    """Make the clock of a recording whose events stand at `times`, ascending; the first pause begins at 0.

    `cuts` are taken out: ranges in order that do not touch. Then each pause becomes at most `limit` long. Then time
    runs faster in the stretches of `rates`, which do not overlap.
    """
    last = times[-1] if times else 0
    still = joined([*cuts, *_idle(times, limit, cuts)]) if limit and 0 < limit < last else list(cuts)
    fast = sorted(rate for rate in rates if rate.factor != 1)
    if not still and not fast:
        return Clock(last)
    borders = sorted(
        {0, last}
        | {min(moment, last) for each in still for moment in each}
        | {min(moment, last) for rate in fast for moment in (rate.start, rate.end)}
    )
    moments = [0]
    for start, stop in pairwise(borders):
        moments.append(moments[-1] + _length(start, stop, still, fast))
    return Clock(last, tuple(borders), tuple(moments))


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Put ranges in order, and those together that touch."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def lies_in(ranges: Iterable[Range], time: int) -> bool:
    """Whether a moment lies in one of them."""
    return any(start <= time < end for start, end in ranges)


def _idle(times: Sequence[int], limit: int, cuts: Sequence[Range]) -> Iterator[Range]:
    """Give what is left of each pause after its first `limit` microseconds. A cut ends where an event stands."""
    ends = {end: end - start for start, end in cuts}
    for start, end in pairwise([0, *times]):
        kept = end - start - ends.get(end, 0)
        if kept > limit:
            yield start + limit, start + kept


def _length(start: int, stop: int, still: Sequence[Range], fast: Sequence[Rate]) -> int:
    """Give how long a stretch without a border inside is played."""
    if _last(still, start):
        return 0
    rate = _last(fast, start)
    return (stop - start) * rate.factor.denominator // rate.factor.numerator if rate else stop - start


def _last(ranges: Sequence[_R], moment: int) -> _R | None:
    """Give the one of ranges in order that holds a moment."""
    at = bisect_right(ranges, moment, key=itemgetter(0)) - 1
    return ranges[at] if at >= 0 and moment < ranges[at][1] else None
