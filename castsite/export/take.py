"""What is exported, and how it is to look."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from castsite.analysis.model import Analysis
from castsite.cast.events import Cast
from castsite.errors import Place, Problem, Severity
from castsite.limits import SECOND
from castsite.render.images.palette import Palette
from castsite.render.images.shapes import HEIGHT
from castsite.render.images.svg import FONT_SIZE
from castsite.site.model import Recording


class Looks(Struct, frozen=True, kw_only=True):
    """How an export looks and runs; the defaults are the grid of players and posters, in which cells are whole pixels.

    `font_size` in pixels, `line_height` in ems, `last_frame` in microseconds, `fps_cap` in pictures a second: 0 for
    what is usual for a kind.
    """

    font_size: float = FONT_SIZE
    line_height: float = HEIGHT / FONT_SIZE
    fps_cap: int = 0
    last_frame: int = 2 * SECOND
    loop: bool = True
    idle: int | None = 2 * SECOND
    """longest pause of a picture that moves, microseconds; films of players can be wound, and have their own"""
    gifsicle: bool = False
    """whether that program may make a GIF smaller, where it is there"""
    commands_only: bool = False
    """whether captions are the commands, and not all lines"""


DEFAULT = Looks()


class Take(Struct, frozen=True, kw_only=True):
    """A recording as it is published, or as a command has changed it, with all that is known about it."""

    recording: Recording
    cast: Cast
    data: bytes
    """the cast as a file"""
    analysis: Analysis
    palette: Palette
    bold_is_bright: bool = False
    looks: Looks = DEFAULT
    base_url: str | None = None


def told(take: Take, severity: Severity, code: str, text: str) -> Problem:
    """Say something about the export of a recording."""
    return Problem(severity, Place(take.recording.source), code, text)


class Made(NamedTuple):
    """A file that was made, None where that was refused, and what is to be said about it."""

    data: bytes | None
    problems: tuple[Problem, ...] = ()
