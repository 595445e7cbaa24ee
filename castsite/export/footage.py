"""A recording as pictures in time, made of rows: most rows change rarely, and one that comes back is the same again.

Everything that moves is made from this: equal rows are one object, known by its number, and are drawn once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.analysis.model import Run
from castsite.cast.events import OUTPUT, RESIZE, Cast, Event
from castsite.limits import SECOND
from castsite.render.images.cells import with_cursor
from castsite.terminal import Screen


class Shot(NamedTuple):
    """A picture: when it appears (microseconds), and the numbers of its rows from top to bottom."""

    time: int
    rows: tuple[int, ...]


class Footage(Struct, frozen=True):
    """All pictures of a recording, and what their rows show. Number 0 is a row of nothing.

    `cols` and `rows` are the largest size that the terminal had; a smaller screen stands at the top left.
    """

    cols: int
    rows: int
    shots: tuple[Shot, ...]
    lines: tuple[tuple[Run, ...], ...]
    """what each row shows, by its number, the cursor included"""
    duration: int
    """microseconds of the recording"""

    def without_pauses(self, limit: int | None) -> Footage:
        """Let no shot stay longer than `limit` microseconds, and end with the last one."""
        if limit is None:
            return self
        shots, gone = list(self.shots[:1]), 0
        for before, shot in pairwise(self.shots):
            gone += max(0, shot.time - before.time - limit)
            shots.append(Shot(shot.time - gone, shot.rows))
        return replace(self, shots=tuple(shots), duration=shots[-1].time)

    def ends(self, last_frame: int) -> list[int]:
        """Give when each shot ends; the last one stays for `last_frame` microseconds more than the recording."""
        last = max(self.duration, self.shots[-1].time) + last_frame
        return [*(shot.time for shot in self.shots[1:]), last]

    def at(self, time: int) -> int:
        """Give the number of the shot that is seen at a time."""
        return max(0, bisect_right(self.shots, time, key=lambda shot: shot.time) - 1)


MOST_SHOTS: Final = 20_000
MOST_ROWS: Final = 2_000_000
"""Rows of all shots together."""
MOST_LINES: Final = 100_000
"""Rows that look different."""


def film(cast: Cast, *, fps: int) -> Footage | None:
    """Play a recording and take at most `fps` pictures a second, each of what has been printed until the next.

    None for one that is too long, or too restless, to be kept in memory. Raises TerminalError.
    """
    screen = Screen(cast.header.cols, cast.header.rows)
    rows = _Rows()
    cols, height = screen.cols, screen.rows
    shots: list[Shot] = []
    numbers = [0] * screen.rows
    hidden = -1  # the row that was read with the cursor in it
    for time, events in ((0, ()), *_windows(cast, SECOND // fps)):
        before = (screen.cols, screen.rows)
        dirty = _fed(screen, events)
        if (screen.cols, screen.rows) != before:
            dirty, numbers = set(range(screen.rows)), [0] * screen.rows
            cols, height = max(cols, screen.cols), max(height, screen.rows)
        cursor = screen.cursor()
        shown = cursor.row if cursor.visible else -1
        for row in dirty | ({hidden, shown} - {-1}):
            if row < screen.rows:
                numbers[row] = rows.number(screen, row, cursor.col if row == shown else -1)
        hidden = shown
        picture = tuple(numbers)
        if shots and (picture == shots[-1].rows):
            continue
        if shots and shots[-1].time == time:
            shots.pop()
        shots.append(Shot(time, picture))
        count = len(shots)
        if count > MOST_SHOTS or count * height > MOST_ROWS or len(rows.lines) > MOST_LINES:
            return None
    whole = (Shot(shot.time, shot.rows + (0,) * (height - len(shot.rows))) for shot in shots)
    different = tuple(next(same) for _, same in groupby(whole, itemgetter(1)))
    return Footage(cols, height, different, tuple(rows.lines), cast.duration)


class _Rows(Struct):
    """Numbers of rows, by how they look and where the cursor is in them."""

    lines: list[tuple[Run, ...]] = field(default_factory=lambda: [()])
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    same: dict[tuple[Run, ...], int] = field(default_factory=lambda: {(): 0})

    def number(self, screen: Screen, row: int, col: int) -> int:
        key = (screen.look(row), col)
        found = self.numbers.get(key)
        if found is None:
            runs = screen.runs(row)
            runs = with_cursor(runs, col) if col >= 0 else runs
            found = self.same.setdefault(runs, len(self.lines))
            if found == len(self.lines):
                self.lines.append(runs)
            self.numbers[key] = found
        return found


def _windows(cast: Cast, span: int) -> Iterator[tuple[int, list[Event]]]:
    """Give the output between two pictures, with the time of the first of it."""
    found: list[Event] = []
    for event in cast.events:
        if event.code not in {OUTPUT, RESIZE}:
            continue
        if found and event.time - found[0].time >= span:
            yield found[0].time, found
            found = []
        found.append(event)
    if found:
        yield found[0].time, found


def _fed(screen: Screen, events: Iterable[Event]) -> set[int]:
    """Show events; give the rows that may look different now."""
    dirty: set[int] = set()
    waiting: list[str] = []

    def feed() -> None:
        if waiting:
            dirty.update(screen.feed("".join(waiting))[0])
            waiting.clear()

    for event in events:
        if event.code == OUTPUT:
            waiting.append(event.data)
            continue
        feed()
        screen.resize(*event.size)
        dirty.update(range(screen.rows))
    feed()
    return {row for row in dirty if row < screen.rows}
