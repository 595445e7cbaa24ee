"""A recording as GIF (version 89a): of each picture the part that changed, and in that only what is not the same."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator
from typing import Final

from PIL import GifImagePlugin

from castsite.errors import Problem, Severity
from castsite.export.deltas import Deltas, deltas
from castsite.export.pixels import moving, stays
from castsite.export.take import Made, Take, told

UNIT: Final = 10_000
"""Microseconds that GIF counts in."""
SHORTEST: Final = 2
"""Units: browsers show shorter frames for a tenth of a second."""

_AGAIN: Final = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"  # for ever
_SECONDS: Final = 60  # for gifsicle


def gif(take: Take) -> Made:
    """Make a GIF. Raises TerminalError."""
    pixels, problems = moving(take)
    if pixels is None:
        return Made(None, problems)
    times = stays(pixels.footage, take.looks.last_frame, UNIT, SHORTEST)
    data = b"".join(_blocks(deltas(pixels), times, loop=take.looks.loop))
    return _smaller(data, take, problems) if take.looks.gifsicle else Made(data, problems)


def _blocks(film: Deltas, times: list[int], *, loop: bool) -> Iterator[bytes]:
    width, height = film.pixels.size
    has_table, log2 = 0xF0, film.colours.bit_length() - 2
    yield b"GIF89a" + struct.pack("<HHBBB", width, height, has_table | log2, 0, 0) + film.table
    if loop:
        yield _AGAIN
    for part, left, top, units in film.each(times):
        yield from GifImagePlugin.getdata(part, (left, top), duration=units * 10, transparency=film.same, disposal=1)
    yield b";"


def _smaller(data: bytes, take: Take, problems: tuple[Problem, ...]) -> Made:
    """Let gifsicle make it smaller; what goes wrong with that is told, and the file is as good without."""

    def as_it_is(code: str, text: str) -> Made:
        problem = told(take, Severity.WARNING, code, f"{text}; the GIF is larger than it could be")
        return Made(data, (*problems, problem))

    program = shutil.which("gifsicle")
    if program is None:
        return as_it_is("no-gifsicle", "there is no gifsicle on PATH")
    command = [program, "-O3", "--no-warnings"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=_SECONDS)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.SubprocessError) as error:
        return as_it_is("gifsicle-failed", f"gifsicle failed ({type(error).__name__})")
    return Made(done.stdout if 0 < len(done.stdout) < len(data) else data, problems)
