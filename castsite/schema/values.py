"""Typed values that both front matter and the configuration hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

Extra = str | tuple["Extra", ...] | tuple[tuple[str, "Extra"], ...]
"""What `extra:` may hold: text, lists, mappings (as pairs); never interpreted."""

Option = str | int | float | bool | tuple[float | tuple[float, str], ...]
"""Value of a player option."""

Options = tuple[tuple[str, Option], ...]
"""Player options by asciinema-player's own camelCase name, sorted by name."""


class Visibility(StrEnum):
    """Who is told of a page."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class Author(NamedTuple):
    """A person, with an address of theirs (http, https or mailto) or the empty text."""

    name: str
    url: str = ""


class Link(NamedTuple):
    """A titled address; the title may be empty."""

    title: str
    url: str


class Day(NamedTuple):
    """A moment somebody wrote: `moment` always has a zone; `whole_day`: only a date was written."""

    moment: datetime
    whole_day: bool = True

    @property
    def date(self) -> date:
        """The calendar day in the zone it was written in."""
        return self.moment.date()


class Part(NamedTuple):
    """Membership in a series: its name, and the part's number or None."""

    name: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, microseconds."""

    start: int
    end: int
    factor: float = 1.0
