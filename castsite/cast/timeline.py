"""From a recording as it was read to the one that is published: what is left out, and how time is counted.

Two timelines exist: the source's own, on which front matter counts, and the played one, on which everything else does.
`Clock` leads from the first to the second.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import merge
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Final, Literal

from castsite.cast.events import INPUT, MARKER, OUTPUT, RESIZE, Cast, Event
from castsite.cast.findings import Findings, RefusedError
from castsite.cast.kinds import label_cut
from castsite.cast.times import hours, seconds_text
from castsite.errors import Problem, quote
from castsite.limits import Limits

_PUBLISHED: Final = frozenset((OUTPUT, RESIZE, MARKER))
_TIME: Final = itemgetter(0)
_CODE: Final = itemgetter(1)

Markers = Iterable[tuple[int, str]]
"""Times on the source's own timeline, in microseconds, and labels."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Leads from the source's timeline to the played one.

    For each shortened gap, in order: where it begins and ends on the source's timeline, and how much was taken out up
    to its end. `limit` is what is left of each. `end` is the last moment of the source's timeline.
    """

    end: int
    limit: int = 0
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()

    def played(self, time: int) -> int:
        """Give the moment of the published recording that shows what the source's `time` showed; never past the end.

        Within a shortened gap nothing changes, so a moment in what was taken out becomes the gap's end.
        """
        time = min(max(time, 0), self.end)
        index = bisect_left(self.ends, time)
        before = self.removed[index - 1] if index else 0
        if index < len(self.starts) and time > self.starts[index]:
            time = min(time, self.starts[index] + self.limit)
        return time - before


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording ready to be written and analysed. `cast` is None exactly when there is an error in the problems."""

    cast: Cast | None
    clock: Clock
    problems: tuple[Problem, ...]


def prepare(  # noqa: PLR0913  # all but the first say how, and are named
    cast: Cast,
    *,
    markers: Markers | None = None,
    idle_limit: int | Literal["off"] | None = None,
    keep_input: bool = False,
    limits: Limits,
    path: str,
) -> Prepared:
    """Leave out what is not published, put in the author's markers, bake the idle limit in, check the duration.

    `markers` None keeps the recording's own. `idle_limit` is in microseconds; None means the header's own limit, "off"
    none at all. The order matters: every event that stays counts as activity.
    """
    findings = Findings(path)
    _inform_of_input(cast, findings, keep_input=keep_input)
    ready = published(cast, keep_input=keep_input)
    if markers is not None:
        ready = with_markers(ready, _checked(markers, ready.duration, findings, limits))
    limit = cast.header.idle_limit if idle_limit is None else idle_limit
    # a dropped event may have parted what is now one gap too long for browsers' timers
    clock = clock_of(ready, limits.gap if limit is None or limit == "off" else min(limit, limits.gap))
    played: Cast | None = _retimed(ready, clock)
    try:
        _check_duration(clock.played(clock.end), findings, limits)
    except RefusedError:
        played = None
    return Prepared(played, clock, findings.problems())


def published(cast: Cast, *, keep_input: bool = False) -> Cast:
    """Drop what is not published: input unless it is kept, exit status, unknown codes, and what changes nothing.

    Nothing else moves. An empty output stays when it is the last event, since it carries the end.
    """
    events = cast.events
    kinds = _PUBLISHED | {INPUT} if keep_input else _PUBLISHED
    if set(map(_CODE, events)) != {OUTPUT}:
        events = _without_equal_resizes(cast, tuple(event for event in events if event[1] in kinds))
    if not all(map(itemgetter(2), events)):
        events = without_empty_outputs(events)
    return cast if events is cast.events else replace(cast, events=events)


def without_empty_outputs(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Drop outputs of nothing, but for the last event, and for one when there would be no output at all."""
    needed = {len(events) - 1}
    if not any(event.data for event in events if event.code == OUTPUT):
        needed.add(max((index for index, event in enumerate(events) if event.code == OUTPUT), default=0))
    return tuple(event for index, event in enumerate(events) if event.data or event.code != OUTPUT or index in needed)


def with_markers(cast: Cast, markers: Markers) -> Cast:
    """Replace the recording's own markers; at equal times a marker stands before the event it announces."""
    own = sorted((Event(time, MARKER, label) for time, label in markers), key=_TIME)
    rest = [event for event in cast.events if event.code != MARKER]
    return replace(cast, events=tuple(merge(own, rest, key=_TIME)))


def limit_idle(cast: Cast, limit: int | None) -> Cast:
    """Shorten every pause to `limit` microseconds, in the times themselves; the header then asks for no limit."""
    return _retimed(cast, clock_of(cast, limit))


def clock_of(cast: Cast, limit: int | None) -> Clock:
    """Make the clock that shortens every pause of a cast to `limit` microseconds; the first one begins at 0."""
    times = [0, *map(_TIME, cast.events)]
    end = times[-1]
    if limit is None or limit <= 0 or limit >= end:
        return Clock(end)
    gaps = [(start, stop) for start, stop in pairwise(times) if stop - start > limit]
    if not gaps:
        return Clock(end)
    starts, ends = zip(*gaps, strict=True)
    return Clock(end, limit, starts, ends, tuple(accumulate(stop - start - limit for start, stop in gaps)))


def _retimed(cast: Cast, clock: Clock) -> Cast:
    header = replace(cast.header, idle_limit=None) if cast.header.idle_limit else cast.header
    if not clock.starts:
        return cast if header is cast.header else replace(cast, header=header)
    times = list(map(_TIME, cast.events))
    borders = [0, *(bisect_left(times, end) for end in clock.ends), len(times)]
    shifts = (0, *clock.removed)
    events = [
        Event(time - shift, code, data)
        for (begin, stop), shift in zip(pairwise(borders), shifts, strict=True)
        for time, code, data in cast.events[begin:stop]
    ]
    return replace(cast, header=header, events=tuple(events))


def _without_equal_resizes(cast: Cast, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Drop resizes to the size the terminal has: asciinema 2.4 writes each of them twice."""
    size = f"{cast.header.cols}x{cast.header.rows}"
    kept = []
    for event in events:
        if event.code == RESIZE:
            if event.data == size:
                continue
            size = event.data
        kept.append(event)
    return tuple(kept)


def _inform_of_input(cast: Cast, findings: Findings, *, keep_input: bool) -> None:
    dropped = 0 if keep_input else [*map(_CODE, cast.events)].count(INPUT)
    if dropped:
        findings.inform("cast-input", f"recorded input left out ({dropped:,} events); publish_input keeps it")


def _checked(markers: Markers, end: int, findings: Findings, limits: Limits) -> list[tuple[int, str]]:
    """Put the author's markers in order, and within the recording and its limits."""
    ordered = sorted(markers, key=_TIME)
    if len(ordered) > limits.markers:
        findings.warn("cast-markers", f"{len(ordered):,} markers; only the first {limits.markers:,} are kept")
    return [_checked_marker(time, label, end, findings, limits) for time, label in ordered[: limits.markers]]


def _checked_marker(time: int, label: str, end: int, findings: Findings, limits: Limits) -> tuple[int, str]:
    if time > end:
        text = f"marker {quote(label)} at {seconds_text(time)} is after the end; moved to {seconds_text(end)}"
        findings.warn("cast-late-marker", text)
    if len(label) > limits.marker_label:
        findings.warn("cast-marker-label", f"marker label of {len(label):,} characters; cut to {limits.marker_label}")
    return min(max(time, 0), end), label_cut(label, limits)


def _check_duration(duration: int, findings: Findings, limits: Limits) -> None:
    if duration > limits.duration:
        cure = "idle_time_limit shortens its pauses"
        findings.refuse("cast-limit", f"lasts {hours(duration)}; the limit is {hours(limits.duration)}; {cure}")
