"""What an author changes of a recording's time, held against the recording: what is cut, what is played faster."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from castsite.cast.clock import Range, Rate, joined
from castsite.cast.times import seconds_text
from castsite.errors import Place, Problem, Severity
from castsite.schema.values import Stretch


class Edits(NamedTuple):
    """What an author changes of a recording's time, in microseconds of its own.

    `places`: where that is written, and what else an author wrote that counts on it.
    """

    start: int | None = None
    end: int | None = None
    cut: tuple[Stretch, ...] = ()
    speed: float | tuple[Stretch, ...] | None = None
    places: tuple[tuple[str, Place], ...] = ()

    @property
    def leave_out(self) -> bool:
        """Whether some of what was recorded is not played."""
        return bool(self.start or self.end is not None or self.cut)

    def place(self, key: str, path: str) -> Place:
        """Where `key` was written; the recording when that is not known."""
        return next((place for written, place in self.places if written == key), Place(path))


UNCHANGED: Final = Edits()


def cuts_of(edits: Edits, end: int, path: str, told: list[Problem]) -> tuple[Range, ...]:
    """Give all that is taken out: ranges in order that do not touch, within the recording."""
    found = [(stretch.start, stretch.end) for stretch in edits.cut]
    told += (_beyond("cut", start, end, "it cuts nothing", edits, path) for start, _ in found if start >= end)
    if edits.start:
        found.append((0, edits.start))
    if edits.end is not None and edits.end >= end:
        if edits.end > end:
            told.append(_beyond("end", edits.end, end, "the end stays", edits, path))
    elif edits.end is not None:
        found.append((edits.end, end + 1))
    cuts = tuple(joined((start, stop) for start, stop in found if start < end))
    if cuts and cuts[0][0] <= 0 and cuts[0][1] >= end:
        key = "start" if edits.start and edits.start >= end else "cut" if edits.cut else "end"
        text = f"nothing of the recording is left, which lasts {seconds_text(end)}; cut less of it"
        if edits.start and edits.end is not None and edits.end <= edits.start < end:
            key, start = "end", seconds_text(edits.start)
            text = f"{seconds_text(edits.end)} is not after the start, {start}: nothing is left; name a later end"
        text = f"{key}: {text}"
        told.append(Problem(Severity.ERROR, edits.place(key, path), "nothing-left", text))
    return cuts


def rates_of(edits: Edits, end: int, path: str, told: list[Problem]) -> tuple[Rate, ...]:
    """Give the stretches that are played at another speed."""
    if edits.speed is None:
        return ()
    if not isinstance(edits.speed, tuple):
        return (Rate(0, end + 1, Fraction(str(edits.speed))),)
    beyond = (one for one in edits.speed if one.start >= end)
    told += (_beyond("speed", one.start, end, "it changes nothing", edits, path) for one in beyond)
    return tuple(Rate(one.start, one.end, Fraction(str(one.factor))) for one in edits.speed if one.start < end)


def _beyond(key: str, time: int, end: int, effect: str, edits: Edits, path: str) -> Problem:  # noqa: PLR0913, PLR0917
    text = f"{key}: {seconds_text(time)} is beyond the end ({seconds_text(end)}); {effect}"
    return Problem(Severity.WARNING, edits.place(key, path), "beyond-the-end", text)
