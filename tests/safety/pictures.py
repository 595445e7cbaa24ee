"""Pictures made byte by byte: whole in structure, with metadata wherever a format lets somebody hide it."""

from __future__ import annotations

import base64
import zlib

CANARY = b"CANARY"


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def png(width: int = 3, height: int = 2, *extra: bytes) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\0\0\0"
    rows = zlib.compress(b"".join(b"\0" + bytes(min(width, 8)) for _ in range(min(height, 8))))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def exif(orientation: int = 1) -> bytes:
    """A block of a camera: an orientation, and a place in its GPS directory."""
    entry = b"\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + b"\0\0\0"
    gps = b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0"
    return b"Exif\0\0II*\0\x08\0\0\0\x02\0" + entry + gps + b"\0\0\0\0" + b"GPS 47.1N 8.5E " + CANARY


def jpeg(width: int = 3, height: int = 2, *extra: bytes) -> bytes:
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = segment(0xC0, b"\x08" + size + b"\x01\x01\x11\0")
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
    return b"\xff\xd8" + b"".join(extra) + segment(0xDB, bytes(65)) + frame + scan + b"\xff\xd9"


def riff(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def vp8l(width: int = 3, height: int = 2) -> bytes:
    return riff(b"VP8L", b"\x2f" + (width - 1 | height - 1 << 14).to_bytes(4, "little") + b"\0")


def vp8(width: int = 3, height: int = 2) -> bytes:
    return riff(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\0")


def vp8x(width: int = 3, height: int = 2, flags: int = 0x2C) -> bytes:
    return riff(
        b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks or [vp8l()])
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def box(name: bytes, *body: bytes) -> bytes:
    content = b"".join(body)
    return (len(content) + 8).to_bytes(4, "big") + name + content


def avif(
    width: int = 3,
    height: int = 2,
    *,
    items: tuple[bytes, ...] = (b"av01",),
    turned: int | None = None,
    after: bytes = b"",
) -> bytes:
    infos = [box(b"infe", b"\x02\0\0\0", n.to_bytes(2, "big"), b"\0\0", kind, b"\0") for n, kind in enumerate(items, 1)]
    properties = [box(b"ispe", bytes(4), width.to_bytes(4, "big"), height.to_bytes(4, "big"))]
    if turned is not None:
        properties.append(box(b"irot", bytes([turned])))
    shared = bytes(range(1, len(properties) + 1))
    meta = box(
        b"meta",
        bytes(4),
        box(b"hdlr", bytes(8), b"pict", bytes(13)),
        box(b"pitm", bytes(4), b"\0\x01"),
        box(b"iinf", bytes(4), len(items).to_bytes(2, "big"), *infos),
        box(
            b"iprp",
            box(b"ipco", *properties),
            box(b"ipma", bytes(4), b"\0\0\0\x01", b"\0\x01", bytes([len(shared)]), shared),
        ),
    )
    return box(b"ftyp", b"avif", bytes(4), b"mif1avif") + meta + after + box(b"mdat", b"\x12\0")


REAL_AVIF = base64.b64decode(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD1bWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcG"
    "l0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAEdAAAAtAAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAAB0"
    "aXBycAAAAFRpcGNvAAAAFGlzcGUAAAAAAAAAHwAAABEAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAAA"
    "lpcm90AwAAABhpcG1hAAAAAAAAAAEAAQUBAoMEhQAAALxtZGF0EgAKCRgRPQaICGg0IDKkARTHh4ZlAgggnlUAAAC85FnfQY9HUjRJC/pRvjzq"
    "W7L5kAbtjTxXom837MAayVzF9hAcf648NrIqOAuOplCyWplrxL6E8qy0AmQ6AATPSsrh2RJtwO8pCo0CbA7iLGwXeNIP8QqEQru4yalBKF/NLq"
    "LTCL9Mgws20FULoCj/WEfX02u7bRqfBzypIzq1cRAc/OOD0hhggGe72pbhWPDXPoBd8PyA"
)
"""A gradient of 31×17 pixels as libavif writes it, turned by a quarter."""
