"""What a reader of any format is given, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from castsite.cast.events import Cast
from castsite.cast.task import Times
from castsite.errors import Problem

Encoding = Literal["utf-8", "cp437", "latin-1"]
"""How the bytes of a terminal's output are read."""

Track = tuple[tuple[int, str], ...]
"""Commands: microseconds on the recording's own timeline, and texts."""


class Owner(Struct, frozen=True, kw_only=True):
    """What an author says of a file, against the file's own word. `size`: columns, rows."""

    size: tuple[int, int] | None = None
    times: Times | None = None
    encoding: Encoding = "utf-8"
    cps: float | None = None
    """characters in a second, where nobody wrote down when they came"""
    synthetic: bool = False
    """whether the author knows that nobody did"""


class Beside(Struct, frozen=True, kw_only=True):
    """Files that belong to the output of script(1): when its bytes came, and what was typed. Paths are for messages."""

    timing: bytes | None = None
    timing_path: str = ""
    input: bytes | None = None
    input_path: str = ""


SILENT: Final = Owner()
ALONE: Final = Beside()


class Found(Struct, frozen=True):
    """What came of a file. `cast` is None exactly when there is an error among the problems."""

    cast: Cast | None
    problems: tuple[Problem, ...]
    format: str = "asciicast"
    """what it is, in words"""
    commands: Track | None = None
    """those that the recording itself lists; None where it lists none"""
    synthetic: bool = False
    """whether nobody wrote down when its output came, so that its times are made up"""


class Draft(NamedTuple):
    """A recording on its way from one of the formats: what its header would say in asciicast v2, and its events.

    Times are microseconds from the start; those that go back are moved up later.
    """

    fields: Mapping[str, object]
    events: list[tuple[int, str, str]]
    cut_off: bool = False
    commands: Track | None = None
    synthetic: bool = False
