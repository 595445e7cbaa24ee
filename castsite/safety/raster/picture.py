"""A picture's facts, and reading numbers from bytes that may end too soon."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class PictureKind(StrEnum):
    """Formats that are published; the value is shown to people."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"
    AVIF = "AVIF"

    @property
    def suffix(self) -> str:
        """The file name's ending under which hosts serve the right type."""
        return ".jpg" if self is PictureKind.JPEG else f".{self.lower()}"


class Picture(NamedTuple):
    """What a picture is and how large it is shown, in pixels, as its header declares."""

    kind: PictureKind
    width: int
    height: int
    moves: bool = False


class Parsed(NamedTuple):
    """A picture walked to its end: its size in pixels, and the bytes that may be published."""

    width: int
    height: int
    clean: bytes
    moves: bool = False


class DamagedError(Exception):
    """The container cannot be walked to its end, or holds what cannot be left out. The text reads on after its name."""


def big(data: bytes, at: int, size: int) -> int:
    """Read a big-endian number of `size` bytes."""
    return int.from_bytes(part(data, at, size), "big")


def little(data: bytes, at: int, size: int) -> int:
    """Read a little-endian number of `size` bytes."""
    return int.from_bytes(part(data, at, size), "little")


def part(data: bytes, at: int, size: int) -> bytes:
    """Cut `size` bytes out, all of which must be there."""
    if at < 0 or size < 0 or at + size > len(data):
        raise DamagedError("is cut off")
    return data[at : at + size]


def sized(width: int, height: int) -> tuple[int, int]:
    """Check that a size is one."""
    if width < 1 or height < 1:
        raise DamagedError("declares no size")
    return width, height
