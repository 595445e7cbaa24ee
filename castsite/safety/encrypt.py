"""Encryption of what is for those alone who know a passphrase, in a form that a browser opens without any library.

Each text has a content key of its own, random as everything here: AES-256-GCM. That key stands beside it, encrypted
with a key that PBKDF2 derives from the passphrase. The header says how, and which page it is for; its stored bytes are
the additional data of both encryptions, so nobody can change it, or put one text in another's place.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import secrets
import struct
import unicodedata
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, Self

import msgspec

ITERATIONS: Final = 1_000_000
"""Rounds of PBKDF2."""

FEWEST, MOST = 600_000, 10_000_000
"""Rounds that a reader accepts: what a header asks for is done before anything can be authenticated."""

BLOCK: Final = 16 * 1024
"""Bytes: what is encrypted has a multiple of this size, so that its size tells little."""

_KEY, _SALT, _IV, _TAG = 32, 16, 12, 16  # bytes
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Group:
    """What one passphrase opens: its salt, and the key derived from both."""

    salt: bytes
    key: bytes = field(repr=False)

    def opens(self, envelope: Envelope) -> bool:
        """Whether an envelope was closed with it."""
        return _gcm_decrypt(self.key, envelope.wrapping_iv, envelope.wrapped_key, envelope.header) is not None

    def derived(self, purpose: str) -> bytes:
        """Give a key for something else, from which this one cannot be found out."""
        return hashlib.blake2b(purpose.encode(), key=self.key, digest_size=_KEY).digest()


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known before anything is opened."""

    v: Literal[1]
    alg: Literal["A256GCM"]
    kdf: Literal["PBKDF2-HMAC-SHA256"]
    iter: int
    salt: str
    id: str


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    h: str
    wiv: str
    wk: str
    iv: str


class Envelope(msgspec.Struct, frozen=True):
    """What stands in a page: the stored bytes of the header, the encrypted content key, the initialisation vectors."""

    header: bytes
    wrapping_iv: bytes
    wrapped_key: bytes
    iv: bytes

    def write(self) -> str:
        """Write it as JSON, without a character that means something in HTML."""
        parts = (self.header, self.wrapping_iv, self.wrapped_key, self.iv)
        return msgspec.json.encode(_Written(*(base64.b64encode(part).decode() for part in parts))).decode()

    @classmethod
    def read(cls, written: str | bytes) -> Self | None:
        """Read what `write` wrote; None for anything else."""
        try:
            found = msgspec.json.decode(written, type=_Written)
            parts = [base64.b64decode(part, validate=True) for part in (found.h, found.wiv, found.wk, found.iv)]
        except (msgspec.MsgspecError, binascii.Error, ValueError):
            return None
        return cls(*parts)

    def salt(self, ident: str) -> bytes | None:
        """Give the salt of its passphrase; None when it is not for `ident`, or asks for what nobody should do."""
        try:
            header = msgspec.json.decode(self.header, type=Header)
            salt = base64.b64decode(header.salt, validate=True)
        except (msgspec.MsgspecError, binascii.Error, ValueError):
            return None
        usable = header.id == ident and header.iter == ITERATIONS and len(salt) == _SALT
        return salt if usable else None


class Sealed(msgspec.Struct, frozen=True):
    """A text that was encrypted."""

    envelope: Envelope
    ciphertext: bytes


def new_salt() -> bytes:
    """Make the salt of a passphrase."""
    return secrets.token_bytes(_SALT)


@lru_cache(maxsize=4)  # a server builds often, and a derivation takes half a second
def derive(passphrase: str, salt: bytes) -> Group:
    """Derive the key of a passphrase, which may be written in any form of Unicode."""
    normal = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return Group(salt, hashlib.pbkdf2_hmac("sha256", normal, salt, ITERATIONS, _KEY))


def encrypt(plaintext: bytes, group: Group, ident: str) -> Sealed:
    """Encrypt a text for the page `ident`, with a new key and new initialisation vectors."""
    salt = base64.b64encode(group.salt).decode()
    header = msgspec.json.encode(Header(1, "A256GCM", "PBKDF2-HMAC-SHA256", ITERATIONS, salt, ident))
    key, wrapping_iv, iv = (secrets.token_bytes(size) for size in (_KEY, _IV, _IV))
    wrapped = _gcm_encrypt(group.key, wrapping_iv, key, header)
    return Sealed(Envelope(header, wrapping_iv, wrapped, iv), _gcm_encrypt(key, iv, plaintext, header))


def decrypt(sealed: Sealed, group: Group, ident: str) -> bytes | None:
    """Open a text; None when the passphrase is another, or anything was changed."""
    envelope = sealed.envelope
    if envelope.salt(ident) != group.salt:
        return None
    key = _gcm_decrypt(group.key, envelope.wrapping_iv, envelope.wrapped_key, envelope.header)
    return key and _gcm_decrypt(key, envelope.iv, sealed.ciphertext, envelope.header)


def pack(data: bytes) -> bytes:
    """Compress, and fill up to a multiple of `BLOCK`; the length of what is compressed stands before it."""
    packed = gzip.compress(data, mtime=0)
    size = _LENGTH.size + len(packed)
    return _LENGTH.pack(len(packed)) + packed + bytes(-size % BLOCK)


def unpack(data: bytes) -> bytes | None:
    """Undo `pack`; None for anything else."""
    try:
        (size,) = _LENGTH.unpack_from(data)
        return gzip.decompress(data[_LENGTH.size : _LENGTH.size + size])
    except (struct.error, OSError, EOFError, zlib.error):
        return None


def close(value: bytes, key: bytes, name: bytes) -> bytes:
    """Encrypt something for castsite itself: initialisation vector and ciphertext. `name` is what it is kept under."""
    iv = secrets.token_bytes(_IV)
    return iv + _gcm_encrypt(key, iv, value, name)


def disclose(value: bytes, key: bytes, name: bytes) -> bytes | None:
    """Undo `close`; None for anything else."""
    return _gcm_decrypt(key, value[:_IV], value[_IV:], name)


def _gcm_encrypt(key: bytes, iv: bytes, data: bytes, bound: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - where there is something private

    return AESGCM(key).encrypt(iv, data, bound)


def _gcm_decrypt(key: bytes, iv: bytes, data: bytes, bound: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    if len(key) != _KEY or len(iv) != _IV or len(data) < _TAG:
        return None
    try:
        return AESGCM(key).decrypt(iv, data, bound)
    except InvalidTag:
        return None
