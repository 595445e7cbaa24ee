"""JPEG: marker segments (ITU-T T.81 annex B), with JFIF, ICC and Adobe's colour flag understood.

Of Exif only the orientation survives, in a block made here: without it photographs of telephones would lie on their
side. The thumbnail of a JFIF header goes, because it may show what was cropped away.
"""

from __future__ import annotations

from typing import Final

from castsite.regex import regex
from castsite.safety.raster.picture import DamagedError, Parsed, big, part, sized

_START, _END, _SCAN, _APP0, _EXIF, _ICC, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DECODING: Final = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, _SCAN}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_NEXT_MARKER: Final = regex(rb"\xff+[^\x00\xff\xd0-\xd7]")
_ORIENTATION: Final = 0x0112
_TIFF: Final = {b"II*\0": "little", b"MM\0*": "big"}


def read(data: bytes) -> Parsed:
    """Walk a JPEG to its end marker; what follows (further pictures, appended files) is left out."""
    size: tuple[int, int] | None = None
    turned = 1
    kept: list[bytes] = []
    at = _skip_fill(data, 2)
    while (marker := _marker(data, at)) != _END:
        if marker in _BARE:
            at += 2
            continue
        body = part(data, at + 4, big(data, at + 2, 2) - 2)
        end = at + 4 + len(body)
        if marker in _FRAMES:
            size = big(body, 3, 2), big(body, 1, 2)
        if marker == _EXIF and turned == 1:
            turned = _orientation(body)
        if marker == _SCAN:
            end = _scan_end(data, end)
        kept.append(_shown(marker, body, data[at:end]))
        at = _skip_fill(data, end)
    if size is None or not any(segment[1:2] == bytes([_SCAN]) for segment in kept):
        raise DamagedError("holds no picture")
    width, height = sized(*size)
    sides = (height, width) if turned >= 5 else (width, height)
    return Parsed(*sides, b"\xff\xd8" + _exif(turned) + b"".join(kept) + b"\xff\xd9")


def _marker(data: bytes, at: int) -> int:
    if part(data, at, 1) != b"\xff":
        raise DamagedError(f"is damaged {at} bytes from its start")
    marker = big(data, at + 1, 1)
    if marker == _START or marker < 0x01:
        raise DamagedError(f"is damaged {at} bytes from its start")
    return marker


def _skip_fill(data: bytes, at: int) -> int:
    while data[at : at + 2] == b"\xff\xff":
        at += 1
    return at


def _scan_end(data: bytes, at: int) -> int:
    found = _NEXT_MARKER.search(data, at)
    if not found:
        raise DamagedError("is cut off")
    return found.start()


def _shown(marker: int, body: bytes, segment: bytes) -> bytes:
    """Give what is published of a segment: itself, a part of it, or nothing."""
    if marker in _DECODING or (marker == _ICC and body.startswith(b"ICC_PROFILE\0")):
        return segment
    if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        return b"\xff\xe0\x00\x10" + body[:12] + b"\0\0"
    # without it three channels are taken for YCbCr and four for CMYK, whatever they are
    if marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
        return b"\xff\xee\x00\x0e" + body[:12]
    return b""


def _orientation(body: bytes) -> int:
    """Read how the picture is turned, 1 to 8 as Exif counts; 1 where that cannot be read."""
    tiff = body[6:]
    order = _TIFF.get(tiff[:4])
    if not body.startswith(b"Exif\0\0") or order is None:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type] # "little" or "big"

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * number(first, 2), 12):
        if number(entry, 2) == _ORIENTATION:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1


def _exif(turned: int) -> bytes:
    if turned == 1:
        return b""
    entry = b"\x01\x12\0\x03\0\0\0\x01\0" + bytes([turned]) + b"\0\0"
    body = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
