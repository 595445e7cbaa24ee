"""Typed values that both front matter and the configuration hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple

import msgspec


class List(msgspec.Struct, frozen=True, tag=True):
    """A list of somebody's. A type with a tag of its own, so that it can be remembered and told from a mapping."""

    items: tuple[Extra, ...]


class Table(msgspec.Struct, frozen=True, tag=True):
    """A mapping of somebody's, in its order."""

    entries: tuple[tuple[str, Extra], ...]


Extra = str | List | Table
"""What `extra:` may hold: text, lists, mappings; never interpreted."""

Option = str | int | float | bool | tuple[float | tuple[float, str], ...]
"""Value of a player option."""

Options = tuple[tuple[str, Option], ...]
"""Player options by asciinema-player's own camelCase name, sorted by name."""


class Visibility(StrEnum):
    """Who is told of a page."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class FrameAt(NamedTuple):
    """The picture that a recording itself holds of its screen at a time (µs), or at the one a poster is drawn of."""

    time: int | None = None


class Author(NamedTuple):
    """A person, with an address of theirs (http, https or mailto) or the empty text."""

    name: str
    url: str = ""


class Link(NamedTuple):
    """A titled address; the title may be empty."""

    title: str
    url: str


class Day(NamedTuple):
    """A moment somebody wrote: `moment` always has an offset (see `settled`); `whole_day`: only a date was written."""

    moment: datetime
    whole_day: bool = True

    @property
    def date(self) -> date:
        """The calendar day in the zone it was written in."""
        return self.moment.date()

    @property
    def iso(self) -> str:
        """For machines: the day, with the time where one was written."""
        return self.date.isoformat() if self.whole_day else self.moment.isoformat()


def settled(moment: datetime) -> datetime:
    """Give a moment the offset that its zone had then, in whole minutes, for good.

    A zone cannot be written down with a moment, an offset can, if it has no seconds (RFC 3339, section 5.6).
    """
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    return (
        moment.replace(tzinfo=timezone(timedelta(minutes=minutes)), fold=0) if minutes else moment.replace(tzinfo=UTC)
    )


class Part(NamedTuple):
    """Membership in a series: its name, and the part's number or None."""

    name: str
    number: int | None = None


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of time, microseconds."""

    start: int
    end: int
    factor: float = 1.0


class Mask(NamedTuple):
    """A rectangle of the screen to be hidden for a time. Rows and columns are 1-based, both ends included.

    `start` and `end` are microseconds; None for the beginning and the end of the recording.
    """

    rows: tuple[int, int]
    cols: tuple[int, int]
    start: int | None = None
    end: int | None = None


class Signed(NamedTuple):
    """A value that is no secret, wherever a rule finds it: its signature under the site's key."""

    rule: str
    signature: str


class Allowance(NamedTuple):
    """A finding of the secret scan that its author says is none: rule, place and source pin the value."""

    rule: str
    where: str
    source: str
    reason: str
    until: Day | None = None
