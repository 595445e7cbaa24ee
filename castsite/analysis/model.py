"""Types of what is known about a recording. Times are microseconds on the played timeline of the published cast.

All of them are made of tuples, text and numbers, so that a record of them can be kept on disk as JSON.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from msgspec import Struct

from castsite.terminal import Colour, Cursor, Run, Snapshot, Style

__all__ = [
    "FILM_SLICES",
    "TRACE_SLICES",
    "Analysis",
    "Captions",
    "Chapter",
    "Colour",
    "Command",
    "Cue",
    "Cursor",
    "Film",
    "Line",
    "Run",
    "Snapshot",
    "Style",
]

CONFIDENT: Final = 0.7
"""Least confidence of a command that is shown to anybody."""

TRACE_SLICES: Final = 480
"""Slices of the stored activity: 96 (lists), 160 (search) and 240 (scrubber) all divide it."""

FILM_SLICES: Final = 24
"""Slices of the duration that have a still in the film."""


class Line(NamedTuple):
    """A logical line that was on the screen: soft wraps joined, right-stripped, no control characters.

    `time` is the first settled moment at which exactly this text stood there; `since` ≤ `time` is when its row began
    to grow into it. `alternate`: it stood on the alternate screen of a full-screen program.
    """

    time: int
    since: int
    text: str
    alternate: bool = False


class Command(NamedTuple):
    """A command typed at a prompt: `time` when the prompt stood ready, `accepted` when Enter was pressed.

    `text` has no prompt; continuation lines are joined by line feeds. `source` names the signal it was found by.
    """

    time: int
    accepted: int
    text: str
    prompt: str
    source: Literal["exact", "marks", "editor", "editor-", "prompt", "author"]
    kind: Literal["shell", "repl"]
    confidence: float


class Chapter(NamedTuple):
    """A moment: a marker of the author's, whose title is empty where it has no label, or a command in its stead."""

    time: int
    title: str


class Cue(NamedTuple):
    """A caption: `text` is to be read from `start` up to `end`; its lines are joined by line feeds."""

    start: int
    end: int
    text: str


class Captions(NamedTuple):
    """Captions in one language, named as HTML names it, in the order of their starts."""

    language: str
    cues: tuple[Cue, ...]


class Film(NamedTuple):
    """What stood on the screen over time: at most `FILM_SLICES` stills, no two alike, in a box of `cols` × `rows`.

    A still is the text of its rows, joined by line feeds, without blank rows at its end; it may be smaller than the
    box. `slices` names the still of each slice of the duration: `a` is the first, `b` the second.
    """

    cols: int
    rows: int
    stills: tuple[str, ...]
    slices: str


class Analysis(Struct, frozen=True, kw_only=True):
    """All that is known about one published cast."""

    duration: int
    cols: int
    rows: int
    """size in the header of the published cast"""
    max_cols: int
    max_rows: int
    """largest size the terminal ever had"""
    resized: bool
    """whether the published cast has resize events: then a player must not be given a fixed size"""
    events: int
    lines: tuple[Line, ...]
    commands: tuple[Command, ...]
    chapters: tuple[Chapter, ...]
    chapters_from: Literal["markers", "commands", "none"]
    poster: Snapshot
    poster_time: int
    activity: tuple[int, ...]
    """characters printed in each of `TRACE_SLICES` equal slices of the duration"""
    cut_off: bool
    film: Film | None = None
    """None when the screen never changed"""
    captions: tuple[Captions, ...] = ()
    pace: tuple[tuple[int, int], ...] = ()
    """moments of the source at which time begins to run otherwise, and when each is played; where it was asked for"""

    @property
    def shown_commands(self) -> tuple[Command, ...]:
        """Commands that are listed: those of a shell; where there is none, the inputs of the recording's programs."""
        sure = [command for command in self.commands if command.confidence >= CONFIDENT]
        return tuple([command for command in sure if command.kind == "shell"] or sure)
