"""The model of a recording: a header, and events in file order.

Times are integer microseconds from the start and never decrease. The order of the file is the truth: events are never
sorted. Words are those of the asciicast specification.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from msgspec import Struct

Code = Literal["o", "i", "r", "m", "x"]

OUTPUT: Final = "o"
INPUT: Final = "i"
RESIZE: Final = "r"
MARKER: Final = "m"
EXIT: Final = "x"


class Event(NamedTuple):
    """One event. `data` is the text of `o` and `i`, the label of `m`, `COLSxROWS` of `r`, the status of `x`.

    A named tuple and not a class per kind: a recording has up to a million of them, and frozen classes cost six times
    as much to make.
    """

    time: int
    code: str
    data: str

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of a resize event, whose data the reader has checked."""
        cols, _, rows = self.data.partition("x")
        return int(cols), int(rows)


class TerminalTheme(Struct, frozen=True):
    """Colours recorded with the cast, each `#rrggbb`: foreground, background, a palette of 8 or 16."""

    foreground: str
    background: str
    palette: tuple[str, ...]


class Header(Struct, frozen=True, kw_only=True):
    """What a cast says of itself, normalised over the three versions. Absent, null and unusable values are None."""

    version: int
    """asciicast version of the source: 1, 2 or 3"""
    cols: int
    rows: int
    title: str | None = None
    timestamp: int | None = None
    """Unix seconds"""
    idle_limit: int | None = None
    """microseconds"""
    theme: TerminalTheme | None = None
    command: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    term_type: str | None = None
    term_version: str | None = None
    tags: tuple[str, ...] = ()


class Cast(Struct, frozen=True):
    """A whole recording. `cut_off`: its last line was torn, so the recorder died or is still writing."""

    header: Header
    events: tuple[Event, ...]
    cut_off: bool = False

    @property
    def duration(self) -> int:
        """Microseconds from the start to the last event: what a player shows."""
        return self.events[-1].time if self.events else 0
