"""A recording as animated PNG (Portable Network Graphics, third edition, 11.3.6), and its poster frame as PNG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image

from castsite.errors import Problem
from castsite.export.deltas import Delta, Deltas, deltas
from castsite.export.footage import Footage, Shot
from castsite.export.pixels import moving, pixels, stays, too_large
from castsite.export.take import Made, Take
from castsite.render.images.cells import drawn_rows

UNIT: Final = 1000
"""Microseconds that its times are written in."""

_INDEXED: Final = 3
_STAYS, _OVER = 0, 1  # after its time a picture stays, and the next one is laid over it


class Animated(NamedTuple):
    """An animated PNG, and for how many milliseconds each of its frames stays."""

    data: bytes
    times: list[int]


def apng(take: Take) -> Made:
    """Make an animated PNG. Raises TerminalError."""
    made, problems = animate(take)
    return Made(made.data if made else None, problems)


def animate(take: Take) -> tuple[Animated | None, tuple[Problem, ...]]:
    """Make an animated PNG and say how it moves. Raises TerminalError."""
    found, problems = moving(take)
    if found is None:
        return None, problems
    changes, frames, times, number = deltas(found), bytearray(), list[int](), 0
    for delta in changes.each(stays(found.footage, take.looks.last_frame, UNIT)):
        frames += b"".join(_frame(number, delta))
        number += 2 if number else 1
        times.append(delta.units)
    head = b"".join(_head(changes, len(times), loop=take.looks.loop))
    return Animated(head + bytes(frames) + _chunk(b"IEND", b""), times), problems


def png(take: Take) -> Made:
    """Draw the poster frame."""
    runs = tuple(tuple(row) for row in drawn_rows(take.analysis.poster))
    lines = tuple(dict.fromkeys(((), *runs)))
    shot = Shot(0, tuple(map(lines.index, runs)))
    footage = Footage(take.analysis.poster.cols, len(runs), (shot,), lines, 0)
    drawn = pixels(take, footage)
    if drawn.is_too_large(1):
        return Made(None, (too_large(take),))
    picture = drawn.still(0)
    file = BytesIO()
    picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return Made(file.getvalue())


def _head(changes: Deltas, count: int, *, loop: bool) -> Iterator[bytes]:
    width, height = changes.pixels.size
    yield b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0))
    yield _chunk(b"acTL", struct.pack(">II", count, 0 if loop else 1))
    yield _chunk(b"PLTE", changes.table) + _chunk(b"tRNS", b"\xff" * changes.same + b"\0")


def _frame(number: int, delta: Delta) -> Iterator[bytes]:
    """Write a frame; `number` is that of its first chunk, and the very first frame is the picture itself."""
    yield _control(number, delta)
    data = _packed(delta.part)
    yield _chunk(b"fdAT", struct.pack(">I", number + 1) + data) if number else _chunk(b"IDAT", data)


def _control(number: int, delta: Delta) -> bytes:
    width, height = delta.part.size
    place = struct.pack(">IIIII", number, width, height, delta.left, delta.top)
    return _chunk(b"fcTL", place + struct.pack(">HHBB", delta.units, 1000, _STAYS, _OVER if number else 0))


def _packed(part: Image.Image) -> bytes:
    """Compress rows, each behind the number of its filter: none, which is best for numbers of colours."""
    width, height = part.size
    rows = Image.new("L", (width + 1, height))
    rows.paste(part, (1, 0))
    return zlib.compress(rows.tobytes(), 9)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
