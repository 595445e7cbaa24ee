"""The writer's own memory of the output folder: what it wrote, made from what, and how the file looked afterwards.

It is never published and only saves work: a file whose stamp is the remembered one has the remembered bytes, and one
that was made by the same key need not even be made again. Where it says of which manifest it lists all files, and that
is the one which is there, the manifest need not be read. Whatever is damaged or missing is found out by comparing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

_MAGIC: Final = b"castsite index 2\n"
STAMP_SIZE: Final = 32
_DIGEST_AT: Final = STAMP_SIZE
_KEY_AT: Final = _DIGEST_AT + 32
KEY_SIZE: Final = 16
_NO_KEY: Final = bytes(KEY_SIZE)
_HEAD_SIZE: Final = len(_MAGIC) + 32


class Row(NamedTuple):
    """A file as it was left: its stamp (32 bytes), SHA-256 of its bytes, digest of the key they were made by."""

    stamp: bytes
    digest: bytes
    key: bytes


def key_digest(key: str) -> bytes:
    """Shorten an artifact's key to 16 bytes; none at all for the empty key, which equals no other."""
    return hashlib.blake2b(key.encode(), digest_size=KEY_SIZE).digest() if key else b""


class Index(msgspec.Struct, frozen=True):
    """Rows by relative path, all kept as bytes: a site has tens of thousands of them."""

    manifest: bytes = b""
    """SHA-256 of the manifest that lists just these files, empty when there was none"""
    rows: dict[str, bytes] = msgspec.field(default_factory=dict)

    def take(self, path: str) -> Row | None:
        """Give what is remembered of a file, and forget it."""
        row = self.rows.pop(path, None)
        return _row(row) if row else None

    def taken(self) -> Iterator[tuple[str, bytes, bytes, bytes]]:
        """Give path, stamp, digest and key of all files, and forget them."""
        while self.rows:
            path, row = self.rows.popitem()
            yield path, row[:_DIGEST_AT], row[_DIGEST_AT:_KEY_AT], row[_KEY_AT:]


def _row(data: bytes) -> Row:
    return Row(data[:_DIGEST_AT], data[_DIGEST_AT:_KEY_AT], data[_KEY_AT:])


class _Body(NamedTuple):
    manifest: bytes
    rows: dict[str, bytes]


_DECODER: Final = msgspec.msgpack.Decoder(_Body)
_ENCODER: Final = msgspec.msgpack.Encoder()
# what MessagePack writes before two values, and before pairs whose number takes four bytes
_PAIR: Final = b"\x92"
_MAP: Final = b"\xdf"


def load(data: bytes) -> Index:
    """Read an index; an empty one when it is damaged in any way."""
    body = data[_HEAD_SIZE:]
    if data[:_HEAD_SIZE] != _MAGIC + hashlib.sha256(body).digest():
        return Index()
    return Index(*_DECODER.decode(body))


def dump(rows: Iterable[tuple[str, Row]], manifest: bytes = b"") -> bytearray:
    """Write an index of paths, each once, and rows; a row without a key gets one that nothing has.

    It is written pair by pair: tens of thousands of them are never all there beside what is written of them.
    """
    data = bytearray(_HEAD_SIZE) + _PAIR
    _ENCODER.encode_into(manifest, data, -1)
    data += _MAP
    at, count = len(data), 0
    data += bytes(4)
    for path, row in rows:
        count += 1
        _ENCODER.encode_into(path, data, -1)
        _ENCODER.encode_into(row.stamp + row.digest + (row.key or _NO_KEY), data, -1)
    data[at : at + 4] = count.to_bytes(4, "big")
    with memoryview(data) as written:
        head = _MAGIC + hashlib.sha256(written[_HEAD_SIZE:]).digest()
    data[:_HEAD_SIZE] = head
    return data
