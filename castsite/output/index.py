"""The writer's own memory of the output folder: what it wrote, made from what, and how the file looked afterwards.

It is never published and only saves work: a file whose stamp is the remembered one has the remembered bytes, and one
that was made by the same key need not even be made again. Whatever is damaged or missing is found out by comparing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, NamedTuple

_MAGIC: Final = b"castsite index 1\n"
_NAME_SIZE: Final = 16
KEY_SIZE: Final = 16
_ROW_SIZE: Final = 32 + 32 + KEY_SIZE
_HEAD_SIZE: Final = len(_MAGIC) + 32


class Row(NamedTuple):
    """A file as it was left: its stamp (32 bytes), SHA-256 of its bytes, digest of the key they were made by."""

    stamp: bytes
    digest: bytes
    key: bytes


def key_digest(key: str) -> bytes:
    """Shorten an artifact's key to 16 bytes; none at all for the empty key, which equals no other."""
    return hashlib.blake2b(key.encode(), digest_size=KEY_SIZE).digest() if key else b""


@dataclass(frozen=True, slots=True)
class Index:
    """Rows by hashed path (the manifest's key), all kept as bytes: a site has tens of thousands of them."""

    rows: dict[bytes, bytes] = field(default_factory=dict)

    def take(self, name: bytes) -> Row | None:
        """Give what is remembered of the file with a hashed path, and forget it."""
        row = self.rows.pop(name[:_NAME_SIZE], None)
        return Row(row[:32], row[32:64], row[64:]) if row else None


def load(data: bytes) -> Index:
    """Read an index; an empty one when it is damaged in any way."""
    body = data[_HEAD_SIZE:]
    if data[:_HEAD_SIZE] != _MAGIC + hashlib.sha256(body).digest():
        return Index()
    size = _NAME_SIZE + _ROW_SIZE
    starts = range(0, len(body), size)
    return Index({body[at : at + _NAME_SIZE]: body[at + _NAME_SIZE : at + size] for at in starts})


def dump(rows: Iterable[tuple[bytes, Row]]) -> bytes:
    """Write an index of hashed paths and rows; a row without a key gets one that nothing has."""
    data = BytesIO()
    data.write(bytes(_HEAD_SIZE))
    digest = hashlib.sha256()
    for name, row in rows:
        line = name[:_NAME_SIZE] + row.stamp + row.digest + row.key.ljust(KEY_SIZE, b"\0")
        digest.update(line)
        data.write(line)
    data.seek(0)
    data.write(_MAGIC + digest.digest())
    return data.getvalue()
