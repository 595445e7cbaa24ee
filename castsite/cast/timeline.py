"""From a recording as it was read to the one that is published: what is left out, and when the rest is played."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import merge
from operator import itemgetter
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from castsite.cast.clock import Clock, Range, clock_of, lies_in
from castsite.cast.edit import UNCHANGED, Edits, cuts_of, rates_of
from castsite.cast.events import EXIT, INPUT, MARKER, OUTPUT, RESIZE, Cast, Event
from castsite.cast.findings import Findings, RefusedError
from castsite.cast.kinds import label_cut
from castsite.cast.splice import Spliced, cut_out
from castsite.cast.times import length_text, moments, seconds_text
from castsite.errors import Problem, Severity, counted, quote
from castsite.limits import Limits, moved_by
from castsite.terminal import MIN_COLS

_PUBLISHED: Final = frozenset((OUTPUT, RESIZE, MARKER))
_TIME: Final = itemgetter(0)
_CODE: Final = itemgetter(1)

Markers = Iterable[tuple[int, str]]
"""Times on the source's own timeline, in microseconds, and labels."""


class Prepared(Struct, frozen=True):
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
    keep_exit: bool = False,
    edits: Edits = UNCHANGED,
    limits: Limits,
    path: str,
) -> Prepared:
    """Leave out what is not published and what is cut, put in the author's markers, bake idle limit and speed in.

    `markers` None keeps the recording's own. `idle_limit` is in microseconds; None means the header's own limit, "off"
    none at all. The order matters: every event that stays counts as activity, and pauses are shortened before anything
    is played faster. Raises TerminalError if the engine fails where something is cut.
    """
    findings = Findings(path)
    _inform_of_input(cast, findings, keep_input=keep_input)
    ready = published(cast, keep_input=keep_input, keep_exit=keep_exit)
    told: list[Problem] = []
    cuts = cuts_of(edits, ready.duration, path, told)
    rates = rates_of(edits, ready.duration, path, told)
    if any(problem.severity is Severity.ERROR for problem in told):
        return Prepared(None, Clock(ready.duration), (*findings.problems(), *told))
    whole, spliced = ready, cut_out(ready, cuts) if cuts else Spliced(ready, ())
    ready = spliced.cast
    if markers is not None:
        noted = Findings(path)
        checked = _checked(markers, cast.duration if cuts else ready.duration, noted, limits)
        ready = with_markers(ready, _outside(checked, spliced.cuts, noted))
        told += (one._replace(place=edits.place("markers", path)) for one in noted.problems())
    else:
        _inform_of_markers(whole, spliced.cuts, findings)
    limit = cast.header.idle_limit if idle_limit is None else idle_limit
    # a dropped event may have parted what is now one gap too long for browsers' timers
    clock = clock_of(
        list(map(_TIME, ready.events)),
        limit=limits.gap if limit is None or limit == "off" else min(limit, limits.gap),
        cuts=spliced.cuts,
        rates=rates,
    )
    played: Cast | None = _retimed(ready, clock)
    try:
        _check_duration(clock.played(clock.end), findings, limits)
    except RefusedError:
        played = None
    return Prepared(played, clock, (*findings.problems(), *told))


def _outside(markers: Iterable[tuple[int, str]], cuts: Sequence[Range], findings: Findings) -> list[tuple[int, str]]:
    """Leave out the author's markers that stand where something is cut."""
    kept = []
    for time, label in markers:
        if lies_in(cuts, time):
            findings.warn("cut-marker", f"marker {quote(label)} at {seconds_text(time)} is in what is cut; left out")
        else:
            kept.append((time, label))
    return kept


def published(cast: Cast, *, keep_input: bool = False, keep_exit: bool = False) -> Cast:
    """Drop what is not published: input and exit status unless they are kept, unknown codes, what changes nothing.

    Nothing else moves. An empty output stays when it is the last event, since it carries the end.
    """
    events = cast.events
    kinds = _PUBLISHED | ({INPUT} if keep_input else set()) | ({EXIT} if keep_exit else set())
    if set(map(_CODE, events)) != {OUTPUT}:
        kept = (_playable(event) if event[1] == RESIZE else event for event in events if event[1] in kinds)
        events = _without_equal_resizes(cast, tuple(kept))
    if not all(map(itemgetter(2), events)):
        events = without_empty_outputs(events)
    return cast if events is cast.events else replace(cast, events=events)


def _playable(event: Event) -> Event:
    """Give a resize that players survive: at one column a wide character ends their engine."""
    cols, rows = event.size
    return event if cols >= MIN_COLS else event._replace(data=f"{MIN_COLS}x{rows}")


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


def _retimed(cast: Cast, clock: Clock) -> Cast:
    header = replace(cast.header, idle_limit=None) if cast.header.idle_limit else cast.header
    if not clock.changes:
        return cast if header is cast.header else replace(cast, header=header)
    times = clock.all_played(list(map(_TIME, cast.events)))
    events = [Event(time, code, data) for time, (_, code, data) in zip(times, cast.events, strict=True)]
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
        findings.inform("cast-input", f"recorded input left out ({counted(dropped, 'event')}); publish_input keeps it")


def _inform_of_markers(cast: Cast, cuts: Sequence[Range], findings: Findings) -> None:
    """Tell of the recording's own markers that stand where something is cut."""
    gone = [one.time for one in cast.events if one.code == MARKER and lies_in(cuts, one.time)] if cuts else []
    if gone:
        findings.inform("cut-marker", f"the recording's own markers in what is cut are left out: at {moments(gone)}")


def _checked(markers: Markers, end: int, findings: Findings, limits: Limits) -> list[tuple[int, str]]:
    """Put the author's markers in order, and within the recording and its limits."""
    ordered = sorted(markers, key=_TIME)
    if len(ordered) > limits.markers:
        findings.warn(
            "cast-markers",
            f"{len(ordered):,} markers; only the first {limits.markers:,} are kept {moved_by('markers')}",
        )
    return [_checked_marker(time, label, end, findings, limits) for time, label in ordered[: limits.markers]]


def _checked_marker(time: int, label: str, end: int, findings: Findings, limits: Limits) -> tuple[int, str]:
    if time > end:
        text = f"marker {quote(label)} at {seconds_text(time)} is after the end; moved to {seconds_text(end)}"
        findings.warn("cast-late-marker", text)
    if len(label) > limits.marker_label:
        most = f"{limits.marker_label} {moved_by('marker_label')}"
        findings.warn("cast-marker-label", f"marker label of {len(label):,} characters; cut to {most}")
    return min(max(time, 0), end), label_cut(label, limits)


def _check_duration(duration: int, findings: Findings, limits: Limits) -> None:
    if duration > limits.duration:
        most = f"{length_text(limits.duration)} {moved_by('duration')}; idle_time_limit shortens its pauses"
        findings.refuse("cast-limit", f"lasts {length_text(duration)}; the limit is {most}")
