"""The writer's own memory of the output folder: what it wrote, made from what, and how the file looked afterwards.

It is never published and only saves work: a file whose stamp is the remembered one has the remembered bytes, and one
that was made by the same key need not even be made again. Where it says of which manifest it lists all files, and that
is the one which is there, the manifest need not be read. Whatever is damaged or missing is found out by comparing.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import msgspec

from castsite.output.manifest import DIGEST_SIZE, part

_MAGIC: Final = b"castsite index 3\n"
STAMP_SIZE: Final = 32
KEY_SIZE: Final = 16
NO_STAMP: Final = bytes(STAMP_SIZE)
NO_DIGEST: Final = bytes(DIGEST_SIZE)
NO_KEY: Final = bytes(KEY_SIZE)
"""Of a file that was made without one: it is made again each time."""
_HEAD_SIZE: Final = len(_MAGIC) + 32


class Row(NamedTuple):
    """A file as it was left: its stamp (32 bytes), SHA-256 of its bytes, digest of the key they were made by."""

    stamp: bytes
    digest: bytes
    key: bytes


def key_digest(key: str) -> bytes:
    """Shorten an artifact's key to 16 bytes; NO_KEY for the empty key, which equals no other."""
    return hashlib.blake2b(key.encode(), digest_size=KEY_SIZE).digest() if key else NO_KEY


class Index(msgspec.Struct, frozen=True, array_like=True):
    """Files in the order in which they are published. What is known of them stands in columns, joined.

    A site has tens of thousands of them: columns are compared at once, and cost little room.
    """

    manifest: bytes = b""
    """SHA-256 of the manifest that lists just these files, empty when there was none"""
    paths: list[str] = msgspec.field(default_factory=list)
    """relative ones, each once"""
    stamps: bytes = b""
    digests: bytes = b""
    keys: bytes = b""

    def row(self, number: int) -> Row:
        """Give what is known of one file."""
        stamp, digest = part(self.stamps, number, STAMP_SIZE), part(self.digests, number)
        return Row(stamp, digest, part(self.keys, number, KEY_SIZE))


_DECODER: Final = msgspec.msgpack.Decoder(Index)
_ENCODER: Final = msgspec.msgpack.Encoder()


def digest_of(data: bytes) -> bytes:
    """Give the SHA-256 of its body that an index begins with; `load` sees whether that is true."""
    return data[len(_MAGIC) : _HEAD_SIZE]


def load(data: bytes) -> Index:
    """Read an index; an empty one when it is damaged in any way."""
    with memoryview(data) as read:
        body = read[_HEAD_SIZE:]
        if data[:_HEAD_SIZE] != _MAGIC + hashlib.sha256(body).digest():
            return Index()
        return _DECODER.decode(body)


def dump(index: Index) -> bytearray:
    """Write an index."""
    data = bytearray(_HEAD_SIZE)
    _ENCODER.encode_into(index, data, _HEAD_SIZE)
    with memoryview(data) as written:
        head = _MAGIC + hashlib.sha256(written[_HEAD_SIZE:]).digest()
    data[:_HEAD_SIZE] = head
    return data
