"""The reel: all recordings of a site laid end to end on one line, and where its sections begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from unicodedata import east_asian_width

from castsite.render.context import Mark, Reel, Span
from castsite.render.encode import clock, number
from castsite.render.images.trace import resample, trace_path
from castsite.render.listing import Listed
from castsite.render.shell import Sheet, page_of

COLUMN = 900_000
"""Microseconds of one column."""

COLUMNS = 1600
"""Columns that are told apart on a wide screen; on a longer line each of them is longer."""

FROM, UP_TO = 6, 1500
"""Recordings from which, and up to which, the line says something."""

SINGLE = 200
"""Recordings that are links of their own; more are too narrow to be met, and lead to their sections."""

_ROOM = ((48, 716), (64, 954), (84, 1344))  # width of the window in rem, and then of the line in pixels
_LETTER, _AROUND = 6.7, 14  # pixels of a letter, and beside a name


def reel(sheet: Sheet, owner: str, everything: Sequence[Listed]) -> Reel | None:
    """Lay recordings end to end in the order they are listed; None where that is not worth a line.

    `owner` is the slug of the section that lists them: it is not named below its own recordings.
    """
    if not FROM <= len(everything) <= UP_TO:
        return None
    total = sum(one.recording.summary.duration for one in everything)
    column = max(COLUMN, total / COLUMNS)
    skylines = [_skyline(one, column) for one in everything]
    width = sum(map(len, skylines))
    marks = tuple(_marks(sheet, owner, everything, skylines, width))
    return Reel(
        clock=clock(total),
        spans=tuple(_spans(sheet, everything, skylines, width)),
        marks=marks if len(marks) > 1 else (),
    )


def _skyline(one: Listed, column: float) -> list[int]:
    summary = one.recording.summary
    return resample([int(level) for level in summary.trace], max(1, round(summary.duration / column)))


def _spans(sheet: Sheet, listed: Sequence[Listed], skylines: Sequence[Sequence[int]], width: int) -> Iterator[Span]:
    single = len(listed) <= SINGLE
    at = 0
    for _, group in groupby(range(len(listed)), lambda index: index if single else listed[index].section.slug):
        found = list(group)
        first = listed[found[0]]
        levels = [level for index in found for level in skylines[index]]
        yield Span(
            title=first.recording.title if single else first.section.title,
            href=sheet.link(page_of(first.recording.slug if single else first.section.slug)),
            clock=clock(sum(listed[index].recording.summary.duration for index in found)),
            start=_percent(at, width),
            share=_percent(len(levels), width),
            columns=len(levels),
            path=trace_path(levels),
        )
        at += len(levels)


def _marks(
    sheet: Sheet, owner: str, listed: Sequence[Listed], skylines: Sequence[Sequence[int]], width: int
) -> Iterator[Mark]:
    starts = [0, *accumulate(map(len, skylines))]
    for slug, group in groupby(range(len(listed)), lambda index: listed[index].section.slug):
        found = list(group)
        start, end = starts[found[0]], starts[found[-1] + 1]
        title = listed[found[0]].section.title
        if slug == owner:
            continue
        yield Mark(
            title=title,
            href=sheet.link(page_of(slug)),
            clock=clock(sum(listed[index].recording.summary.duration for index in found)),
            start=_percent(start, width),
            share=_percent(end - start, width),
            room=_room(title, (end - start) / width),
        )


def _percent(part: int, whole: int) -> str:
    return f"{number(round(100 * part / whole, 3))}%"


def _room(title: str, share: float) -> str:
    """Name the narrowest window in which a name stands beside its neighbours; `none` when there is no such window."""
    letters = sum(1.7 if east_asian_width(letter) in "WF" else 1 for letter in title)
    needed = letters * _LETTER + _AROUND
    return next((f"from-{window}" for window, line in _ROOM if share * line >= needed), "none")
