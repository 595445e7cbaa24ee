"""WebP: RIFF chunks (RFC 9649), still and animated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from castsite.safety.raster.picture import DamagedError, Parsed, little, part, sized

_HEADER: Final = 12
_SHOWN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FRAME_HEADER: Final = 16
_METADATA_FLAGS: Final = 0x08 | 0x04


class _Chunk(NamedTuple):
    name: bytes
    body: bytes


def read(data: bytes) -> Parsed:
    """Walk a WebP; unknown chunks, Exif and XMP are left out, on every level."""
    end = 8 + little(data, 4, 4)
    chunks = [_cleaned(chunk) for chunk in _chunks(part(data, 0, end), _HEADER) if chunk.name in _SHOWN]
    sizes = [size for chunk in chunks for size in _sizes(chunk)]
    if not sizes or not any(chunk.name in (b"VP8 ", b"VP8L", b"ANMF") for chunk in chunks):
        raise DamagedError("holds no picture")
    width, height = sized(*sizes[0])
    if any(size[0] > width or size[1] > height for size in sizes):
        raise DamagedError("holds a frame larger than itself")
    body = b"WEBP" + b"".join(map(_bytes, chunks))
    moves = any(chunk.name == b"ANMF" for chunk in chunks)
    return Parsed(width, height, b"RIFF" + len(body).to_bytes(4, "little") + body, moves)


def _chunks(data: bytes, at: int) -> Iterator[_Chunk]:
    while at < len(data):
        size = little(data, at + 4, 4)
        yield _Chunk(data[at : at + 4], part(data, at + 8, size))
        at += 8 + size + size % 2


def _cleaned(chunk: _Chunk) -> _Chunk:
    if chunk.name == b"VP8X":
        flags = little(chunk.body, 0, 1) & ~_METADATA_FLAGS
        return _Chunk(chunk.name, bytes([flags]) + part(chunk.body, 1, 9))
    if chunk.name == b"ANMF":
        frame = (_bytes(inner) for inner in _chunks(chunk.body, _FRAME_HEADER) if inner.name in _SHOWN)
        return _Chunk(chunk.name, part(chunk.body, 0, _FRAME_HEADER) + b"".join(frame))
    return chunk


def _sizes(chunk: _Chunk) -> Iterator[tuple[int, int]]:
    """Give every size a chunk declares, in pixels; an animation's frames have their own."""
    body = chunk.body
    if chunk.name == b"VP8X":
        yield little(body, 4, 3) + 1, little(body, 7, 3) + 1
    elif chunk.name == b"VP8L":
        if part(body, 0, 1) != b"\x2f":
            raise DamagedError("holds a frame that is none")
        packed = little(body, 1, 4)
        yield (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif chunk.name == b"VP8 ":
        if part(body, 3, 3) != b"\x9d\x01\x2a":
            raise DamagedError("holds a frame that is none")
        yield little(body, 6, 2) & 0x3FFF, little(body, 8, 2) & 0x3FFF
    elif chunk.name == b"ANMF":
        yield little(body, 6, 3) + 1, little(body, 9, 3) + 1
        for inner in _chunks(body, _FRAME_HEADER):
            yield from _sizes(inner)


def _bytes(chunk: _Chunk) -> bytes:
    padding = b"\0" * (len(chunk.body) % 2)
    return chunk.name + len(chunk.body).to_bytes(4, "little") + chunk.body + padding
