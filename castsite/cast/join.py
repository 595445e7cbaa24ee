"""Several recordings as one, played one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from castsite.cast.events import EXIT, OUTPUT, RESIZE, Cast, Event


def join(casts: Sequence[Cast]) -> Cast:
    """Put recordings after each other; there is at least one. Each begins with a fresh screen of its own size.

    Title, colours and time of recording are those of the first. An exit status stays only at the end.
    """
    first, *others = casts
    events, size, time = list(_without_exit(first) if others else first.events), _size(first), first.duration
    for number, cast in enumerate(others, 1):
        own = cast.header.cols, cast.header.rows
        if own != size:
            events.append(Event(time, RESIZE, f"{own[0]}x{own[1]}"))
        events.append(Event(time, OUTPUT, "\x1bc"))
        kept = cast.events if number == len(others) else _without_exit(cast)
        events += (Event(time + event.time, event.code, event.data) for event in kept)
        size, time = _size(cast), time + cast.duration
    return replace(first, events=tuple(events), cut_off=casts[-1].cut_off)


def _without_exit(cast: Cast) -> tuple[Event, ...]:
    return tuple(event for event in cast.events if event.code != EXIT)


def _size(cast: Cast) -> tuple[int, int]:
    """Give the size that a recording ends with."""
    sizes = (event.size for event in reversed(cast.events) if event.code == RESIZE)
    return next(sizes, (cast.header.cols, cast.header.rows))
