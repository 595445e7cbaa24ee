"""The manifest: which files of the output folder are ours. It is published with them, so it names none.

`{"format":1,"salt":"<32 hex>","state":"complete"|"preview"|"publishing","files":{"<hex>":["<sha256>",…]}}`: a key is
the SHA-256 of salt and relative path, the values are digests of what was published there. While a run is publishing,
the manifest lists old and new files together, and the folders that the run makes or empties: as keys that end in `/`
before hashing, without digests. Whatever moment a run is interrupted in, the next one knows all that may be ours.

The salt follows from what is public about the site, so that two builds are equal on every machine. It need not be
secret, and published it could not be: it keeps one table of guesses from serving for all sites. What nobody shall
find has an address of 160 random-looking bits (`unlisted_slug`). The site's key is no part of the salt, because then
the manifest would let anybody test guesses of the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from io import BytesIO
from typing import Final, Literal

import msgspec

MANIFEST: Final = "castsite-manifest.json"
"""Its name in the output folder."""

DIGEST_SIZE: Final = 32
_HEX: Final = 2 * DIGEST_SIZE
_AT_ONCE: Final = 1024
_END: Final = b"\n}}\n"


class State(StrEnum):
    """Whether the run that wrote a manifest came to its end."""

    PUBLISHING = "publishing"
    COMPLETE = "complete"
    PREVIEW = "preview"
    """complete, and with drafts or what is dated in the future: not to be shown to everybody"""


class Manifest(msgspec.Struct, frozen=True):
    """A manifest that was read. `files`: digests (32 bytes each, joined) by hashed path."""

    salt: bytes
    state: State
    files: dict[bytes, bytes]


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal[1]
    salt: str
    state: State
    files: dict[str, tuple[str, ...]]


def salt_of(identity: str) -> bytes:
    """Derive the 16 bytes of salt from what is public about a site."""
    return hashlib.sha256(b"castsite manifest\0" + identity.encode("utf-8", "surrogatepass")).digest()[:16]


def hashed(salt: bytes, path: str) -> bytes:
    """Give the key of a path."""
    return hashlib.sha256(salt + path.encode("utf-8", "surrogateescape")).digest()


class _Head(msgspec.Struct):
    salt: str
    state: State


def head(data: bytes) -> Manifest:
    """Read a manifest that is known to be sound, but for its files."""
    found = msgspec.json.decode(data, type=_Head)
    return Manifest(bytes.fromhex(found.salt), found.state, {})


def load(data: bytes) -> Manifest | None:
    """Read a manifest; None when it is damaged in any way."""
    try:
        document = msgspec.json.decode(data, type=_Document)
        salt = bytes.fromhex(document.salt)
        files = dict(_binary(document.files))
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    sound = all(len(key) == DIGEST_SIZE and len(joined) % DIGEST_SIZE == 0 for key, joined in files.items())
    return Manifest(salt, document.state, files) if sound and len(salt) == 16 else None


def dump(salt: bytes, state: State, files: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a manifest of paths and their joined digests: one line for each file, in an order that tells nothing."""
    return dump_hashed(salt, state, ((hashed(salt, path), digests) for path, digests in files))


def dump_hashed(salt: bytes, state: State, files: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write the same of paths that are hashed already."""
    rows = sorted((key + digests for key, digests in files), reverse=True)
    text = BytesIO()
    text.write(_beginning(salt, state))
    comma = ""
    while rows:  # tens of thousands of lines are never all there as rows and as text
        lines = ",".join(map(_line, rows[: -_AT_ONCE - 1 : -1]))
        text.write(f"{comma}{lines}".encode())
        del rows[-_AT_ONCE:]
        comma = ","
    text.write(_END)
    return text.getvalue()


def revised(data: bytes, salt: bytes, state: State, files: Mapping[bytes, bytes | None]) -> bytes:
    """Write a manifest of this module anew, with another state and other digests of some hashed paths; None: no more.

    It gives what `dump_hashed` would, in a tenth of the time: nearly all of it is copied.
    """
    end = len(data) - len(_END)
    at = data.index(b"{", 1) + 1
    text = bytearray(_beginning(salt, state))
    with memoryview(data) as there:
        for key, digests in sorted(files.items()):
            name = f'\n"{key.hex()}"'.encode()
            place = _place(data, name, at, end)
            text += there[at:place]
            at = _next_line(data, place, end) if data.startswith(name, place) else place
            if digests is not None:
                text += (b"" if text.endswith((b"{", b",")) else b",") + _line(key + digests).encode() + b","
        text += there[at:end]
    if text.endswith(b","):
        del text[-1]
    text += _END
    return bytes(text)


def holds(digests: bytes, digest: bytes) -> bool:
    """Whether a digest is one of those that are joined."""
    return digests == digest or digest in parted(digests)


def parted(joined: bytes | bytearray, size: int = DIGEST_SIZE) -> Iterator[bytes]:
    """Give what was joined of pieces of one size."""
    return (bytes(joined[start : start + size]) for start in range(0, len(joined), size))


def part(joined: bytes | bytearray, number: int, size: int = DIGEST_SIZE) -> bytes:
    """Give one of them by its number, from 0."""
    return bytes(joined[number * size : (number + 1) * size])


def _beginning(salt: bytes, state: State) -> bytes:
    return f'{{"format":1,"salt":"{salt.hex()}","state":"{state}","files":{{'.encode()


def _place(data: bytes, name: bytes, low: int, high: int) -> int:
    """Find the first line between two beginnings of lines that does not come before a name, by halving."""
    while low < high:
        middle = data.rfind(b"\n", low, (low + high) // 2 + 1)
        if data[middle : middle + len(name)] < name:
            low = _next_line(data, middle, high)
        else:
            high = middle
    return low


def _next_line(data: bytes, at: int, end: int) -> int:
    found = data.find(b"\n", at + 1, end)
    return end if found < 0 else found


def _binary(files: dict[str, tuple[str, ...]]) -> Iterator[tuple[bytes, bytes]]:
    """Turn text into bytes, forgetting the text on the way: there is a lot of it."""
    while files:
        key, digests = files.popitem()
        yield bytes.fromhex(key), bytes.fromhex("".join(digests))


def _line(row: bytes) -> str:
    text = row.hex()
    if len(row) == 2 * DIGEST_SIZE:  # nearly all of them
        return f'\n"{text[:_HEX]}":["{text[_HEX:]}"]'
    digests = ",".join(f'"{digest.hex()}"' for digest in parted(row[DIGEST_SIZE:]))
    return f'\n"{text[:_HEX]}":[{digests}]'
