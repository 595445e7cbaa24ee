"""Shards: terms with where they occur, as bytes, and the rule by which a range of terms is cut into them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress
from typing import Final, NamedTuple

from castsite.search.varints import read_varint

SHARD: Final = 32 * 1024
"""Bytes of a shard before it is cut in two."""


class Leaf(NamedTuple):
    """A shard, without its bytes."""

    start: bytes
    """the key it starts at"""
    size: int
    """by the rule that decides about cutting"""
    terms: int
    digest: bytes
    """SHA-256 of its bytes"""


def sizes_of(keys: Sequence[bytes], lists: Sequence[bytes]) -> list[int]:
    """Give where each term would begin if it had its size by the rule, and where the last one ends."""
    return [0, *accumulate([len(key) // 2 + 2 + len(postings) for key, postings in zip(keys, lists, strict=True)])]


def weight(key: bytes, postings: bytes) -> int:
    """Give the size of one term by the rule."""
    return len(key) // 2 + 2 + len(postings)


def cut(keys: Sequence[bytes], sizes: Sequence[int]) -> Iterator[tuple[bytes, int, int]]:
    """Cut ascending keys into shards: start key, number of the first term, number of the one behind the last."""
    for first in sorted({key[0] for key in keys}):
        low, high = bisect_left(keys, bytes([first])), bisect_left(keys, bytes([first + 1]))
        yield from halved(keys, sizes, low, high, 8, bytes([first]))


def halved(  # noqa: PLR0913, PLR0917 - a range of keys and where it is cut
    keys: Sequence[bytes], sizes: Sequence[int], low: int, high: int, bit: int, start: bytes
) -> Iterator[tuple[bytes, int, int]]:
    """Halve a range at the next bit of its keys while it is too large: that depends on nothing but what is in it."""
    if is_whole(sizes[high] - sizes[low], high - low):
        if high > low:
            yield start.rstrip(b"\0"), low, high
        return
    middle = middle_of(start, bit)
    at = bisect_left(keys, middle, low, high)
    yield from halved(keys, sizes, low, at, bit + 1, start)
    yield from halved(keys, sizes, at, high, bit + 1, middle)


def is_whole(size: int, terms: int) -> bool:
    """Whether a range of terms becomes one shard."""
    return size <= SHARD or terms < 2


def middle_of(start: bytes, bit: int) -> bytes:
    """Give the key at which the range that starts at another one is cut; keys are padded with NUL."""
    byte, mask = divmod(bit, 8)
    padded = start.ljust(byte + 1, b"\0")
    return padded[:byte] + bytes([padded[byte] | 128 >> mask])


def encoded(keys: Sequence[bytes], lists: Sequence[bytes]) -> bytes:
    """Write a shard of ascending keys and their postings."""
    written: list[bytes] = []
    width = max(map(len, keys))
    last = 0
    for key, postings in zip(keys, lists, strict=True):
        # as numbers of one size, keys differ first where the highest bit of their difference is
        number = int.from_bytes(key.ljust(width, b"\0"))
        shared = min(len(key), (width * 8 - (number ^ last).bit_length()) // 8)
        written += (bytes((shared, len(key) - shared)), key[shared:], postings)
        last = number
    return b"".join(written)


class Entries(NamedTuple):
    """The terms of a shard, and where they are in its bytes."""

    keys: list[bytes]
    begins: list[int]
    """of each term, and where the last one ends"""
    postings: list[int]
    """where those of each begin"""


def entries(data: bytes) -> Entries:
    """Find the terms of a shard of ours. Raises IndexError where it is cut off."""
    keys: list[bytes] = []
    begins, postings = [0], list[int]()
    ends = list(compress(range(len(data)), map((128).__gt__, data)))  # of varints, and of other things
    at, key = 0, b""
    while at < len(data):
        begin = at + 2 + data[at + 1]
        key = key[: data[at]] + data[at + 2 : begin]
        count, after = read_varint(data, begin)
        at = ends[bisect_left(ends, after) + count - 1] + 1
        keys.append(key)
        postings.append(begin)
        begins.append(at)
    return Entries(keys, begins, postings)


def decoded(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Read a shard of ours again, leaving postings as they are. Raises IndexError where it is cut off."""
    keys, begins, postings = entries(data)
    return keys, [data[begin:end] for begin, end in zip(postings, begins[1:], strict=True)]


def spliced(data: bytes, found: Entries, changes: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Put terms into a shard, ascending, in the place of what they had there; without postings they go."""
    pieces: list[bytes] = []
    at, before, moved = (
        0,
        b"",
        False,
    )  # the next term, the one that was written last, whether the two are new neighbours

    def copy(end: int) -> None:
        nonlocal at, before, moved
        if at < end:
            if moved:
                pieces.append(_head(found.keys[at], before))
            pieces.append(data[found.postings[at] if moved else found.begins[at] : found.begins[end]])
            at, before, moved = end, found.keys[end - 1], False

    for key, postings in changes:
        copy(bisect_left(found.keys, key, at))
        there = at < len(found.keys) and found.keys[at] == key
        at += there
        if postings:
            pieces += (_head(key, before), postings)
            before = key
        moved |= there != bool(postings)
    copy(len(found.keys))
    return b"".join(pieces)


def _head(key: bytes, before: bytes) -> bytes:
    shared = 0
    for one, other in zip(key, before, strict=False):
        if one != other:
            break
        shared += 1
    return bytes((shared, len(key) - shared)) + key[shared:]
