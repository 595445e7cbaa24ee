"""PNG and animated PNG: chunks by name (Portable Network Graphics specification, third edition, §5 and §11)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from castsite.safety.raster.picture import DamagedError, Parsed, big, part, sized

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

# all that changes what is seen; text, time, Exif and private chunks are not among it
_SHOWN: Final = frozenset(
    name.encode()
    for name in (
        *("IHDR", "PLTE", "IDAT", "IEND"),
        *("tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "pHYs"),
        *("acTL", "fcTL", "fdAT"),
    )
)


class _Chunk(NamedTuple):
    name: bytes
    at: int
    size: int


def read(data: bytes) -> Parsed:
    """Walk a PNG; what follows its end is left out too."""
    chunks = list(_chunks(data))
    if chunks[0].name != b"IHDR" or chunks[0].size != 13:
        raise DamagedError("does not begin with its header")
    if any(chunk.name == b"IHDR" for chunk in chunks[1:]):
        raise DamagedError("has two headers")
    if not any(chunk.name == b"IDAT" for chunk in chunks):
        raise DamagedError("holds no picture")
    width, height = sized(big(data, chunks[0].at + 8, 4), big(data, chunks[0].at + 12, 4))
    shown = (data[chunk.at : chunk.at + chunk.size + 12] for chunk in chunks if chunk.name in _SHOWN)
    moves = any(chunk.name == b"acTL" for chunk in chunks)
    return Parsed(width, height, SIGNATURE + b"".join(shown), moves)


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = len(SIGNATURE)
    while True:
        size, name = big(data, at, 4), part(data, at + 4, 4)
        checked = part(data, at + 4, size + 4)
        if zlib.crc32(checked) != big(data, at + 8 + size, 4):
            raise DamagedError(f"is damaged {at} bytes from its start")
        yield _Chunk(name, at, size)
        if name == b"IEND":
            return
        at += size + 12
