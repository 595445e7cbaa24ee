"""A version of asciicast as data, and the one way from its rows to a cast."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from operator import itemgetter
from typing import Final

from msgspec import Struct

from castsite.cast.events import EXIT, OUTPUT, Cast, Event, Header
from castsite.cast.findings import WITHOUT_OUTPUT
from castsite.cast.header import Fields, HeaderReader, Size, SizeKeys
from castsite.cast.kinds import check_kinds
from castsite.cast.rows import LOST, Rows
from castsite.cast.task import Task
from castsite.cast.times import shorten_gaps
from castsite.cast.titles import without_titles

RECORDED: Final = "CASTSITE_REC"
"""Variable in the `env` of a header that castsite's own recorder wrote."""


class Form(Struct, frozen=True):
    """What sets one version apart.

    `size` is where the version keeps the terminal's size, `other_sizes` where careless writers keep it. `theme` finds
    the recorded colours in the header. `times` gives a time in microseconds for each row.
    """

    version: int
    size: SizeKeys
    other_sizes: tuple[SizeKeys, ...]
    theme: Callable[[Fields], object]
    times: Callable[[Rows, Task], list[int]]


def build_cast(form: Form, header: HeaderReader, own_size: Size, rows: Rows, *, cut_off: bool) -> Cast:
    """Put header and rows together. Raises RefusedError when there is nothing to play, or a size is impossible."""
    task = header.task
    if not any(row[1] == OUTPUT for row in rows.items):
        task.findings.refuse("cast-no-events", f"no events: the recording holds no output; {WITHOUT_OUTPUT}")
    check_kinds(rows, task)
    times = shorten_gaps(form.times(rows, task), rows, task.findings, task.limits)
    size = header.complete_size(own_size, form.other_sizes, rows)
    _drop_titles(rows)
    known = header.header(form.version, size, form.theme(header.fields))
    if not cut_off and _lacks_end(known, rows):
        task.findings.warn("cast-cut-off", "the recorder was ended before its program; there is no exit status")
        cut_off = True
    return Cast(known, _events(times, rows), cut_off=cut_off)


def _lacks_end(header: Header, rows: Rows) -> bool:
    """Whether the last event should be the exit status, and is not.

    castsite's own recorder always writes one; others are known to when there is one further up, as there is where a
    recording was gone on with.
    """
    if not rows.items or header.version != 3 or rows.items[-1][1] == EXIT:
        return False
    return RECORDED in dict(header.env) or any(row[1] == EXIT for row in rows.items)


def _drop_titles(rows: Rows) -> None:
    if set(map(itemgetter(1), rows.items)) == {OUTPUT}:  # nearly always, and several times faster
        texts = [*map(itemgetter(2), rows.items)]
    else:
        texts = [row[2] for row in rows.items if row[1] == OUTPUT]
    kept = without_titles(texts)
    if kept is not texts:
        rest = iter(kept)
        rows.items = [(row[0], OUTPUT, next(rest)) if row[1] == OUTPUT else row for row in rows.items]


def _events(times: list[int], rows: Rows) -> tuple[Event, ...]:
    parts = zip(times, map(itemgetter(1), rows.items), map(itemgetter(2), rows.items), strict=True)
    events = map(tuple.__new__, repeat(Event), parts)  # a third of the cost of calling Event
    return tuple(event for event in events if event.code != LOST) if rows.lost else tuple(events)
